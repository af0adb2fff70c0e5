import type { Generated } from 'kysely'
import type { Migration } from '#shared/store/store.ts'

export interface TransportTables {
  queued_message: QueuedMessageRow
  outbox_message: OutboxMessageRow
  /** Who got an automatic reply since replies were turned on. */
  automatic_reply: { object_guid: string; sender: string; since: string }
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
  /** Until when the server that is handing it on, or has failed to, has it to itself. */
  claimed_until: number | null
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

export const automaticReplyMigration: Migration = {
  name: 'exchange-021-automatic-replies',
  async up({ schema }) {
    await schema
      .createTable('automatic_reply')
      .addColumn('object_guid', 'text', (column) => column.notNull())
      .addColumn('sender', 'text', (column) => column.notNull())
      .addColumn('since', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('automatic_reply_key', ['object_guid', 'sender'])
      .execute()
  },
}

export const relayClaimMigration: Migration = {
  name: 'exchange-022-relay-claims',
  async up({ schema }) {
    await schema.alterTable('queued_message').addColumn('claimed_until', 'bigint').execute()
  },
}
