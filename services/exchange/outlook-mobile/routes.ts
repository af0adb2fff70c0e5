import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ProtocolError } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import { authenticateUser, writeAuthenticationError } from '../authentication/authenticate-user.ts'
import { Unauthenticated } from '../authentication/unauthenticated.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { ExchangeParts } from '../parts.ts'
import type { AccountStore, ItemKind, MobileAccount } from './account-store.ts'
import type { Provisioning } from './provisioning.ts'
import { RemoteRefusal } from './remote-refusal.ts'

export interface MobileParts extends ExchangeParts {
  readonly accounts: AccountStore
  readonly provisioning: Provisioning
}

const statuses = {
  invalidRequest: 400,
  notHybrid: 409,
  noSuchMailbox: 404,
  interactionRequired: 401,
  remoteUnknown: 502,
  remoteUnreachable: 502,
} as const

/** What the provisioning API says; the wire format is made up, so its errors are plain words. */
class MobileError extends ProtocolError {
  readonly status: number
  readonly code: keyof typeof statuses
  readonly claims: string | undefined

  constructor(code: keyof typeof statuses, message: string, claims?: string) {
    super(message, message)
    this.code = code
    this.status = statuses[code]
    this.claims = claims
  }
}

const bodySchema = z.object({
  client_id: z.string().optional(),
  grant_type: z.literal('remote_shadow_authorization'),
  remote_auth_provider: z.literal('OnPremiseExchange'),
  remote_auth_protocol: z.literal('OAuth'),
  remote_server: z.object({ hostname: z.string(), eas_url: z.url() }),
})

const demand = {
  protocol: 'OutlookService',
  scopes: ['EAS.AccessAsUser.All', 'Mail.ReadWrite', 'full_access_as_user', 'user_impersonation'],
} as const

const listed: Readonly<Record<string, ItemKind>> = { messages: 'message', events: 'event', contacts: 'contact' }

/** The provisioning API of Exchange Online. */
export function addOutlookMobileRoutes(scope: FastifyInstance, parts: MobileParts): void {
  surfaceErrors(scope, (error, _request, reply) => writeError(error, reply, parts))
  scope.post('/shadow/v2.0/authentication', (request, reply) => provision(request, reply, parts))
  scope.get('/shadow/v2.0/mailboxes/:id', async (request) => viewOf(await ownAccount(request, parts)))
  scope.delete('/shadow/v2.0/mailboxes/:id', async (request, reply) => {
    const { id } = await ownAccount(request, parts)
    await parts.provisioning.remove(id)
    return reply.code(204).send()
  })
  scope.post('/shadow/v2.0/mailboxes/:id/synchronize', async (request) => {
    const { id } = await ownAccount(request, parts)
    const account = await parts.provisioning.synchronize(id)
    return viewOf(signedInStill(account))
  })
  for (const [name, kind] of Object.entries(listed))
    scope.get(`/shadow/v2.0/mailboxes/:id/${name}`, async (request) => {
      const { id } = signedInStill(await ownAccount(request, parts))
      request.recording.note({ step: 'MOBILE-ONPREM-20', decision: `cached ${name}` })
      const items = await parts.accounts.items(id, kind)
      return { value: items.map(({ server_id, data }) => ({ id: server_id, ...(JSON.parse(data) as object) })) }
    })
}

/** MOBILE-ONPREM-16 to 19. */
async function provision(request: FastifyRequest, reply: FastifyReply, parts: MobileParts): Promise<FastifyReply> {
  const recipient = await ownerOfToken(parts, request)
  request.recording.note({ step: 'MOBILE-ONPREM-16' })
  const read = bodySchema.safeParse(request.body)
  if (!read.success) throw new MobileError('invalidRequest', z.prettifyError(read.error))
  const easUrl = checkedUrl(parts, read.data.remote_server)
  if (recipient.mailboxId !== undefined)
    throw new MobileError('notHybrid', `${recipient.userPrincipalName} has its mailbox in Exchange Online`)
  const [, accessToken = ''] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const person = {
    objectId: recipient.entraObjectId,
    userPrincipalName: recipient.userPrincipalName,
    accessToken,
    easUrl,
  }
  const before = await parts.accounts.findByPerson(person.objectId)
  const account = await parts.provisioning.provision(person, request).catch((error: unknown) => {
    throw asMobileError(error)
  })
  request.recording.note({ step: 'MOBILE-ONPREM-17', decision: 'actsOnBehalfOf' })
  if (!before) request.recording.note({ step: 'MOBILE-ONPREM-18', decision: 'mailboxCreated' })
  if (account.status === 'ready') request.recording.note({ step: 'MOBILE-ONPREM-19', decision: 'synchronized' })
  else
    request.recording.note({
      decision: 'synchronizationFailed',
      reason: `${account.reason} ${account.remote_status ?? ''}`,
    })
  return reply.code(202).header('location', `/shadow/v2.0/mailboxes/${account.id}`).send(viewOf(account))
}

/** Only the organization's own servers: the address comes from a device. */
function checkedUrl({ config }: MobileParts, server: { readonly hostname: string; readonly eas_url: string }): string {
  const url = new URL(server.eas_url)
  const allowed = config.mail.otherHost
  const isOurs = url.protocol === 'https:' && url.hostname === allowed && url.port === '' && url.username === ''
  if (isOurs && server.hostname.toLowerCase() === allowed && /^\/microsoft-server-activesync\/?$/i.test(url.pathname))
    return `https://${allowed}/Microsoft-Server-ActiveSync`
  throw new MobileError('invalidRequest', `remote_server must be the ActiveSync end point of ${allowed}`)
}

/** A password is nobody's way in here: Conditional Access decided about the token, and would not be asked again. */
async function ownerOfToken(parts: MobileParts, request: FastifyRequest): Promise<Recipient> {
  const { recipient, claims } = await authenticateUser(parts, request, demand)
  if (claims) return recipient
  const challenges = await parts.accessTokens.challenge({ bearer: true })
  throw new Unauthenticated(challenges, 'the provisioning API takes access tokens only')
}

async function ownAccount(request: FastifyRequest, parts: MobileParts): Promise<MobileAccount> {
  const recipient = await ownerOfToken(parts, request)
  const account = await parts.accounts.find((request.params as { id: string }).id)
  if (account && account.object_id === recipient.entraObjectId && account.deleted_at === null) return account
  throw new MobileError('noSuchMailbox', 'There is no such mailbox.')
}

/** Once the second pair is refused, the app has to sign its person in again. */
function signedInStill(account: MobileAccount | undefined): MobileAccount {
  if (!account) throw new MobileError('noSuchMailbox', 'There is no such mailbox.')
  if (account.status === 'failed' && account.reason === 'signInRequired')
    throw new MobileError('interactionRequired', 'The person has to sign in again.')
  return account
}

function viewOf({ id, status, mailbox_guid, reason, remote_status, synchronized_at, out_of_office }: MobileAccount) {
  return {
    id,
    status,
    mailboxGuid: mailbox_guid,
    ...(reason !== null && { reason }),
    ...(remote_status !== null && { remoteStatus: Number(remote_status) }),
    ...(synchronized_at !== null && { synchronizedAt: new Date(Number(synchronized_at)).toISOString() }),
    ...(out_of_office !== null && { automaticReplies: out_of_office }),
  }
}

function writeError(error: ProtocolError, reply: FastifyReply, { config }: MobileParts): FastifyReply {
  const known = error instanceof MobileError ? error : undefined
  if (!known) {
    const answered = writeAuthenticationError(error, reply, config)
    return answered ?? reply.code(error.status).send({ error: error.code, message: error.message })
  }
  if (known.code === 'interactionRequired')
    reply.header(
      'www-authenticate',
      'Bearer error="interaction_required", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    )
  return reply
    .code(known.status)
    .send({ error: wordOf(known.code), message: known.message, ...(known.claims && { claims: known.claims }) })
}

function wordOf(code: MobileError['code']): string {
  return code.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** What the second pair met, in the words of the API. */
function asMobileError(error: unknown): unknown {
  if (!(error instanceof RemoteRefusal)) return error
  if (error.code === 'signInRequired') return new MobileError('interactionRequired', error.message, error.claims)
  if (error.code === 'resourceUnknown') return new MobileError('remoteUnknown', error.message)
  return new MobileError('remoteUnreachable', error.message)
}
