import { type ApiRoute, apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import { judgeRows } from './judge-rows.ts'
import { judgedSchema, verdictTableSchema } from './schemas.ts'

export function verdictRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/verdicts',
      name: 'judgeVerdicts',
      summary: 'Compare a table of decisions with what Conditional Access and AD FS decide now',
      description:
        'Nobody signs in, and nothing changes. A row that names something unknown gets the verdict error. ' +
        'The command `fauxchange verdicts FILE` reads such a table from YAML or JSON, and fails when a decision changed.',
      body: verdictTableSchema,
      answer: judgedSchema,
      refusals: ['invalidRequest', 'deploymentUnreachable'],
      handle: ({ body: { verdicts } }) => judgeRows(manage, verdicts),
    }),
  ]
}
