import type { Migration } from '#shared/store/store.ts'

export interface MoveTables {
  move_request: MoveRow
}

/** One move of one mailbox; times are epoch milliseconds. */
export interface MoveRow {
  object_guid: string
  mailbox_id: string
  display_name: string
  email_address: string
  /** `pull`: to this place; `push`: away from it. */
  direction: string
  status: string
  status_detail: string
  batch_name: string
  remote_host: string
  remote_credential: string
  target_delivery_domain: string
  suspends_when_ready: number
  /** The change number up to which everything was copied. */
  position: number
  items_total: number
  items_done: number
  bytes_total: number
  bytes_done: number
  attempts: number
  message: string
  started_at: number
  seeded_at: number | null
  updated_at: number
  completed_at: number | null
  /** How many may be left behind; -1 for any number. */
  bad_item_limit: number
  large_item_limit: number
  /** How many were. */
  bad_items: number
  large_items: number
  /** Of the source, which nobody can ask any more once it is shut. */
  quota_bytes: number | null
}

export const moveLimitsMigration: Migration = {
  name: 'exchange-042-move-limits',
  async up({ schema }) {
    for (const name of ['bad_item_limit', 'large_item_limit', 'bad_items', 'large_items'])
      await schema
        .alterTable('move_request')
        .addColumn(name, 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
    await schema.alterTable('move_request').addColumn('quota_bytes', 'bigint').execute()
    await schema.alterTable('move_request').dropColumn('claimed_until').execute()
  },
}

export const moveMigration: Migration = {
  name: 'exchange-031-moves',
  async up({ schema }) {
    let table = schema.createTable('move_request').addColumn('object_guid', 'text', (column) => column.primaryKey())
    const texts = ['mailbox_id', 'display_name', 'email_address', 'direction', 'status', 'status_detail', 'batch_name']
    for (const name of [...texts, 'remote_host', 'remote_credential', 'target_delivery_domain', 'message'])
      table = table.addColumn(name, 'text', (column) => column.notNull())
    for (const name of ['suspends_when_ready', 'attempts'])
      table = table.addColumn(name, 'integer', (column) => column.notNull())
    for (const name of [
      'position',
      'items_total',
      'items_done',
      'bytes_total',
      'bytes_done',
      'started_at',
      'updated_at',
    ])
      table = table.addColumn(name, 'bigint', (column) => column.notNull())
    for (const name of ['seeded_at', 'completed_at', 'claimed_until']) table = table.addColumn(name, 'bigint')
    await table.execute()
  },
}
