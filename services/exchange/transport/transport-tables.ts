import type { Generated } from 'kysely'
import type { Migration } from '#shared/store/store.ts'

export interface TransportTables {
  queued_message: QueuedMessageRow
  outbox_message: OutboxMessageRow
}

/** Accepted, and not yet with the other place. */
export interface QueuedMessageRow {
  number: Generated<number>
  id: string
  sender: string
  recipients: string
  mime: Uint8Array
  accepted_at: number
  attempts: number
}

/** What left for the internet, where nobody is. */
export interface OutboxMessageRow {
  number: Generated<number>
  id: string
  sender: string
  recipients: string
  mime: Uint8Array
  sent_at: number
}

export const transportMigration: Migration = {
  name: 'exchange-020-transport',
  async up(db, types) {
    const table = (name: string) =>
      db.schema
        .createTable(name)
        .addColumn('number', types.autoNumberKey as never)
        .addColumn('id', 'text', (column) => column.notNull().unique())
        .addColumn('sender', 'text', (column) => column.notNull())
        .addColumn('recipients', 'text', (column) => column.notNull())
        .addColumn('mime', types.bytes as never, (column) => column.notNull())
    await table('queued_message')
      .addColumn('accepted_at', 'bigint', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .execute()
    await table('outbox_message')
      .addColumn('sent_at', 'bigint', (column) => column.notNull())
      .execute()
  },
}
