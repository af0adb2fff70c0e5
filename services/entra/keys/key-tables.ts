import type { Migration } from '#shared/store/store.ts'

export interface KeyTables {
  signing_key_roll_over: { generation: number; signs_from: number }
}

export const keyMigration: Migration = {
  name: 'signing-key-roll-over',
  async up({ schema }) {
    await schema
      .createTable('signing_key_roll_over')
      .addColumn('generation', 'integer', (column) => column.primaryKey())
      .addColumn('signs_from', 'bigint', (column) => column.notNull())
      .execute()
  },
}
