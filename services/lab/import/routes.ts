import { type ApiRoute, apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import { importPolicies } from './import-policies.ts'
import { importBodySchema, policyImportSchema } from './schemas.ts'

export function importRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/import/conditional-access',
      name: 'importConditionalAccess',
      summary: 'Take over Conditional Access of a real tenant, as Microsoft Graph exports it',
      description:
        'Each policy stands for itself. The answer says what was refused and why, and which ids this tenant does not have.',
      body: importBodySchema,
      answer: policyImportSchema,
      refusals: ['invalidRequest', 'deploymentUnreachable'],
      handle: async ({ body, request }) => {
        const report = await importPolicies(manage, body)
        const created = report.policies.filter(({ outcome }) => outcome === 'created').length
        request.recording.note({ decision: 'conditionalAccessImported', detail: { created } })
        return report
      },
    }),
  ]
}
