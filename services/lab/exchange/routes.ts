import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { ask, type Manage } from '../peers/ask.ts'

const invocationSchema = z.strictObject({
  deployment: z.enum(['exchange-onprem', 'exchange-online']).describe('Whose management shell.'),
  CmdletName: z.string().min(1).describe('The cmdlet, such as New-AuthenticationPolicy.'),
  Parameters: z.record(z.string(), z.unknown()).default({}).describe('Its parameters by name.'),
})

const placeSchema = z.strictObject({
  deployment: z.enum(['exchange-onprem', 'exchange-online']).describe('From which Exchange.'),
})

const outboxSchema = z.object({
  messages: z
    .array(
      z.object({
        id: z.string(),
        from: z.string(),
        to: z.array(z.string()),
        sentAt: z.string(),
        bytes: z.number(),
        mime: z.string().describe('The message in base64.'),
      }),
    )
    .describe('What was sent to the internet, newest first.'),
  queued: z
    .array(z.object({ id: z.string(), from: z.string(), to: z.array(z.string()), attempts: z.number() }))
    .describe('What waits for the other Exchange.'),
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
    apiRoute({
      method: 'GET',
      path: '/api/exchange/{deployment}/outbox',
      name: 'readOutbox',
      summary: 'Mail that was sent to the internet',
      parameters: placeSchema,
      answer: outboxSchema,
      refusals: ['deploymentUnreachable'],
      handle: ({ parameters: { deployment } }) => ask(manage, { deployment, path: '/outbox' }, outboxSchema),
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/exchange/{deployment}/outbox',
      name: 'emptyOutbox',
      summary: 'Forget the mail that was sent to the internet',
      parameters: placeSchema,
      answer: z.object({}),
      refusals: ['deploymentUnreachable'],
      handle: ({ parameters: { deployment } }) =>
        ask(manage, { deployment, path: '/outbox', method: 'DELETE' }, z.object({})),
    }),
  ]
}
