import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { ask, type Manage } from '../peers/ask.ts'

const invocationSchema = z.strictObject({
  deployment: z.enum(['exchange-onprem', 'exchange-online']).describe('Whose management shell.'),
  CmdletName: z.string().min(1).describe('The cmdlet, such as New-AuthenticationPolicy.'),
  Parameters: z.record(z.string(), z.unknown()).default({}).describe('Its parameters by name.'),
})

const resultSchema = z.object({
  value: z.array(z.record(z.string(), z.unknown())).describe('The objects it returned.'),
})

/** The management shell of both Exchanges: what an administrator types at the server, without signing in. */
export function exchangeRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/exchange/cmdlets',
      name: 'runCmdlet',
      summary: 'Run a cmdlet of Exchange',
      description: 'The same cmdlets as Exchange Online PowerShell has over REST, on either deployment.',
      body: invocationSchema,
      answer: resultSchema,
      refusals: ['invalidRequest', 'notFound', 'deploymentUnreachable'],
      handle: ({ body: { deployment, ...input } }) =>
        ask(manage, { deployment, path: '/cmdlets', method: 'POST', json: { CmdletInput: input } }, resultSchema),
    }),
  ]
}
