import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccountKey, AccountStore } from './accounts/accounts.ts'
import { directoryUser } from './accounts/directory-user.ts'
import { DirectoryError } from './errors.ts'
import { logOn } from './logon/logon.ts'

const logonSchema = z.strictObject({ identity: z.string().min(1).max(512), password: z.string().max(1024) })

const searchKeys = {
  sid: 'sid',
  userPrincipalName: 'user_principal_name',
  samAccountName: 'sam_account_name',
  objectGuid: 'object_guid',
} as const satisfies Record<string, AccountKey>

/** Who may ask a domain controller: the member servers. */
const memberServers = ['adfs', 'exchange-onprem']

/** What stands in for LDAP and Netlogon between the member servers and the domain controller. */
export function addRoutes(app: FastifyInstance, context: DeploymentContext, accounts: AccountStore): void {
  app.setErrorHandler(async (error: Error & { statusCode?: number; status?: number }, request, reply) =>
    writeError(error, request, reply),
  )
  app.addHook('preHandler', async (request) => void (await context.authenticateMachine(request, memberServers)))
  app.post('/logon', (request, reply) => answerLogon(request, reply, context, accounts))
  app.get('/users', (request) => answerSearch(request, context, accounts))
}

async function answerLogon(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DeploymentContext,
  accounts: AccountStore,
) {
  const body = logonSchema.safeParse(request.body)
  if (!body.success) throw new DirectoryError('invalidRequest', z.prettifyError(body.error))
  const { netbiosName } = context.scenario.organization.activeDirectory
  const result = await logOn({ accounts, clock: context.clock, netbiosName }, body.data.identity, body.data.password)
  if ('found' in result) {
    const user = directoryUser(result.found, context.scenario.organization.activeDirectory)
    request.recording.note({ decision: result.status, user: user.userPrincipalName })
    return { user }
  }
  const { status, userPrincipalName } = result
  request.recording.note({
    decision: status,
    reason: `logon of "${body.data.identity}": ${status}`,
    ...(userPrincipalName && { user: userPrincipalName }),
  })
  return reply.code(401).send({ status, ...(userPrincipalName && { user: { userPrincipalName } }) })
}

async function answerSearch(request: FastifyRequest, context: DeploymentContext, accounts: AccountStore) {
  const query = request.query as Record<string, string>
  const name = (Object.keys(searchKeys) as (keyof typeof searchKeys)[]).find((key) => typeof query[key] === 'string')
  if (!name) throw new DirectoryError('invalidRequest', `one of ${Object.keys(searchKeys).join(', ')} is needed`)
  const found = await accounts.find(searchKeys[name], query[name] ?? '')
  if (!found) throw new DirectoryError('unknownUser', `no account with ${name} ${query[name]}`)
  request.recording.note({ decision: 'found', user: found.account.user_principal_name })
  return { user: directoryUser(found, context.scenario.organization.activeDirectory) }
}

function writeError(
  error: Error & { status?: number; statusCode?: number; reason?: string; code?: string },
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const status = error.status ?? error.statusCode ?? 500
  if (status >= 500) request.log.error({ err: error }, 'crash')
  request.recording.note({ decision: error.code ?? 'crash', reason: error.reason ?? error.message })
  return reply.code(status).send({ error: status < 500 ? error.message : 'internal error' })
}
