import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import { explanationSchema, signInSchema } from './schemas.ts'
import { explainSignIn, readSignIns } from './sign-ins.ts'

export function signInRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/sign-ins',
      name: 'listSignIns',
      summary: 'The sign-in log of Entra ID, newest first',
      query: z.strictObject({
        user: z.string().min(1).describe('The user principal name.').optional(),
        limit: z.coerce.number().int().min(1).max(1000).describe('At most so many; 200 when left out.').optional(),
      }),
      answer: z.object({ signIns: z.array(signInSchema) }),
      refusals: ['deploymentUnreachable'],
      handle: async ({ query }) => ({ signIns: await readSignIns(manage, query) }),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/sign-ins/{id}',
      name: 'explainSignIn',
      summary: 'Why a sign-in came out as it did',
      description:
        'Every policy with its conditions and controls: what matched, what kept it away, what was demanded and what satisfied it.',
      parameters: z.strictObject({ id: z.guid().describe('The request id or the correlation id of an error page.') }),
      answer: explanationSchema,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { id } }) => explainSignIn(manage, id),
    }),
  ]
}
