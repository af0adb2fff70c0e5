import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { surfaceErrors } from '#shared/http/server.ts'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import type { CmdletParts } from '../administration/cmdlet.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { connectMailbox, disconnectedMailboxes, disconnectRecipient } from './disconnect-mailbox.ts'
import type { DisconnectedMailbox } from './disconnected-mailboxes.ts'
import { addRecipient } from './make-recipient.ts'
import { aliasOf, newRecipient } from './new-recipient.ts'

const text = z.string().max(1024)
const licenceSchema = z.object({
  objectId: z.guid().transform((id) => id.toLowerCase()),
  userPrincipalName: text,
  displayName: text,
  givenName: text,
  surname: text,
  /** Of a person of the directory on premises. */
  immutableId: text.optional(),
  licensed: z.boolean(),
})

export type LicenceChange = z.output<typeof licenceSchema>
export type LicenceEffect = 'make' | 'reconnect' | 'disconnect' | 'none'

/** What a licence changes: a mailbox that is elsewhere, and one that is shared, need none. */
export function evaluateLicence(
  licensed: boolean,
  recipient: Pick<Recipient, 'type' | 'typeDetails'> | undefined,
  hasDisconnected: boolean,
): LicenceEffect {
  if (!licensed) return recipient?.typeDetails === 'UserMailbox' ? 'disconnect' : 'none'
  if (recipient) return 'none'
  return hasDisconnected ? 'reconnect' : 'make'
}

/** What Exchange Online hears of licences: with one a person has a mailbox, without it keeps it thirty days. */
export function addLicenceChanges(scope: FastifyInstance, parts: CmdletParts): void {
  const { context, config } = parts
  surfaceErrors(scope, (error, _request, reply) => reply.code(error.status).send({ error: error.message }))
  scope.addHook('onRequest', async (request) => void (await context.authenticateMachine(request, ['entra'])))
  const constraints = { host: 'outlook.office365.com' }
  scope.post(`/forwardsync/${config.tenantId}/licences`, { constraints }, async (request, reply) => {
    const read = licenceSchema.safeParse(request.body)
    if (!read.success) return reply.code(400).send({ error: z.prettifyError(read.error) })
    const effect = await applyLicence(parts, read.data)
    request.recording.note({ decision: `licence ${effect}`, user: read.data.userPrincipalName })
    return { effect }
  })
}

async function applyLicence(parts: CmdletParts, change: LicenceChange): Promise<LicenceEffect> {
  const recipient = await parts.recipients.findRecipient('entraObjectId', change.objectId)
  const all = await disconnectedMailboxes(parts)
  const kept = all.findLast(({ owner }) => owner.entraObjectId === change.objectId)
  const effect = evaluateLicence(change.licensed, recipient, kept !== undefined)
  if (effect === 'disconnect' && recipient) await disconnectRecipient(parts, recipient, 'SoftDeleted')
  if (effect === 'reconnect' && kept) await connectMailbox(parts, kept.mailboxId, withName(kept, change))
  if (effect === 'make') await addRecipient(parts, newOwner(parts, change))
  return effect
}

function withName({ owner }: DisconnectedMailbox, { userPrincipalName, displayName }: LicenceChange) {
  return { ...owner, userPrincipalName: userPrincipalName.toLowerCase(), displayName }
}

function newOwner({ context, config }: CmdletParts, change: LicenceChange) {
  const { objectId, userPrincipalName, displayName, givenName, surname, immutableId } = change
  const alias = aliasOf(userPrincipalName)
  return newRecipient({
    objectGuid: immutableId === undefined ? derivedGuid('objectGUID', objectId) : guidIn(immutableId),
    entraObjectId: objectId,
    type: 'UserMailbox',
    mailboxId: context.random.uuid(),
    emailAddress: userPrincipalName,
    otherAddresses: immutableId === undefined ? [] : [`${alias.toLowerCase()}@${config.routingDomain}`],
    isDirSynced: immutableId !== undefined,
    ...{ userPrincipalName, displayName, givenName, surname, alias },
  })
}

/** Of an ImmutableID, whose first eight bytes are in .NET's order. */
function guidIn(immutableId: string): string {
  const bytes = Buffer.from(immutableId, 'base64')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
