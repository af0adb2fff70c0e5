import type { Kysely } from 'kysely'
import type { MigratedSchema, Migration } from '#shared/store/store.ts'

/** Cached mailboxes of people whose mail is on-premises; moments are milliseconds. */
export interface MobileTables {
  mobile_account: MobileAccountRow
  mobile_collection: MobileCollectionRow
  mobile_item: MobileItemRow
  mobile_change: MobileChangeRow
}

export interface MobileAccountRow {
  id: string
  object_id: string
  user_principal_name: string
  eas_url: string
  mailbox_guid: string
  status: string
  reason: string | null
  remote_status: number | null
  access_token: string
  access_expires_at: number
  refresh_token: string
  policy_key: string
  folder_key: string
  out_of_office: string | null
  failures: number
  created_at: number
  synchronized_at: number | null
  deleted_at: number | null
}

export interface MobileCollectionRow {
  account_id: string
  server_id: string
  kind: string
  name: string
  sync_key: string
  /** [MS-ASCMD] 2.2.3.186.1. */
  folder_type: string
}

/** What people did in the app, on its way to the server. */
export interface MobileChangeRow {
  id: string
  account_id: string
  sequence: number
  kind: string
  payload: string
  state: string
  reason: string | null
  item_id: string | null
  created_at: number
  ended_at: number | null
}

export interface MobileItemRow {
  account_id: string
  collection_id: string
  server_id: string
  kind: string
  sort_at: number
  data: string
}

export const mobileMigration: Migration = {
  name: 'exchange-030-outlook-mobile',
  async up(db) {
    await createAccounts(db)
    await db.schema
      .createTable('mobile_collection')
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('sync_key', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('mobile_collection_key', ['account_id', 'server_id'])
      .execute()
    await db.schema
      .createTable('mobile_item')
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('collection_id', 'text', (column) => column.notNull())
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('data', 'text', (column) => column.notNull())
      .addColumn('sort_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('mobile_item_key', ['account_id', 'collection_id', 'server_id'])
      .execute()
  },
}

export const mobileChangesMigration: Migration = {
  name: 'exchange-031-outlook-mobile-changes',
  async up(db) {
    await db.schema
      .alterTable('mobile_collection')
      .addColumn('folder_type', 'text', (column) => column.notNull().defaultTo(''))
      .execute()
    let change = db.schema
      .createTable('mobile_change')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('sequence', 'bigint', (column) => column.notNull())
    for (const name of ['account_id', 'kind', 'payload', 'state'])
      change = change.addColumn(name, 'text', (column) => column.notNull()) as never
    for (const name of ['reason', 'item_id']) change = change.addColumn(name, 'text') as never
    await change
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .execute()
    await db.schema.createIndex('mobile_change_order').on('mobile_change').columns(['account_id', 'sequence']).execute()
  },
}

const texts = ['user_principal_name', 'eas_url', 'mailbox_guid', 'status', 'access_token', 'refresh_token']
const keys = ['policy_key', 'folder_key']

async function createAccounts(db: Kysely<MigratedSchema>): Promise<void> {
  let account = db.schema
    .createTable('mobile_account')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('object_id', 'text', (column) => column.notNull().unique())
  for (const name of [...texts, ...keys])
    account = account.addColumn(name, 'text', (column) => column.notNull()) as never
  for (const name of ['reason', 'out_of_office']) account = account.addColumn(name, 'text') as never
  for (const name of ['access_expires_at', 'created_at', 'failures'])
    account = account.addColumn(name, 'bigint', (column) => column.notNull()) as never
  for (const name of ['remote_status', 'synchronized_at', 'deleted_at'])
    account = account.addColumn(name, 'bigint') as never
  await account.execute()
}
