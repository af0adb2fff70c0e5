import type { Kysely, Selectable } from 'kysely'
import type { Folder, FolderClass, WellKnownFolder } from './folder.ts'
import type { ExtendedProperties, FollowUpFlag, Importance, Item, LastVerb } from './item.ts'
import type { ItemKind } from './item-properties.ts'
import { MailboxRefusal } from './mailbox-refusal.ts'
import type { FolderRow, ItemRow, MailboxTables } from './mailbox-tables.ts'

export type MailboxDatabase = Kysely<MailboxTables>
export type StoredItem = Selectable<ItemRow>
export type StoredFolder = Selectable<FolderRow>

export function folderOf(row: StoredFolder): Folder {
  return {
    id: row.id,
    ...(row.parent_id && { parentId: row.parent_id }),
    ...(row.well_known && { wellKnown: row.well_known as WellKnownFolder }),
    folderClass: row.folder_class as FolderClass,
    displayName: row.display_name,
    unreadCount: row.unread_count,
    totalCount: row.total_count,
    changeNumber: row.change_number,
    hierarchyNumber: row.hierarchy_number,
    createdNumber: row.created_number,
  }
}

export function itemOf(row: StoredItem): Item {
  return {
    kind: row.kind as ItemKind,
    id: row.id,
    folderId: row.folder_id,
    changeNumber: row.change_number,
    numbers: {
      arrived: row.arrived_number,
      read: row.read_number,
      flag: row.flag_number,
      categories: row.categories_number,
      content: row.content_number,
    },
    receivedAt: new Date(row.received_at),
    sender: row.sender,
    senderAddress: row.sender_address,
    subject: row.subject,
    preview: row.preview,
    unread: row.unread === 1,
    importance: row.importance as Importance,
    hasAttachments: row.has_attachments === 1,
    size: row.size,
    isDraft: row.is_draft === 1,
    messageClass: row.message_class,
    ...(row.flag && { flag: JSON.parse(row.flag) as FollowUpFlag }),
    categories: row.categories === '[]' ? [] : JSON.parse(row.categories),
    conversationId: row.conversation_id,
    conversationIndex: row.conversation_index,
    internetMessageId: row.internet_message_id,
    lastVerb: row.last_verb as LastVerb,
    ...(row.extended && { extended: JSON.parse(row.extended) as ExtendedProperties }),
    ...(row.last_verb_at !== null && { lastVerbAt: new Date(row.last_verb_at) }),
    properties: JSON.parse(row.properties),
  } as Item
}

export function findItemRow(db: MailboxDatabase, mailboxId: string, itemId: string): Promise<StoredItem | undefined> {
  return db
    .selectFrom('item')
    .selectAll()
    .where('id', '=', itemId)
    .where('mailbox_id', '=', mailboxId)
    .executeTakeFirst()
}

export async function itemRow(db: MailboxDatabase, mailboxId: string, itemId: string): Promise<StoredItem> {
  const row = await findItemRow(db, mailboxId, itemId)
  if (!row) throw new MailboxRefusal('noSuchItem', `the mailbox has no item "${itemId}"`)
  return row
}

export function findFolderRow(db: MailboxDatabase, mailboxId: string, folderId: string) {
  return db
    .selectFrom('folder')
    .selectAll()
    .where('id', '=', folderId)
    .where('mailbox_id', '=', mailboxId)
    .executeTakeFirst()
}

export async function folderRow(db: MailboxDatabase, mailboxId: string, folderId: string): Promise<StoredFolder> {
  const row = await findFolderRow(db, mailboxId, folderId)
  if (!row) throw new MailboxRefusal('noSuchFolder', `the mailbox has no folder "${folderId}"`)
  return row
}

/** The number of the change that is being made. */
export async function nextChangeNumber(db: MailboxDatabase, mailboxId: string): Promise<number> {
  const row = await db
    .updateTable('mailbox')
    .set((value) => ({ change_number: value('change_number', '+', 1) }))
    .where('id', '=', mailboxId)
    .returning('change_number')
    .executeTakeFirst()
  if (!row) throw new MailboxRefusal('noSuchMailbox', `there is no mailbox "${mailboxId}"`)
  return row.change_number
}

export interface FolderCounts {
  readonly total: number
  readonly unread: number
}

export async function countInFolder(
  db: MailboxDatabase,
  folderId: string,
  changeNumber: number,
  added: FolderCounts,
): Promise<void> {
  await db
    .updateTable('folder')
    .set((value) => ({
      total_count: value('total_count', '+', added.total),
      unread_count: value('unread_count', '+', added.unread),
      change_number: changeNumber,
    }))
    .where('id', '=', folderId)
    .execute()
}
