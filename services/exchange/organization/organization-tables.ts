import type { Migration } from '#shared/store/store.ts'

/** Settings are JSON under the names of the cmdlets' parameters, so that a new one needs no column. */
export interface OrganizationTables {
  authentication_policy: AuthenticationPolicyRow
  organization_setting: { name: string; value: string }
  recipient_setting: { object_guid: string; name: string; value: string }
}

export interface AuthenticationPolicyRow {
  id: string
  name: string
  /** In lower case: names are found without regard to case. */
  key: string
  switches: string
  created_at: number
  changed_at: number
}

export const organizationMigration: Migration = {
  name: 'exchange-010-organization',
  async up(db) {
    await db.schema
      .createTable('authentication_policy')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull().unique())
      .addColumn('switches', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('changed_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('organization_setting')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('recipient_setting')
      .addColumn('object_guid', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('recipient_setting_key', ['object_guid', 'name'])
      .execute()
  },
}
