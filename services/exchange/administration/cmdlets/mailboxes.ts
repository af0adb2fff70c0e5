import type { WellKnownFolder } from '../../mailbox/mailbox-store.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeDisconnected } from './disconnected-mailboxes.ts'
import { requireDatabase } from './mailbox-database.ts'
import { recipientNamed } from './recipient-named.ts'

const units: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 }

/** What a mailbox holds. */
export const mailboxCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-MailboxStatistics',
    parameters: { Identity: 'identity', Database: 'identity' },
    run: getStatistics,
  },
  {
    name: 'Get-MailboxFolderStatistics',
    parameters: { Identity: 'identity', FolderScope: 'text' },
    mandatory: ['Identity'],
    run: getFolderStatistics,
  },
]

async function getStatistics(
  parts: CmdletParts,
  { Identity, Database }: Parameters,
): Promise<readonly ExchangeObject[]> {
  requireDatabase(parts, Database)
  if (Identity !== undefined) return statisticsOf(parts, Identity)
  if (Database === undefined)
    throw new CmdletError(
      'badParameter',
      'Cannot process command because of one or more missing mandatory parameters: Identity.',
    )
  const owners = (await parts.recipients.listRecipients()).filter(({ mailboxId }) => mailboxId !== undefined)
  const own = await Promise.all(owners.map(({ objectGuid }) => statisticsOf(parts, objectGuid)))
  return [...own.flat(), ...(await describeDisconnected(parts))]
}

async function statisticsOf(parts: CmdletParts, Identity: Parameters[string]): Promise<readonly ExchangeObject[]> {
  const { mailboxId = '', displayName } = await recipientNamed(parts, String(Identity), ['UserMailbox'])
  const { bytes, quotaBytes } = await parts.mailboxes.usage(mailboxId)
  const folders = await parts.mailboxes.listFolders(mailboxId)
  const items = folders.reduce((sum, { totalCount }) => sum + totalCount, 0)
  return [
    {
      DisplayName: displayName,
      MailboxGuid: mailboxId,
      ItemCount: items,
      TotalItemSize: sizeText(bytes),
      DatabaseProhibitSendReceiveQuota: quotaBytes === null ? 'Unlimited' : sizeText(quotaBytes),
    },
  ]
}

const folderTypes: Readonly<Partial<Record<WellKnownFolder, string>>> = {
  inbox: 'Inbox',
  drafts: 'Drafts',
  sentitems: 'SentItems',
  deleteditems: 'DeletedItems',
  archive: 'Archive',
  junkemail: 'JunkEmail',
  outbox: 'Outbox',
  calendar: 'Calendar',
  contacts: 'Contacts',
  tasks: 'Tasks',
  notes: 'Notes',
}

/** One row a folder; `FolderScope` is the type of a well-known one. */
async function getFolderStatistics(parts: CmdletParts, { Identity, FolderScope }: Parameters) {
  const { mailboxId = '', displayName } = await recipientNamed(parts, String(Identity), ['UserMailbox'])
  const folders = await parts.mailboxes.listFolders(mailboxId)
  const names = new Map(folders.map(({ id, displayName: name, parentId }) => [id, { name, parentId }]))
  const pathOf = (id: string | undefined): string => {
    const folder = id === undefined ? undefined : names.get(id)
    return folder ? `${pathOf(folder.parentId)}/${folder.name}` : ''
  }
  const rows = folders.map(({ id, displayName: name, wellKnown, totalCount, unreadCount }) => ({
    Name: name,
    Identity: `${displayName}${pathOf(id).replaceAll('/', '\\')}`,
    FolderPath: pathOf(id),
    FolderId: id,
    FolderType: (wellKnown && folderTypes[wellKnown]) ?? 'User Created',
    ItemsInFolder: totalCount,
    UnreadItemsInFolder: unreadCount,
  }))
  const wanted = String(FolderScope ?? 'All').toLowerCase()
  return wanted === 'all' ? rows : rows.filter(({ FolderType }) => FolderType.toLowerCase() === wanted)
}

/** `99 GB (106,300,440,576 bytes)`, as the shell writes sizes. */
export function sizeText(bytes: number): string {
  const [unit, factor] = Object.entries(units).findLast(([, size]) => bytes >= size) ?? ['B', 1]
  return `${Number((bytes / factor).toPrecision(4))} ${unit} (${bytes.toLocaleString('en-US')} bytes)`
}

/** For the parameter of that name: bytes of `500MB`, `1.5 GB`, `1024` or what the shell itself writes; null for `Unlimited`. */
export function sizeOf(text: string, parameter: string): number | null {
  if (text.toLowerCase() === 'unlimited') return null
  const [, number, unit = 'B'] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?B)?(?:\s*\([\d,]+ bytes\))?\s*$/i.exec(text) ?? []
  const bytes = Math.round(Number(number) * (units[unit.toUpperCase()] ?? 1))
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
  throw new CmdletError(
    'badParameter',
    `Cannot process argument transformation on parameter '${parameter}'. Cannot convert value "${text}" to type "Unlimited<ByteQuantifiedSize>".`,
  )
}
