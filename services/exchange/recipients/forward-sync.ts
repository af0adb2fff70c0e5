import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { surfaceErrors } from '#shared/http/server.ts'
import { entraObjectIdOf, immutableIdOf } from '#shared/scenario/identifiers.ts'
import type { CmdletParts } from '../administration/cmdlet.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { RecipientTypeDetails } from '../mailbox/recipient-store.ts'
import type { ExchangeParts } from '../parts.ts'
import { addressIn } from './change-addresses.ts'
import { customAttributeSettings } from './custom-attributes.ts'
import { disconnectRecipient } from './disconnect-mailbox.ts'
import {
  addressesIn,
  attributesSchema,
  contactSchema,
  groupSchema,
  guidSchema,
  takeContact,
  takeGroup,
} from './forward-objects.ts'
import { remoteTypes, typeDetailsValues } from './recipient-attributes.ts'

const host = 'outlook.office365.com'
const text = z.string().max(1024)
const recipientSchema = z.object({
  objectGuid: guidSchema,
  securityIdentifier: text,
  userPrincipalName: text,
  samAccountName: text,
  displayName: text,
  givenName: text,
  surname: text,
  title: text,
  department: text,
  mobile: text,
  mail: text.nullable(),
  attributes: attributesSchema,
})
const exportSchema = z.object({
  recipients: z.array(recipientSchema),
  contacts: z.array(contactSchema),
  groups: z.array(groupSchema),
  deletedGuids: z.array(guidSchema),
})

type ForwardParts = ExchangeParts & Pick<CmdletParts, 'devices'>

export type ForwardedRecipient = z.output<typeof recipientSchema>

/** What Exchange Online learns of people whose attributes the organization's own Exchange wrote. */
export function addForwardSynchronization(scope: FastifyInstance, parts: ForwardParts): void {
  const { context, config } = parts
  surfaceErrors(scope, (error, _request, reply) => reply.code(error.status).send({ error: error.code }))
  scope.addHook('onRequest', async (request) => void (await context.authenticateMachine(request, ['directory'])))
  scope.post(`/forwardsync/${config.tenantId}/recipients`, { constraints: { host } }, async (request, reply) => {
    const read = exportSchema.safeParse(request.body)
    if (!read.success) return reply.code(400).send({ error: z.prettifyError(read.error) })
    const { recipients, contacts, groups, deletedGuids } = read.data
    // First who is gone: their addresses may be another's now.
    for (const guid of deletedGuids) await dropRecipient(parts, guid)
    for (const recipient of recipients) await parts.transaction(() => take(parts, recipient))
    for (const contact of contacts) await parts.transaction(() => takeContact(parts, contact))
    for (const group of groups) await parts.transaction(() => takeGroup(parts, group))
    const taken = recipients.length + contacts.length + groups.length
    const counts = { taken, removed: deletedGuids.length }
    request.recording.note({ decision: 'forwardSynchronization', detail: counts })
    return counts
  })
}

/** A mailbox that is here is kept for a while. */
async function dropRecipient(parts: ForwardParts, objectGuid: string): Promise<void> {
  const recipient = await parts.recipients.findRecipient('objectGuid', objectGuid)
  if (recipient) await disconnectRecipient(parts, recipient, 'SoftDeleted')
}

export type Placement =
  | { readonly kind: 'none' }
  | { readonly kind: 'mailbox'; readonly mailboxId: string | 'new' }
  | { readonly kind: 'elsewhere'; readonly externalAddress: string }

/**
 * Where the attributes say that somebody's mailbox is. One that is here stays: a move switches it, not a
 * synchronization; and one that was moved here is not made anew while the move has not handed it over.
 */
export function placementOf(
  { attributes, userPrincipalName }: Pick<ForwardedRecipient, 'attributes' | 'userPrincipalName'>,
  mailboxId: string | undefined,
): Placement {
  const details = attributes.msExchRecipientTypeDetails?.[0]
  if (details === undefined) return { kind: 'none' }
  if (mailboxId !== undefined) return { kind: 'mailbox', mailboxId }
  const isProvisioned = attributes.msExchRemoteRecipientType?.[0] === remoteTypes.provision
  if (details === typeDetailsValues.RemoteUserMailbox && isProvisioned) return { kind: 'mailbox', mailboxId: 'new' }
  const target = details === typeDetailsValues.MailUser ? attributes.targetAddress?.[0] : undefined
  const [own = userPrincipalName] = addressesIn(attributes)
  return { kind: 'elsewhere', externalAddress: target === undefined ? own : addressIn(target).address }
}

async function take(parts: ForwardParts, forwarded: ForwardedRecipient): Promise<void> {
  const { recipients, mailboxes, organization, context } = parts
  const { objectGuid, attributes } = forwarded
  const existing = await recipients.findRecipient('objectGuid', objectGuid)
  const placement = placementOf(forwarded, existing?.mailboxId)
  if (placement.kind === 'none') return dropRecipient(parts, objectGuid)
  const [emailAddress = forwarded.mail ?? forwarded.userPrincipalName, ...otherAddresses] = addressesIn(attributes)
  const columns = { ...personOf(forwarded), ...placeColumns(placement, context.random.uuid()), emailAddress }
  if (columns.mailboxId !== undefined) await mailboxes.createMailbox(columns.mailboxId)
  await organization.changeRecipientSettings(objectGuid, customAttributeSettings(attributes))
  if (existing) return recipients.changeRecipient(objectGuid, { ...nulled(columns), otherAddresses })
  await recipients.addRecipient({
    ...columns,
    objectGuid,
    entraObjectId: entraObjectIdOf(context.scenario.tenant.id, immutableIdOf(objectGuid)),
    sid: forwarded.securityIdentifier.toUpperCase(),
    otherAddresses,
  })
}

function personOf(forwarded: ForwardedRecipient) {
  const { userPrincipalName, displayName, givenName, surname, title, department, mobile, attributes } = forwarded
  return {
    userPrincipalName: userPrincipalName.toLowerCase(),
    ...{ displayName, givenName, surname, title, department, mobile },
    alias: attributes.mailNickname?.[0] ?? forwarded.samAccountName,
    isHidden: attributes.msExchHideFromAddressLists?.[0] === 'TRUE',
    isDirSynced: true,
  }
}

type Place = Pick<Recipient, 'type' | 'typeDetails' | 'mailboxId' | 'externalAddress'>

function placeColumns(placement: Exclude<Placement, { readonly kind: 'none' }>, newId: string): Place {
  const { kind } = placement
  const typeDetails: RecipientTypeDetails = kind === 'mailbox' ? 'UserMailbox' : 'MailUser'
  if (kind === 'elsewhere') return { type: 'MailUser', typeDetails, externalAddress: placement.externalAddress }
  return { type: 'UserMailbox', typeDetails, mailboxId: placement.mailboxId === 'new' ? newId : placement.mailboxId }
}

function nulled<T extends Place>(columns: T) {
  const { mailboxId = null, externalAddress = null, ...rest } = columns
  return { ...rest, mailboxId, externalAddress }
}
