import type { Generated, Kysely } from 'kysely'
import type { MigratedSchema, Migration } from '#shared/store/store.ts'

export interface MailboxTables {
  recipient: RecipientRow
  mailbox: { id: string; change_number: number }
  folder: FolderRow
  message: MessageRow
  message_content: MessageContentRow
}

export interface RecipientRow {
  object_guid: string
  entra_object_id: string
  user_principal_name: string
  display_name: string
  recipient_type: string
  mailbox_id: string | null
}

export interface FolderRow {
  number: Generated<number>
  id: string
  mailbox_id: string
  parent_id: string | null
  well_known: string | null
  display_name: string
  position: number
  unread_count: number
  total_count: number
  change_number: number
}

export interface MessageRow {
  number: Generated<number>
  id: string
  mailbox_id: string
  folder_id: string
  change_number: number
  received_at: number
  sender: string
  sender_address: string
  subject: string
  preview: string
  unread: number
  importance: string
  has_attachments: number
}

/** Either `mime`, as it arrived, or `composition`, from which the same MIME text is composed every time. */
export interface MessageContentRow {
  message_id: string
  mime: Uint8Array | null
  composition: string | null
}

export const mailboxMigration: Migration = {
  name: 'exchange-001-mailboxes',
  async up(db, types) {
    await createRecipients(db)
    await db.schema
      .createTable('mailbox')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('change_number', 'bigint', (column) => column.notNull())
      .execute()
    await createFolders(db, types.autoNumberKey)
    await createMessages(db, types.autoNumberKey)
    await db.schema
      .createTable('message_content')
      .addColumn('message_id', 'text', (column) => column.primaryKey())
      .addColumn('mime', types.bytes as never)
      .addColumn('composition', 'text')
      .execute()
  },
}

type Database = Kysely<MigratedSchema>

async function createRecipients(db: Database): Promise<void> {
  await db.schema
    .createTable('recipient')
    .addColumn('object_guid', 'text', (column) => column.primaryKey())
    .addColumn('entra_object_id', 'text', (column) => column.notNull().unique())
    .addColumn('user_principal_name', 'text', (column) => column.notNull().unique())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('recipient_type', 'text', (column) => column.notNull())
    .addColumn('mailbox_id', 'text', (column) => column.unique())
    .execute()
}

async function createFolders(db: Database, autoNumberKey: unknown): Promise<void> {
  let folder = db.schema.createTable('folder').addColumn('number', autoNumberKey as never)
  for (const name of ['id', 'mailbox_id', 'display_name'])
    folder = folder.addColumn(name, 'text', (column) => column.notNull())
  for (const name of ['parent_id', 'well_known']) folder = folder.addColumn(name, 'text')
  for (const name of ['position', 'unread_count', 'total_count'])
    folder = folder.addColumn(name, 'integer', (column) => column.notNull())
  await folder.addColumn('change_number', 'bigint', (column) => column.notNull()).execute()
  await db.schema.createIndex('folder_by_id').on('folder').column('id').unique().execute()
  await db.schema.createIndex('folder_by_mailbox').on('folder').columns(['mailbox_id', 'position']).execute()
}

async function createMessages(db: Database, autoNumberKey: unknown): Promise<void> {
  let message = db.schema.createTable('message').addColumn('number', autoNumberKey as never)
  for (const name of ['id', 'mailbox_id', 'folder_id', 'sender', 'sender_address', 'subject', 'preview', 'importance'])
    message = message.addColumn(name, 'text', (column) => column.notNull())
  for (const name of ['change_number', 'received_at'])
    message = message.addColumn(name, 'bigint', (column) => column.notNull())
  for (const name of ['unread', 'has_attachments'])
    message = message.addColumn(name, 'integer', (column) => column.notNull())
  await message.execute()
  await db.schema.createIndex('message_by_id').on('message').column('id').unique().execute()
  // One for pages of a folder, one for "what changed since".
  await db.schema
    .createIndex('message_by_arrival')
    .on('message')
    .columns(['folder_id', 'received_at desc', 'number desc'])
    .execute()
  await db.schema.createIndex('message_by_change').on('message').columns(['folder_id', 'change_number']).execute()
}
