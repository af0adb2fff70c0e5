import type { Generated, Kysely } from 'kysely'
import type { ColumnTypes, MigratedSchema, Migration } from '#shared/store/store.ts'
import type { RecipientMemberRow } from './recipient-members.ts'

export interface MailboxTables {
  recipient: RecipientRow
  recipient_address: RecipientAddressRow
  recipient_member: RecipientMemberRow
  mailbox: MailboxRow
  folder: FolderRow
  deleted_folder: DeletedFolderRow
  item: ItemRow
  item_content: ItemContentRow
  item_attachment: ItemAttachmentRow
  item_departure: ItemDepartureRow
  search_word: { mailbox_id: string; word: string }
  search_hit: { mailbox_id: string; word: string; item_number: number }
}

export interface RecipientRow {
  object_guid: string
  entra_object_id: string
  sid: string | null
  user_principal_name: string
  email_address: string
  alias: string
  display_name: string
  given_name: string
  surname: string
  title: string
  department: string
  mobile: string
  /** What the address book finds it by: lower-case, names and addresses, each after a line break. */
  search_text: string
  recipient_type: string
  mailbox_id: string | null
  /** Null in rows of before the column: the recipient type says it. */
  type_details: string | null
  external_address: string | null
  is_hidden: number | null
  is_dir_synced: number | null
  created_at: number | null
  mailbox_created_at: number | null
}

/** Every address that reaches somebody, the primary one too. */
export interface RecipientAddressRow {
  address: string
  object_guid: string
}

export interface MailboxRow {
  id: string
  change_number: number
  size_bytes: number
  quota_bytes: number | null
}

export interface FolderRow {
  number: Generated<number>
  id: string
  mailbox_id: string
  parent_id: string | null
  well_known: string | null
  folder_class: string
  display_name: string
  position: number
  unread_count: number
  total_count: number
  change_number: number
  hierarchy_number: number
  created_number: number
}

export interface DeletedFolderRow {
  id: string
  mailbox_id: string
  created_number: number
  change_number: number
}

export interface ItemRow {
  number: Generated<number>
  id: string
  mailbox_id: string
  folder_id: string
  kind: string
  change_number: number
  arrived_number: number
  read_number: number
  flag_number: number
  categories_number: number
  content_number: number
  received_at: number
  /** The moment by which clients limit what they keep: of arrival, or the last end of an appointment. */
  kept_until: number
  sender: string
  sender_address: string
  subject: string
  preview: string
  unread: number
  importance: string
  has_attachments: number
  size: number
  is_draft: number
  message_class: string
  flag: string | null
  categories: string
  conversation_id: string
  conversation_index: string
  internet_message_id: string
  uid: string | null
  last_verb: string
  last_verb_at: number | null
  properties: string
  /** Null in rows of before the column, and where nobody set any. */
  extended: string | null
}

/** A message has `mime`, as it arrived, or `composition`, from which the same text is composed every time. */
export interface ItemContentRow {
  item_number: number
  mime: Uint8Array | null
  composition: string | null
  body_text: string | null
  body_html: string | null
  attachments: string
}

/** Attachments of items that are no messages. */
export interface ItemAttachmentRow {
  id: string
  item_number: number
  content: Uint8Array
}

/** That an item left its folder, or until when it was kept before that changed. */
export interface ItemDepartureRow {
  number: Generated<number>
  item_id: string
  folder_id: string
  item_number: number
  change_number: number
  arrived_number: number
  kept_until: number
  reason: string
}

type Database = Kysely<MigratedSchema>

/** Properties that programs invent for items. */
export const extendedMigration: Migration = {
  name: 'exchange-050-extended-properties',
  async up({ schema }) {
    await schema.alterTable('item').addColumn('extended', 'text').execute()
  },
}

type Columns = Readonly<Record<string, 'text' | 'integer' | 'bigint'>>

export const mailboxMigration: Migration = {
  name: 'exchange-001-mailboxes',
  async up(db, types) {
    await createRecipients(db)
    await createFolders(db, types)
    await createItems(db, types)
    await createContents(db, types)
    await createDepartures(db, types)
    await createSearch(db)
  },
}

async function createRecipients(db: Database): Promise<void> {
  let table = db.schema.createTable('recipient').addColumn('object_guid', 'text', (column) => column.primaryKey())
  for (const name of ['entra_object_id', 'user_principal_name', 'email_address'])
    table = table.addColumn(name, 'text', (column) => column.notNull().unique())
  for (const name of ['sid', 'mailbox_id']) table = table.addColumn(name, 'text', (column) => column.unique())
  const texts = ['alias', 'display_name', 'given_name', 'surname', 'title', 'department', 'mobile', 'search_text']
  for (const name of [...texts, 'recipient_type']) table = table.addColumn(name, 'text', (column) => column.notNull())
  await table.execute()
  await db.schema
    .createTable('mailbox')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('change_number', 'bigint', (column) => column.notNull())
    .addColumn('size_bytes', 'bigint', (column) => column.notNull())
    .addColumn('quota_bytes', 'bigint')
    .execute()
}

/** A table whose columns are all required, with those in `optional` that are not. */
function numbered(db: Database, name: string, types: ColumnTypes, required: Columns, optional: Columns = {}) {
  let table = db.schema.createTable(name).addColumn('number', types.autoNumberKey as never)
  for (const [column, type] of Object.entries(required)) table = table.addColumn(column, type, (each) => each.notNull())
  for (const [column, type] of Object.entries(optional)) table = table.addColumn(column, type)
  return table
}

async function createFolders(db: Database, types: ColumnTypes): Promise<void> {
  const required: Columns = {
    id: 'text',
    mailbox_id: 'text',
    folder_class: 'text',
    display_name: 'text',
    position: 'integer',
    unread_count: 'integer',
    total_count: 'integer',
    change_number: 'bigint',
    hierarchy_number: 'bigint',
    created_number: 'bigint',
  }
  await numbered(db, 'folder', types, required, { parent_id: 'text', well_known: 'text' }).execute()
  await db.schema.createIndex('folder_by_id').on('folder').column('id').unique().execute()
  await db.schema.createIndex('folder_by_mailbox').on('folder').columns(['mailbox_id', 'position']).execute()
  await db.schema
    .createTable('deleted_folder')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('mailbox_id', 'text', (column) => column.notNull())
    .addColumn('created_number', 'bigint', (column) => column.notNull())
    .addColumn('change_number', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('deleted_folder_by_change')
    .on('deleted_folder')
    .columns(['mailbox_id', 'change_number'])
    .execute()
}

const itemColumns: Columns = {
  id: 'text',
  mailbox_id: 'text',
  folder_id: 'text',
  kind: 'text',
  change_number: 'bigint',
  arrived_number: 'bigint',
  read_number: 'bigint',
  flag_number: 'bigint',
  categories_number: 'bigint',
  content_number: 'bigint',
  received_at: 'bigint',
  kept_until: 'bigint',
  sender: 'text',
  sender_address: 'text',
  subject: 'text',
  preview: 'text',
  unread: 'integer',
  importance: 'text',
  has_attachments: 'integer',
  size: 'integer',
  is_draft: 'integer',
  message_class: 'text',
  categories: 'text',
  conversation_id: 'text',
  conversation_index: 'text',
  internet_message_id: 'text',
  last_verb: 'text',
  properties: 'text',
}

async function createItems(db: Database, types: ColumnTypes): Promise<void> {
  const optional: Columns = { flag: 'text', uid: 'text', last_verb_at: 'bigint' }
  await numbered(db, 'item', types, itemColumns, optional).execute()
  await db.schema.createIndex('item_by_id').on('item').column('id').unique().execute()
  // Pages of a folder; what changed since; what a client keeps; conversations; replies; meetings.
  const indexes = {
    item_by_arrival: ['folder_id', 'received_at desc', 'number desc'],
    item_by_change: ['folder_id', 'change_number'],
    item_by_keeping: ['folder_id', 'kept_until desc', 'number desc'],
    item_by_conversation: ['mailbox_id', 'conversation_id', 'received_at desc'],
    item_by_message_id: ['mailbox_id', 'internet_message_id'],
    item_by_uid: ['mailbox_id', 'uid'],
  }
  for (const [name, columns] of Object.entries(indexes))
    await db.schema.createIndex(name).on('item').columns(columns).execute()
}

async function createContents(db: Database, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('item_content')
    .addColumn('item_number', 'bigint', (column) => column.primaryKey())
    .addColumn('mime', types.bytes as never)
    .addColumn('composition', 'text')
    .addColumn('body_text', 'text')
    .addColumn('body_html', 'text')
    .addColumn('attachments', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('item_attachment')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('item_number', 'bigint', (column) => column.notNull())
    .addColumn('content', types.bytes as never)
    .execute()
  await db.schema.createIndex('item_attachment_by_item').on('item_attachment').column('item_number').execute()
}

async function createDepartures(db: Database, types: ColumnTypes): Promise<void> {
  const required: Columns = {
    item_id: 'text',
    folder_id: 'text',
    item_number: 'bigint',
    change_number: 'bigint',
    arrived_number: 'bigint',
    kept_until: 'bigint',
    reason: 'text',
  }
  await numbered(db, 'item_departure', types, required).execute()
  await db.schema
    .createIndex('item_departure_by_change')
    .on('item_departure')
    .columns(['folder_id', 'change_number'])
    .execute()
}

async function createSearch(db: Database): Promise<void> {
  await db.schema
    .createTable('search_word')
    .addColumn('mailbox_id', 'text', (column) => column.notNull())
    .addColumn('word', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('search_word_key', ['mailbox_id', 'word'])
    .execute()
  await db.schema
    .createTable('search_hit')
    .addColumn('mailbox_id', 'text', (column) => column.notNull())
    .addColumn('word', 'text', (column) => column.notNull())
    .addColumn('item_number', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('search_hit_key', ['mailbox_id', 'word', 'item_number'])
    .execute()
  await db.schema.createIndex('search_hit_by_item').on('search_hit').columns(['item_number', 'word']).execute()
}
