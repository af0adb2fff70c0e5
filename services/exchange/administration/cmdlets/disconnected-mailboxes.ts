import { connectMailbox, disconnectedMailboxes, eraseMailbox } from '../../recipients/disconnect-mailbox.ts'
import type { DisconnectedMailbox } from '../../recipients/disconnected-mailboxes.ts'
import { publishAttributes, recipientOfAccount } from '../../recipients/make-recipient.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeFully, describeRecipient } from '../describe-recipient.ts'
import { notFound } from '../names.ts'
import { databaseName, requireDatabase } from './mailbox-database.ts'
import { accountNamed } from './on-premises-mailboxes.ts'

export const databaseCmdlets: readonly Cmdlet[] = [
  { name: 'Get-MailboxDatabase', parameters: { Identity: 'identity', Status: 'switch' }, run: getDatabases },
  {
    name: 'Connect-Mailbox',
    parameters: {
      Identity: 'identity',
      Database: 'identity',
      User: 'identity',
      Alias: 'identity',
      Shared: 'switch',
      AllowLegacyDNMismatch: 'switch',
    },
    mandatory: ['Identity', 'Database', 'User'],
    run: connect,
  },
]

export const softDeletedCmdlets: readonly Cmdlet[] = [
  {
    name: 'Undo-SoftDeletedMailbox',
    parameters: {
      SoftDeletedObject: 'identity',
      DisplayName: 'identity',
      WindowsLiveID: 'identity',
      Password: 'secret',
    },
    mandatory: ['SoftDeletedObject', 'Password'],
    run: undo,
  },
]

async function getDatabases({ config }: CmdletParts, { Identity }: Parameters) {
  if (Identity !== undefined && String(Identity).toLowerCase() !== databaseName.toLowerCase())
    throw notFound(String(Identity), config)
  return [
    {
      Name: databaseName,
      Identity: databaseName,
      Server: config.servers[0] ?? '',
      MasterType: 'Server',
      Mounted: true,
      Recovery: false,
      MailboxRetention: '30.00:00:00',
      DeletedItemRetention: '14.00:00:00',
      ProhibitSendReceiveQuota: 'Unlimited',
    },
  ]
}

/** Of Get-MailboxStatistics -Database: mailboxes without an owner. */
export async function describeDisconnected(parts: CmdletParts): Promise<readonly ExchangeObject[]> {
  return (await disconnectedMailboxes(parts)).map(({ owner, mailboxId, reason, at }) => ({
    DisplayName: owner.displayName,
    MailboxGuid: mailboxId,
    DisconnectReason: reason,
    DisconnectDate: at.toISOString(),
    Database: databaseName,
  }))
}

/** Of Get-Mailbox -SoftDeletedMailbox. */
export async function describeSoftDeleted(parts: CmdletParts, identity: Parameters[string]) {
  const kept = identity === undefined ? await disconnectedMailboxes(parts) : [await named(parts, String(identity))]
  return kept.map(({ owner, at }) => ({
    ...describeRecipient(parts.config, owner, [owner.emailAddress, ...owner.otherAddresses]),
    IsSoftDeletedByRemove: true,
    WhenSoftDeleted: at.toISOString(),
  }))
}

/** Remove-Mailbox -PermanentlyDelete of one that is soft-deleted already. */
export async function eraseSoftDeleted(parts: CmdletParts, identity: string): Promise<void> {
  await eraseMailbox(parts, (await named(parts, identity)).mailboxId)
}

async function named(parts: CmdletParts, identity: string): Promise<DisconnectedMailbox> {
  const wanted = identity.toLowerCase()
  const found = (await disconnectedMailboxes(parts)).filter(({ mailboxId, owner }) =>
    [mailboxId, owner.displayName, owner.objectGuid, owner.userPrincipalName, owner.emailAddress, owner.alias].some(
      (name) => name.toLowerCase() === wanted,
    ),
  )
  const [mailbox] = found
  if (!mailbox) throw notFound(identity, parts.config)
  if (found.length === 1) return mailbox
  throw new CmdletError('invalidArgument', `'${identity}' matches several mailboxes: name one by its GUID.`)
}

async function connect(parts: CmdletParts, { Identity, Database, User, Alias, Shared }: Parameters) {
  requireDatabase(parts, Database)
  const { mailboxId } = await named(parts, String(Identity))
  const account = await accountNamed(parts, { Identity: User })
  const owner = recipientOfAccount(parts, account, {
    alias: typeof Alias === 'string' ? Alias : undefined,
    typeDetails: Shared === true ? 'SharedMailbox' : 'UserMailbox',
    mailboxId,
  })
  await connectMailbox(parts, mailboxId, owner)
  await publishAttributes(parts, owner.objectGuid)
  return [await describeFully(parts, owner)]
}

/** The account is made anew; the mailbox goes on under its own id. */
async function undo(parts: CmdletParts, { SoftDeletedObject, DisplayName, WindowsLiveID, Password }: Parameters) {
  const { mailboxId, owner } = await named(parts, String(SoftDeletedObject))
  const userPrincipalName = String(WindowsLiveID ?? owner.userPrincipalName).toLowerCase()
  const displayName = String(DisplayName ?? owner.displayName)
  const account = { userPrincipalName, displayName, password: String(Password), mustChangePassword: false }
  const objectId = await parts.cloud?.create(account)
  if (objectId === undefined) throw new Error('this place makes no accounts in the cloud')
  const restored = { ...owner, userPrincipalName, displayName, entraObjectId: objectId, isDirSynced: false }
  await connectMailbox(parts, mailboxId, restored)
  return [await describeFully(parts, restored)]
}
