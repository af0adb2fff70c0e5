import type { Migration } from '#shared/store/store.ts'

export const deviceMigrations: readonly Migration[] = [
  {
    name: 'device-settings',
    async up({ schema }) {
      await schema
        .createTable('device_registration_policy')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('policy', 'text', (column) => column.notNull())
        .execute()
      await schema
        .createTable('app_protection')
        .addColumn('object_id', 'text', (column) => column.notNull())
        .addColumn('app_id', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('app_protection_key', ['object_id', 'app_id'])
        .execute()
    },
  },
]
