import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ActiveSyncSession } from '#shared/activesync/active-sync-session.ts'
import { fetchHit, searchMail } from '#shared/activesync/client-commands.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { ItemKind, MobileAccount } from './account-store.ts'
import { asRemoteRefusal } from './active-sync-client.ts'
import { factsIn } from './cached-item.ts'
import { addChangeRoutes } from './change-routes.ts'
import { asMobileError, MobileError, writeMobileError } from './mobile-error.ts'
import { type MobileParts, ownAccount, ownerOfToken, signedInStill } from './own-account.ts'

const bodySchema = z.object({
  client_id: z.string().optional(),
  grant_type: z.literal('remote_shadow_authorization'),
  remote_auth_provider: z.literal('OnPremiseExchange'),
  remote_auth_protocol: z.literal('OAuth'),
  remote_server: z.object({ hostname: z.string(), eas_url: z.url() }),
})

const listed: Readonly<Record<string, ItemKind>> = { messages: 'message', events: 'event', contacts: 'contact' }

/** The provisioning API of Exchange Online. */
export function addOutlookMobileRoutes(scope: FastifyInstance, parts: MobileParts): void {
  surfaceErrors(scope, (error, _request, reply) => writeMobileError(error, reply, parts.config))
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
  scope.get('/shadow/v2.0/mailboxes/:id/folders', async (request) => {
    const { id } = signedInStill(await ownAccount(request, parts))
    const folders = await parts.accounts.collections(id)
    return {
      value: folders.map(({ server_id, name, kind, folder_type: type }) => ({ id: server_id, name, kind, type })),
    }
  })
  scope.get('/shadow/v2.0/mailboxes/:id/search', (request) => search(request, parts))
  scope.get('/shadow/v2.0/mailboxes/:id/search/:longId', (request) => readHit(request, parts))
  addChangeRoutes(scope, parts)
}

const searchSchema = z.strictObject({
  query: z.string().trim().min(2).max(255),
  limit: z.coerce.number().int().min(1).max(100).default(25),
})

/** Older mail than the cache holds is found where it is. */
async function search(request: FastifyRequest, parts: MobileParts) {
  const { id } = signedInStill(await ownAccount(request, parts))
  const read = searchSchema.safeParse(request.query)
  if (!read.success) throw new MobileError('invalidRequest', z.prettifyError(read.error))
  const { query: text, limit } = read.data
  const hits = await remotely(parts, id, (session) => searchMail(session, { text, limit }))
  request.recording.note({ decision: 'searchedOnPremises', detail: { hits: hits.length } })
  return {
    value: hits.map(({ longId, collectionId, properties }) => ({ id: longId, collectionId, ...factsIn(properties) })),
  }
}

async function readHit(request: FastifyRequest, parts: MobileParts) {
  const { id } = signedInStill(await ownAccount(request, parts))
  const { longId } = request.params as { longId: string }
  const properties = await remotely(parts, id, (session) => fetchHit(session, longId))
  if (!properties) throw new MobileError('noSuchItem', `The server has no item ${longId}.`)
  return { id: longId, ...factsIn(properties) }
}

async function remotely<Result>(
  { provisioning }: MobileParts,
  id: string,
  work: (session: ActiveSyncSession) => Promise<Result>,
): Promise<Result> {
  try {
    return await provisioning.ask(id, work)
  } catch (error) {
    throw asMobileError(asRemoteRefusal(error))
  }
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
