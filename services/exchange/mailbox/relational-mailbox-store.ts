import type { Kysely, Selectable } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import { composeMime } from './composition.ts'
import type {
  Folder,
  Importance,
  MailboxStore,
  Message,
  MessagePage,
  PageRequest,
  WellKnownFolder,
} from './mailbox-store.ts'
import type { FolderRow, MailboxTables, MessageRow } from './mailbox-tables.ts'

export function relationalMailboxStore<Schema extends MailboxTables>(schemaStore: Store<Schema>): MailboxStore {
  const store = schemaStore as unknown as Store<MailboxTables>
  return {
    listFolders: async (mailboxId) => {
      const rows = await store.db
        .selectFrom('folder')
        .selectAll()
        .where('mailbox_id', '=', mailboxId)
        .orderBy('position')
        .orderBy('number')
        .execute()
      return rows.map(folderOf)
    },
    listMessages: (mailboxId, folderId, page) => listMessages(store.db, mailboxId, folderId, page),
    findMessage: async (mailboxId, messageId) => {
      const row = await messageRow(store.db, mailboxId, messageId)
      return row && messageOf(row)
    },
    readMime: (mailboxId, messageId) => readMime(store.db, mailboxId, messageId),
    setUnread: (mailboxId, messageId, unread) =>
      store.transaction((db) => setUnread(db, { mailboxId, messageId, unread })),
    changeNumber: async (mailboxId) => {
      const row = await store.db
        .selectFrom('mailbox')
        .select('change_number')
        .where('id', '=', mailboxId)
        .executeTakeFirst()
      return row?.change_number ?? 0
    },
  }
}

type Database = Kysely<MailboxTables>

async function listMessages(
  db: Database,
  mailboxId: string,
  folderId: string,
  { limit, before }: PageRequest,
): Promise<MessagePage> {
  const cursor = before === undefined ? undefined : cursorOf(before)
  let query = db
    .selectFrom('message')
    .selectAll()
    .where('folder_id', '=', folderId)
    .where('mailbox_id', '=', mailboxId)
    .orderBy('received_at', 'desc')
    .orderBy('number', 'desc')
    .limit(limit + 1)
  if (cursor) {
    query = query
      .where('received_at', '<=', cursor.receivedAt)
      .where((where) => where.or([where('received_at', '<', cursor.receivedAt), where('number', '<', cursor.number)]))
  }
  const rows = await query.execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return { messages: shown.map(messageOf), ...(more && { next: `${last.received_at}.${last.number}` }) }
}

/** A cursor that is none starts at the first page. */
function cursorOf(before: string): { readonly receivedAt: number; readonly number: number } | undefined {
  const parts = /^(\d{1,15})\.(\d{1,15})$/.exec(before)
  return parts ? { receivedAt: Number(parts[1]), number: Number(parts[2]) } : undefined
}

function messageRow(db: Database, mailboxId: string, messageId: string): Promise<Selectable<MessageRow> | undefined> {
  return db
    .selectFrom('message')
    .selectAll()
    .where('id', '=', messageId)
    .where('mailbox_id', '=', mailboxId)
    .executeTakeFirst()
}

async function readMime(db: Database, mailboxId: string, messageId: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('message')
    .innerJoin('message_content', 'message_content.message_id', 'message.id')
    .select(['message_content.mime', 'message_content.composition'])
    .where('message.id', '=', messageId)
    .where('message.mailbox_id', '=', mailboxId)
    .executeTakeFirst()
  if (row?.mime) return Buffer.from(row.mime)
  return row?.composition ? composeMime(JSON.parse(row.composition)) : undefined
}

async function setUnread(
  db: Database,
  change: { readonly mailboxId: string; readonly messageId: string; readonly unread: boolean },
): Promise<boolean> {
  const message = await messageRow(db, change.mailboxId, change.messageId)
  if (!message) return false
  if ((message.unread === 1) === change.unread) return true
  const changeNumber = await nextChangeNumber(db, change.mailboxId)
  await db
    .updateTable('message')
    .set({ unread: Number(change.unread), change_number: changeNumber })
    .where('id', '=', message.id)
    .execute()
  await db
    .updateTable('folder')
    .set((value) => ({
      unread_count: value('unread_count', '+', change.unread ? 1 : -1),
      change_number: changeNumber,
    }))
    .where('id', '=', message.folder_id)
    .execute()
  return true
}

async function nextChangeNumber(db: Database, mailboxId: string): Promise<number> {
  const row = await db
    .updateTable('mailbox')
    .set((value) => ({ change_number: value('change_number', '+', 1) }))
    .where('id', '=', mailboxId)
    .returning('change_number')
    .executeTakeFirstOrThrow()
  return row.change_number
}

function folderOf(row: Selectable<FolderRow>): Folder {
  return {
    id: row.id,
    ...(row.parent_id && { parentId: row.parent_id }),
    ...(row.well_known && { wellKnown: row.well_known as WellKnownFolder }),
    displayName: row.display_name,
    unreadCount: row.unread_count,
    totalCount: row.total_count,
    changeNumber: row.change_number,
  }
}

function messageOf(row: Selectable<MessageRow>): Message {
  return {
    id: row.id,
    folderId: row.folder_id,
    changeNumber: row.change_number,
    receivedAt: new Date(row.received_at),
    sender: row.sender,
    senderAddress: row.sender_address,
    subject: row.subject,
    preview: row.preview,
    unread: row.unread === 1,
    importance: row.importance as Importance,
    hasAttachments: row.has_attachments === 1,
  }
}
