import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccountKey, AccountStore } from './accounts/accounts.ts'
import type { ChangeNumber } from './accounts/change-number.ts'
import { directoryUser } from './accounts/directory-user.ts'
import type { MailObjectStore } from './accounts/mail-objects.ts'
import type { CertificateLogonParts, CertificateLogonResult } from './certificates/certificate-logon.ts'
import type { CertificateStore } from './certificates/certificate-store.ts'
import type { RegisteredDeviceStore } from './devices/registered-devices.ts'
import { addDeviceRoutes } from './devices/routes.ts'
import { DirectoryError } from './errors.ts'
import { type LogonResult, logOn, logOnWith } from './logon/logon.ts'
import { downgradeOf, identityOf, type NetworkLogon, sessionBaseKeyOf } from './logon/network-logon.ts'
import { changePassword } from './password/change-password.ts'
import { addRecipientRoutes } from './recipients/recipient-routes.ts'

const logonSchema = z.strictObject({ identity: z.string().min(1).max(512), password: z.string().max(1024) })

const base64 = z
  .base64()
  .max(16_384)
  .transform((text) => Buffer.from(text, 'base64'))
const networkLogonSchema = z.strictObject({
  userName: z.string().max(256),
  domain: z.string().max(256),
  serverChallenge: base64.refine(({ length }) => length === 8, 'a challenge has 8 bytes'),
  ntResponse: base64,
})

const certificateLogonSchema = z.strictObject({ certificate: base64 })

const searchKeys = {
  sid: 'sid',
  userPrincipalName: 'user_principal_name',
  samAccountName: 'sam_account_name',
  objectGuid: 'object_guid',
} as const satisfies Record<string, AccountKey>

/** Who may ask a domain controller: the member servers. */
const memberServers = ['adfs', 'exchange-onprem']

interface RouteParts {
  readonly accounts: AccountStore
  readonly mailObjects: MailObjectStore
  readonly certificates: CertificateStore
  readonly devices: RegisteredDeviceStore
  readonly changes: ChangeNumber
}

/** Of the directory before the account was read: while it stays, whoever has the answer may go on believing it. */
const changeNumberHeader = 'fauxchange-change-number'

/** What stands in for LDAP and Netlogon between the member servers and the domain controller. */
export function addRoutes(
  app: FastifyInstance,
  context: DeploymentContext,
  { accounts, mailObjects, certificates, devices, changes }: RouteParts,
): void {
  app.setErrorHandler(async (error: Error & { statusCode?: number; status?: number }, request, reply) =>
    writeError(error, request, reply),
  )
  app.addHook('preHandler', async (request) => void (await context.authenticateMachine(request, memberServers)))
  app.post('/logon', (request, reply) => answerLogon(request, reply, context, accounts))
  app.post('/logon/network', (request, reply) => answerNetworkLogon(request, reply, context, accounts))
  app.post('/password', (request, reply) => answerPasswordChange(request, reply, context, accounts))
  const authorityPem = async () => (await context.authority.userAuthority()).certificatePem
  const byCertificate = { accounts, certificates, clock: context.clock, authorityPem }
  app.post('/logon/certificate', (request, reply) => answerCertificateLogon(request, reply, context, byCertificate))
  addDeviceRoutes(app, devices)
  app.get('/users', async (request, reply) => {
    if (!request.faultsAreSet) reply.header(changeNumberHeader, await changes.current())
    return answerSearch(request, context, accounts)
  })
  app.get('/users/changes', async (request) => ({
    changeNumber: request.faultsAreSet ? null : await changes.current(),
  }))
  app.register(async (scope) => addRecipientRoutes(scope, context, { accounts, mailObjects }))
}

async function answerLogon(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DeploymentContext,
  accounts: AccountStore,
) {
  const body = logonSchema.safeParse(request.body)
  if (!body.success) throw new DirectoryError('invalidRequest', z.prettifyError(body.error))
  const { identity, password } = body.data
  const result = await logOn(logonParts(context, accounts), identity, password)
  return sendLogon(request, reply, { identity, result, context })
}

/** Netlogon's pass-through of NTLM: the hash stays here, the server gets the key that this one handshake agreed on. */
async function answerNetworkLogon(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DeploymentContext,
  accounts: AccountStore,
) {
  const body = networkLogonSchema.safeParse(request.body)
  if (!body.success) throw new DirectoryError('invalidRequest', z.prettifyError(body.error))
  const identity = identityOf(body.data, context.scenario.organization.activeDirectory)
  const downgrade = downgradeOf(body.data)
  if (downgrade !== undefined) {
    // LAN Manager authentication level 5: "Send NTLMv2 response only. Refuse LM & NTLM".
    request.recording.note({ decision: 'STATUS_NTLM_BLOCKED', reason: `${downgrade} for "${identity}"` })
    return reply.code(401).send({ status: 'STATUS_NTLM_BLOCKED' })
  }
  const { result, sessionBaseKey } = await networkLogOn(logonParts(context, accounts), identity, body.data)
  return sendLogon(request, reply, {
    identity,
    result,
    context,
    ...(sessionBaseKey && { sessionBaseKey: sessionBaseKey.toString('base64') }),
  })
}

/** A certificate whose key a member server has seen in TLS; whether it counts, and whom it means, is known here. */
async function answerCertificateLogon(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DeploymentContext,
  parts: CertificateLogonParts,
) {
  const body = certificateLogonSchema.safeParse(request.body)
  if (!body.success) throw new DirectoryError('invalidRequest', z.prettifyError(body.error))
  const { logOnByCertificate } = await import('./certificates/certificate-logon.ts')
  const { subject, ...result } = await logOnByCertificate(body.data.certificate, parts)
  return sendLogon(request, reply, { identity: subject, result, context })
}

async function networkLogOn(parts: ReturnType<typeof logonParts>, identity: string, logon: NetworkLogon) {
  let sessionBaseKey: Buffer | undefined
  const result = await logOnWith(parts, identity, (ntHash) => {
    sessionBaseKey = sessionBaseKeyOf(logon, ntHash)
    return sessionBaseKey !== undefined
  })
  return { result, sessionBaseKey }
}

function logonParts({ clock, scenario }: DeploymentContext, accounts: AccountStore) {
  return { accounts, clock, netbiosName: scenario.organization.activeDirectory.netbiosName }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never

interface AnsweredLogon {
  readonly identity: string
  readonly result: LogonResult | DistributiveOmit<CertificateLogonResult, 'subject'>
  readonly context: DeploymentContext
  readonly sessionBaseKey?: string
}

function sendLogon(
  request: FastifyRequest,
  reply: FastifyReply,
  { identity, result, context, sessionBaseKey }: AnsweredLogon,
) {
  if ('found' in result) {
    const user = directoryUser(result.found, context.scenario.organization.activeDirectory)
    request.recording.note({ decision: result.status, user: user.userPrincipalName })
    return { user, sessionBaseKey }
  }
  const { status, userPrincipalName } = result
  request.recording.note({
    decision: status,
    reason: `logon of "${identity}": ${status}`,
    ...(userPrincipalName && { user: userPrincipalName }),
  })
  return reply.code(401).send({ status, ...(userPrincipalName && { user: { userPrincipalName } }) })
}

const passwordSchema = z.strictObject({
  identity: z.string().min(1).max(512),
  oldPassword: z.string().max(1024),
  newPassword: z.string().min(1).max(256),
})

/** The change of a password by its owner, as over the kpasswd protocol or SamrUnicodeChangePasswordUser2. */
async function answerPasswordChange(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DeploymentContext,
  accounts: AccountStore,
) {
  const body = passwordSchema.safeParse(request.body)
  if (!body.success) throw new DirectoryError('invalidRequest', z.prettifyError(body.error))
  const result = await changePassword(logonParts(context, accounts), body.data)
  if ('found' in result) {
    const user = directoryUser(result.found, context.scenario.organization.activeDirectory)
    request.recording.note({ decision: 'passwordChanged', user: user.userPrincipalName })
    return { user }
  }
  const { status, userPrincipalName } = result
  const reason =
    'reason' in result
      ? `the new password of "${body.data.identity}": ${result.reason}`
      : `"${body.data.identity}": ${status}`
  request.recording.note({ decision: status, reason, ...(userPrincipalName && { user: userPrincipalName }) })
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
  return reply
    .code(status)
    .send(status < 500 ? { error: error.message, code: error.code } : { error: 'internal error' })
}
