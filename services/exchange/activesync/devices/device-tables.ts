import type { Kysely } from 'kysely'
import type { MigratedSchema, Migration } from '#shared/store/store.ts'

export interface DeviceTables {
  device: DeviceRow
  device_collection: DeviceCollectionRow
  device_move: DeviceMoveRow
  device_sent: DeviceSentRow
}

export interface DeviceRow {
  mailbox_id: string
  device_id: string
  device_type: string
  user_agent: string
  version: number
  information: string
  first_sync_at: number
  last_sync_at: number
  /** What was given out, and what was acknowledged. */
  offered_policy_key: number
  policy_key: number
  policy_hash: string
  acknowledged_at: number | null
  wipe: string
  access_state: string
  access_reason: string
  /** The item that tells the owner of a quarantine. */
  notice_id: string | null
  last_key: number
  wipe_requested_at: number | null
  wipe_sent_at: number | null
  wipe_acknowledged_at: number | null
  hierarchy: string | null
  ping: string | null
  sync_request: string | null
}

export interface DeviceCollectionRow {
  mailbox_id: string
  device_id: string
  collection_id: string
  state: string
}

export interface DeviceMoveRow {
  mailbox_id: string
  device_id: string
  source_id: string
  destination_id: string
  folder_id: string
}

export interface DeviceSentRow {
  mailbox_id: string
  device_id: string
  client_id: string
  sent_at: number
}

export const deviceMigration: Migration = {
  name: 'exchange-activesync-001-devices',
  async up(db) {
    await createDevices(db)
    await createKeyed(db, 'device_collection', 'collection_id', { state: 'text' })
    await createKeyed(db, 'device_move', 'source_id', { destination_id: 'text', folder_id: 'text' })
    await createKeyed(db, 'device_sent', 'client_id', { sent_at: 'bigint' })
  },
}

export const noticeMigration: Migration = {
  name: 'exchange-activesync-002-notices',
  async up(db) {
    await db.schema.alterTable('device').addColumn('notice_id', 'text').execute()
  },
}

export const acknowledgementMigration: Migration = {
  name: 'exchange-activesync-003-acknowledgements',
  async up(db) {
    await db.schema.alterTable('device').addColumn('acknowledged_at', 'bigint').execute()
  },
}

export const wipeTimesMigration: Migration = {
  name: 'exchange-activesync-004-wipe-times',
  async up(db) {
    for (const name of ['wipe_requested_at', 'wipe_sent_at', 'wipe_acknowledged_at'])
      await db.schema.alterTable('device').addColumn(name, 'bigint').execute()
  },
}

async function createDevices(db: Kysely<MigratedSchema>): Promise<void> {
  let table = db.schema.createTable('device')
  const texts = ['mailbox_id', 'device_id', 'device_type', 'user_agent', 'information', 'policy_hash', 'wipe']
  for (const name of [...texts, 'access_state', 'access_reason'])
    table = table.addColumn(name, 'text', (column) => column.notNull())
  const numbers = ['version', 'first_sync_at', 'last_sync_at', 'offered_policy_key', 'policy_key', 'last_key']
  for (const name of numbers) table = table.addColumn(name, 'bigint', (column) => column.notNull())
  for (const name of ['hierarchy', 'ping', 'sync_request']) table = table.addColumn(name, 'text')
  await table.addPrimaryKeyConstraint('device_key', ['mailbox_id', 'device_id'] as never[]).execute()
}

async function createKeyed(
  db: Kysely<MigratedSchema>,
  name: string,
  key: string,
  values: Readonly<Record<string, 'text' | 'bigint'>>,
): Promise<void> {
  let table = db.schema.createTable(name)
  for (const column of ['mailbox_id', 'device_id', key] as never[])
    table = table.addColumn(column, 'text', (each) => each.notNull())
  for (const [column, type] of Object.entries(values)) table = table.addColumn(column, type, (each) => each.notNull())
  await table.addPrimaryKeyConstraint(`${name}_key`, ['mailbox_id', 'device_id', key] as never[]).execute()
}
