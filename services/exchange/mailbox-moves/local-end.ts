import type { DeviceStore } from '../activesync/devices/device-store.ts'
import type { CmdletParts } from '../administration/cmdlet.ts'
import type { MailboxTransfer } from '../mailbox/mailbox-transfer.ts'
import type { RecipientTypeDetails } from '../mailbox/recipient-store.ts'
import type { Settings } from '../organization/organization-store.ts'
import type { ExchangeParts } from '../parts.ts'
import { publishAttributes } from '../recipients/make-recipient.ts'
import type { RemoteType } from '../recipients/recipient-attributes.ts'
import type { Activation, EndFacts, MoveEnd, Release } from './move-end.ts'

export interface LocalEndParts
  extends Pick<
    CmdletParts,
    'recipients' | 'mailboxes' | 'organization' | 'config' | 'context' | 'transaction' | 'directory'
  > {
  readonly transfer: MailboxTransfer
  readonly devices: DeviceStore
}

/** The setting of somebody whose mailbox is switched from one place to the other. */
const inTransit = 'MailboxInTransit'

export async function isInTransit(
  { organization }: Pick<ExchangeParts, 'organization'>,
  objectGuid: string,
): Promise<boolean> {
  return (await organization.recipientSettings(objectGuid))[inTransit] === true
}

/** This place's own mailboxes, as a move sees them. */
export function localEnd(parts: LocalEndParts): MoveEnd {
  const { transfer, organization, mailboxes, devices, transaction } = parts
  return {
    describe: (objectGuid) => describe(parts, objectGuid),
    folders: transfer.folders,
    items: transfer.items,
    itemIds: transfer.itemIds,
    prepare: async (mailboxId) => {
      await requireNoOwner(parts, mailboxId)
      await transfer.prepare(mailboxId)
    },
    takeFolders: transfer.takeFolders,
    takeItems: transfer.takeItems,
    keepOnly: transfer.keepOnly,
    hold: (objectGuid, isHeld) => organization.changeRecipientSettings(objectGuid, { [inTransit]: isHeld || null }),
    release: async (objectGuid, wanted) => {
      const released = await transaction(() => release(parts, objectGuid, wanted))
      if (released) await publishAttributes(parts, objectGuid, remoteTypeOf(parts, 'released'))
      return released
    },
    activate: async (objectGuid, activation) => {
      await transaction(() => activate(parts, objectGuid, activation))
      await publishAttributes(parts, objectGuid, remoteTypeOf(parts, 'activated'))
    },
    discard: async (mailboxId) => {
      await requireNoOwner(parts, mailboxId)
      for (const device of await devices.list(mailboxId)) await devices.remove(device)
      await mailboxes.removeMailbox(mailboxId)
    },
  }
}

const carriedSettings =
  /^(AutoReply|TimeZone$|WeekStartDay$|Signature|AutoAddSignature$|ConversationView$|MasterCategoryList$|ForwardingSmtpAddress$|DeliverToMailboxAndForward$|MessageCopyFor|IssueWarningQuota$|ProhibitSendQuota$|MaxSendSize$|MaxReceiveSize$)/

async function describe(
  { recipients, transfer, organization, config }: LocalEndParts,
  objectGuid: string,
): Promise<EndFacts | undefined> {
  const recipient = await recipients.findRecipient('objectGuid', objectGuid)
  if (!recipient) return undefined
  const { displayName, emailAddress, typeDetails, mailboxId } = recipient
  const settings = Object.entries(await organization.recipientSettings(objectGuid))
  return {
    ...{ displayName, emailAddress, typeDetails, mailboxId },
    largestItem: config.mail.largestMessage,
    mailbox: mailboxId === undefined ? undefined : await transfer.facts(mailboxId),
    settings: Object.fromEntries(settings.filter(([name]) => carriedSettings.test(name))) as Settings,
  }
}

/** A mailbox that somebody uses is nothing to be written over. */
async function requireNoOwner({ recipients }: LocalEndParts, mailboxId: string): Promise<void> {
  const owner = await recipients.findRecipient('mailboxId', mailboxId)
  if (owner) throw new Error(`the mailbox ${mailboxId} is that of ${owner.userPrincipalName} here`)
}

async function release(parts: LocalEndParts, objectGuid: string, wanted: Release): Promise<boolean> {
  const { recipients, transfer, config } = parts
  const recipient = await recipients.findRecipient('objectGuid', objectGuid)
  if (!recipient) throw new Error(`there is no recipient ${objectGuid}`)
  const { mailboxId } = recipient
  if (mailboxId === undefined) return true
  const facts = await transfer.facts(mailboxId)
  if (facts && facts.changeNumber !== wanted.changeNumber) return false
  await transfer.shut(mailboxId)
  await recipients.changeRecipient(objectGuid, {
    type: 'MailUser',
    typeDetails: releasedType(config.location),
    mailboxId: null,
    externalAddress: wanted.externalAddress,
  })
  return true
}

function releasedType(location: ExchangeParts['config']['location']): RecipientTypeDetails {
  return location === 'onPremises' ? 'RemoteUserMailbox' : 'MailUser'
}

/** What the directory on premises is told of a mailbox that left, and of one that came. */
function remoteTypeOf({ config }: LocalEndParts, what: 'released' | 'activated'): RemoteType | undefined {
  return config.location === 'onPremises' && what === 'released' ? 'migrated' : undefined
}

async function activate(parts: LocalEndParts, objectGuid: string, activation: Activation): Promise<void> {
  const { recipients, transfer, organization } = parts
  const { mailboxId, settings } = activation
  const recipient = await recipients.findRecipient('objectGuid', objectGuid)
  if (!recipient) throw new Error(`there is no recipient ${objectGuid}`)
  if (recipient.mailboxId === mailboxId) return
  await transfer.open(mailboxId, activation)
  const change = { type: 'UserMailbox', typeDetails: 'UserMailbox', mailboxId, externalAddress: null } as const
  await recipients.changeRecipient(objectGuid, change)
  await organization.changeRecipientSettings(objectGuid, { ...settings, [inTransit]: null })
}
