import type { Migration } from '#shared/store/store.ts'

export const signInLogMigrations: readonly Migration[] = [
  {
    name: 'sign-in-log',
    async up({ schema }, { autoNumberKey }) {
      await schema
        .createTable('sign_in')
        .addColumn('position', autoNumberKey)
        .addColumn('id', 'text', (column) => column.notNull().unique())
        .addColumn('user_principal_name', 'text', (column) => column.notNull())
        .addColumn('correlation_id', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('record', 'text', (column) => column.notNull())
        .execute()
      await schema.createIndex('sign_in_age').on('sign_in').column('created_at').execute()
      await schema.createIndex('sign_in_person').on('sign_in').columns(['user_principal_name', 'position']).execute()
      await schema.createIndex('sign_in_correlation').on('sign_in').column('correlation_id').execute()
    },
  },
  {
    name: 'sign-in-policies',
    async up({ schema }) {
      await schema
        .createTable('policy_set')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('source', 'text', (column) => column.notNull())
        .execute()
    },
  },
]
