import type { Recipient, RecipientChanges } from '../../mailbox/mailbox-store.ts'
import { type RecipientTypeDetails, recipientTypes } from '../../mailbox/recipient-store.ts'
import type { Settings } from '../../organization/organization-store.ts'
import { addressIn, changeAddresses } from '../../recipients/change-addresses.ts'
import { customAttributeNames } from '../../recipients/custom-attributes.ts'
import { changeRecipient, publishAttributes, requireAcceptedDomains } from '../../recipients/make-recipient.ts'
import type { Cmdlet, CmdletParts, ListChange, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { certificatesIn } from './byte-arrays.ts'
import { changeRestrictions, restrictionParameters } from './delivery-restrictions.ts'
import { dirSynced } from './dir-synced.ts'
import { changeLimits, limitParameters } from './mailbox-limits.ts'
import { recipientNamed } from './recipient-named.ts'

/** Attributes of the account: in a hybrid organization the directory on premises is their master. */
export const attributes = {
  EmailAddresses: 'changes',
  PrimarySmtpAddress: 'identity',
  Alias: 'identity',
  DisplayName: 'identity',
  HiddenFromAddressListsEnabled: 'boolean',
  ...Object.fromEntries(customAttributeNames.map((name) => [name, 'text' as const])),
} as const satisfies Readonly<Record<string, ParameterKind>>

const forwarding = {
  ForwardingAddress: 'name',
  ForwardingSmtpAddress: 'name',
  DeliverToMailboxAndForward: 'boolean',
} as const

/** Whether Sent Items of the mailbox keep what others send under its name. */
const sentCopies = {
  MessageCopyForSentAsEnabled: 'boolean',
  MessageCopyForSendOnBehalfEnabled: 'boolean',
} as const

/** Set-Mailbox of both places, and Set-RemoteMailbox of the organization's own servers. */
export const setMailbox: Cmdlet = {
  name: 'Set-Mailbox',
  parameters: {
    Identity: 'identity',
    ...attributes,
    ...forwarding,
    ...sentCopies,
    ...restrictionParameters,
    ...limitParameters,
    Type: 'text',
    UserCertificate: 'texts',
  },
  mandatory: ['Identity'],
  run: async (parts, { Identity, ...given }) => {
    const recipient = await recipientNamed(parts, String(Identity), ['UserMailbox'])
    refuseSynchronized(recipient, 'Set-Mailbox', given)
    const type = given.Type === undefined ? {} : { typeDetails: mailboxTypeIn(String(given.Type)) }
    await changeLimits(parts, recipient, given)
    const isRestricted = await changeRestrictions(parts, recipient, given)
    await changeAttributes(parts, recipient, given, type, isRestricted)
    await changeForwarding(parts, recipient, given)
    await changeCertificates(parts, recipient, given)
    const copies = Object.entries(given).filter(([name, value]) => name in sentCopies && typeof value === 'boolean')
    if (copies.length > 0)
      await parts.organization.changeRecipientSettings(recipient.objectGuid, Object.fromEntries(copies) as Settings)
    return []
  },
}

/** `$null` or an empty list takes them away. */
async function changeCertificates(
  parts: CmdletParts,
  { objectGuid }: Recipient,
  { UserCertificate: given }: Parameters,
) {
  if (given === undefined) return
  const certificates = given === null ? [] : certificatesIn(given, 'UserCertificate')
  await parts.files.keepCertificates(objectGuid, certificates, parts.context.clock.now())
}

export const setRemoteMailbox: Cmdlet = {
  name: 'Set-RemoteMailbox',
  parameters: { Identity: 'identity', ...attributes, RemoteRoutingAddress: 'identity' },
  mandatory: ['Identity'],
  run: async (parts, { Identity, RemoteRoutingAddress: routing, ...given }) => {
    const recipient = await recipientNamed(parts, String(Identity), ['MailUser'])
    const externalAddress = typeof routing === 'string' ? { externalAddress: addressIn(routing).address } : {}
    await changeAttributes(parts, recipient, given, externalAddress)
    return []
  },
}

export function refuseSynchronized(recipient: Recipient, cmdlet: string, given: Parameters): void {
  if (!recipient.isDirSynced) return
  const foreign = Object.keys(given).find((name) => Object.hasOwn(attributes, name))
  if (foreign !== undefined) throw dirSynced(recipient, cmdlet, foreign)
}

export async function changeAttributes(
  parts: CmdletParts,
  recipient: Recipient,
  given: Parameters,
  more: RecipientChanges = {},
  hasChanged = false,
): Promise<void> {
  const changes = { ...more, ...(await changedAttributes(parts, recipient, given)) }
  const custom = customAttributesIn(given)
  const hasCustom = Object.keys(custom).length > 0
  if (Object.keys(changes).length === 0 && !hasChanged && !hasCustom) return
  if (hasCustom) await parts.organization.changeRecipientSettings(recipient.objectGuid, custom)
  await changeRecipient(parts, recipient.objectGuid, changes)
  await publishAttributes(parts, recipient.objectGuid)
}

async function changedAttributes(
  parts: CmdletParts,
  recipient: Recipient,
  given: Parameters,
): Promise<RecipientChanges> {
  const { Alias, DisplayName, HiddenFromAddressListsEnabled: hidden } = given
  return {
    ...(await changedAddresses(parts, recipient, given)),
    ...(typeof Alias === 'string' && { alias: aliasIn(Alias) }),
    ...(typeof DisplayName === 'string' && { displayName: DisplayName }),
    ...(typeof hidden === 'boolean' && { isHidden: hidden }),
  }
}

/** An empty text takes one away. */
function customAttributesIn(given: Parameters): Settings {
  const entries = Object.entries(given).filter(([name]) => customAttributeNames.includes(name))
  for (const [name, value] of entries) {
    const { length } = String(value)
    if (length > 1024)
      throw new CmdletError(
        'badValue',
        `The length of the property is too long. The maximum length is 1024 and the length of the value provided is ${length}. Property Name: ${name}`,
      )
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, value === '' ? null : String(value)]))
}

async function changedAddresses(
  parts: CmdletParts,
  recipient: Recipient,
  { EmailAddresses: list, PrimarySmtpAddress: primary }: Parameters,
): Promise<RecipientChanges> {
  if (list === undefined && primary === undefined) return {}
  if (list !== undefined && primary !== undefined)
    throw new CmdletError(
      'badParameter',
      "You can't use the EmailAddresses and PrimarySmtpAddress parameters together.",
    )
  const others = (await parts.recipients.addressesOf(recipient.objectGuid)).slice(1)
  const change = primary === undefined ? (list as readonly string[] | ListChange) : asPrimary(String(primary))
  const after = changeAddresses({ primary: recipient.emailAddress, others }, change)
  const own = [after.primary, ...after.others].filter((address) => address !== recipient.externalAddress)
  requireAcceptedDomains(parts.config, own)
  return { emailAddress: after.primary, otherAddresses: after.others }
}

function asPrimary(address: string): ListChange {
  return { add: [`SMTP:${address.replace(/^smtp:/i, '')}`], remove: [] }
}

const mailboxTypes: Readonly<Record<string, RecipientTypeDetails>> = {
  regular: 'UserMailbox',
  shared: 'SharedMailbox',
  room: 'RoomMailbox',
  equipment: 'EquipmentMailbox',
}

/** Of Set-Mailbox -Type. */
function mailboxTypeIn(written: string): RecipientTypeDetails {
  const type = mailboxTypes[written.toLowerCase()]
  if (type) return type
  throw new CmdletError(
    'badParameter',
    `Cannot process argument transformation on parameter 'Type'. Unable to match the identifier name "${written}" to a valid enumerator name: Regular, Room, Equipment, Shared.`,
  )
}

export function aliasIn(alias: string): string {
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$/.test(alias)) return alias
  throw new CmdletError('badValue', `"${alias}" isn't a valid alias: an alias has up to 64 characters without blanks.`)
}

/** To a recipient of the organization, or to any address; `ForwardingAddress` goes before ("Set-Mailbox"). */
async function changeForwarding(parts: CmdletParts, { objectGuid }: Recipient, given: Parameters): Promise<void> {
  const { ForwardingAddress: to, ForwardingSmtpAddress: smtp, DeliverToMailboxAndForward: both } = given
  const target = typeof to === 'string' ? await recipientNamed(parts, to, recipientTypes) : undefined
  const changes: Settings = {
    ...(to !== undefined && { ForwardingAddress: target?.emailAddress ?? null }),
    ...(smtp !== undefined && { ForwardingSmtpAddress: typeof smtp === 'string' ? addressIn(smtp).address : null }),
    ...(typeof both === 'boolean' && { DeliverToMailboxAndForward: both }),
  }
  if (Object.keys(changes).length > 0) await parts.organization.changeRecipientSettings(objectGuid, changes)
}
