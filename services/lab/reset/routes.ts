import { z } from 'zod'
import { apiRoute } from '../api/route.ts'
import type { Outcome } from '../peers/everywhere.ts'

export function resetRoutes(reset: () => Promise<readonly Outcome[]>) {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/reset',
      name: 'resetEverything',
      summary: 'Back to the state that the scenario describes, everywhere',
      description:
        'Accounts, passwords, sessions, mailboxes, journals and faults of every deployment, and the clock. Everybody is signed out. Resets run one after another.',
      answer: z.object({
        status: z.literal('reset'),
        deployments: z.record(z.string(), z.literal('reset')).describe('What came of it, by deployment.'),
      }),
      refusals: ['resetIncomplete'],
      handle: async () => ({
        status: 'reset' as const,
        deployments: Object.fromEntries((await reset()).map(({ deployment }) => [deployment, 'reset' as const])),
      }),
    }),
  ]
}
