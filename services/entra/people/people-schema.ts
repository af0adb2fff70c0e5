import type { Kysely } from 'kysely'
import type { MigratedSchema, Migration } from '#shared/store/store.ts'

export { seedPeople } from './people-seed.ts'

type Schema = Kysely<MigratedSchema>['schema']

export const peopleMigrations: readonly Migration[] = [
  {
    name: 'people-accounts',
    async up({ schema }) {
      await createAccounts(schema)
      await createGroups(schema)
    },
  },
  {
    name: 'people-devices',
    async up({ schema }) {
      await createDevices(schema)
    },
  },
  {
    name: 'people-device-registrations',
    async up({ schema }) {
      await createDeviceRegistrations(schema)
    },
  },
  {
    name: 'people-own-data',
    async up({ schema }) {
      await createOwnData(schema)
    },
  },
  {
    name: 'people-group-owners',
    async up({ schema }) {
      await schema
        .createTable('group_owner')
        .addColumn('group_id', 'text', (column) => column.notNull())
        .addColumn('owner_id', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('group_owner_key', ['group_id', 'owner_id'])
        .execute()
    },
  },
  {
    name: 'people-deleted-items',
    async up({ schema }) {
      await schema
        .createTable('deleted_item')
        .addColumn('object_id', 'text', (column) => column.primaryKey())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('deleted_at', 'bigint', (column) => column.notNull())
        .execute()
    },
  },
]

async function createAccounts(schema: Schema): Promise<void> {
  await schema
    .createTable('person')
    .addColumn('object_id', 'text', (column) => column.primaryKey())
    .addColumn('user_principal_name', 'text', (column) => column.notNull())
    .addColumn('user_principal_name_key', 'text', (column) => column.notNull().unique())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('given_name', 'text')
    .addColumn('surname', 'text')
    .addColumn('mail', 'text')
    .addColumn('job_title', 'text')
    .addColumn('department', 'text')
    .addColumn('mobile_phone', 'text')
    .addColumn('account_enabled', 'integer', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('immutable_id', 'text', (column) => column.unique())
    .addColumn('sid', 'text')
    .addColumn('sam_account_name', 'text')
    .addColumn('password_hash', 'text')
    .addColumn('must_change_password', 'integer', (column) => column.notNull())
    .execute()
}

async function createGroups(schema: Schema): Promise<void> {
  await schema
    .createTable('security_group')
    .addColumn('object_id', 'text', (column) => column.primaryKey())
    .addColumn('immutable_id', 'text', (column) => column.notNull().unique())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('description', 'text')
    .addColumn('sam_account_name', 'text', (column) => column.notNull())
    .addColumn('sid', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint')
    .execute()
  await schema
    .createTable('group_member')
    .addColumn('group_id', 'text', (column) => column.notNull())
    .addColumn('member_anchor', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('group_member_key', ['group_id', 'member_anchor'])
    .execute()
  await schema.createIndex('group_member_anchor').on('group_member').column('member_anchor').execute()
}

async function createDevices(schema: Schema): Promise<void> {
  await schema
    .createTable('device')
    .addColumn('object_id', 'text', (column) => column.primaryKey())
    .addColumn('device_id', 'text', (column) => column.notNull().unique())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('immutable_id', 'text', (column) => column.unique())
    .addColumn('operating_system', 'text', (column) => column.notNull())
    .addColumn('operating_system_version', 'text')
    .addColumn('trust_type', 'text', (column) => column.notNull())
    .addColumn('owner_id', 'text')
    .addColumn('owner_anchor', 'text')
    .addColumn('account_enabled', 'integer', (column) => column.notNull())
    .execute()
  await schema
    .createTable('device_management')
    .addColumn('device_id', 'text', (column) => column.primaryKey())
    .addColumn('is_managed', 'integer', (column) => column.notNull())
    .addColumn('is_compliant', 'integer', (column) => column.notNull())
    .addColumn('ownership', 'text', (column) => column.notNull())
    .execute()
}

async function createDeviceRegistrations(schema: Schema): Promise<void> {
  await schema
    .createTable('device_registration')
    .addColumn('device_id', 'text', (column) => column.primaryKey())
    .addColumn('thumbprint', 'text', (column) => column.notNull().unique())
    .addColumn('registered_at', 'bigint', (column) => column.notNull())
    .addColumn('last_sign_in_at', 'bigint')
    .execute()
  await schema
    .createTable('device_detail')
    .addColumn('device_id', 'text', (column) => column.primaryKey())
    .addColumn('details', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('device_owner').on('device').column('owner_id').execute()
}

async function createOwnData(schema: Schema): Promise<void> {
  await schema
    .createTable('licence')
    .addColumn('object_id', 'text', (column) => column.primaryKey())
    .addColumn('licensed', 'integer', (column) => column.notNull())
    .execute()
  await schema
    .createTable('directory_role_assignment')
    .addColumn('object_id', 'text', (column) => column.notNull())
    .addColumn('role_template_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('directory_role_assignment_key', ['object_id', 'role_template_id'])
    .execute()
  await schema
    .createTable('smart_lockout')
    .addColumn('object_id', 'text', (column) => column.primaryKey())
    .addColumn('wrong_passwords', 'integer', (column) => column.notNull())
    .addColumn('recent_hashes', 'text', (column) => column.notNull())
    .addColumn('locked_until', 'bigint', (column) => column.notNull())
    .execute()
}
