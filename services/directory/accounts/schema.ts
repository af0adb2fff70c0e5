import type { Generated } from 'kysely'
import type { Migration } from '#shared/store/store.ts'
import { type DeviceTables, deviceMigration } from '../devices/device-tables.ts'

/** One account of Active Directory; times are ISO instants. */
export interface AccountRow {
  readonly object_guid: string
  readonly sid: string
  readonly sam_account_name: string
  readonly user_principal_name: string
  readonly display_name: string
  readonly given_name: string | null
  readonly surname: string | null
  readonly mail: string | null
  readonly title: string | null
  readonly department: string | null
  readonly mobile: string | null
  readonly nt_hash: string
  readonly enabled: number
  readonly password_expired: number
  readonly account_expires: string | null
  readonly bad_password_count: number
  readonly bad_password_time: string | null
  readonly locked_since: string | null
  readonly synchronized: number
  /** Null for a password of before the column. */
  readonly password_set_at: string | null
  /** What Exchange wrote: JSON by LDAP name; null for an account that it never touched. */
  readonly exchange_attributes: string | null
}

/** A password that somebody had before the present one. */
export interface FormerPasswordRow {
  readonly id: Generated<number>
  readonly object_guid: string
  readonly nt_hash: string
}

export interface GroupRow {
  readonly object_guid: string
  readonly sid: string
  readonly sam_account_name: string
  readonly name: string
  readonly description: string | null
  readonly synchronized: number
  /** As those of an account. */
  readonly exchange_attributes: string | null
}

/** Somebody outside whom the organization's address book knows. */
export interface ContactRow {
  readonly object_guid: string
  readonly name: string
  readonly given_name: string
  readonly surname: string
  readonly exchange_attributes: string | null
}

export interface MembershipRow {
  readonly group_guid: string
  readonly member_guid: string
}

export interface ComputerRow {
  readonly device_id: string
  readonly display_name: string
  readonly operating_system: string
  readonly operating_system_version: string | null
  readonly owner_guid: string | null
  readonly trust_type: string
  readonly is_compliant: number
  readonly is_managed: number
}

/** What Entra ID acknowledged of an object: the digest of what was last exported. */
export interface ConnectorSpaceRow {
  readonly anchor: string
  readonly kind: string
  readonly digest: string
}

/** A certificate that the company's authority issued to a person; times are ISO instants. */
export interface UserCertificateRow {
  readonly serial_number: string
  readonly user_principal_name: string
  readonly subject: string
  readonly valid_from: string
  readonly valid_to: string
  readonly issued_at: string
  readonly revoked_at: string | null
}

/** One value of altSecurityIdentities, in lower case. */
export interface CertificateMappingRow {
  readonly identity: string
  readonly object_guid: string
}

export interface CycleRow {
  readonly id: Generated<number>
  readonly started_at: string
  readonly kind: string
  readonly result: string
  readonly counts: string
}

/** One row, that every change of an account, a group or a membership counts up. */
export interface ChangeNumberRow {
  readonly value: number
}

export interface DirectorySchema extends DeviceTables {
  change_number: ChangeNumberRow
  accounts: AccountRow
  groups: GroupRow
  contacts: ContactRow
  memberships: MembershipRow
  computers: ComputerRow
  connector_space: ConnectorSpaceRow
  cycles: CycleRow
  former_passwords: FormerPasswordRow
  user_certificates: UserCertificateRow
  certificate_mappings: CertificateMappingRow
}

export const directoryMigrations: readonly Migration[] = [
  {
    name: 'directory-001-accounts',
    up: async (db) => {
      const text = ['sid', 'sam_account_name', 'user_principal_name', 'display_name', 'nt_hash'] as const
      const optional = [
        'given_name',
        'surname',
        'mail',
        'title',
        'department',
        'mobile',
        'account_expires',
        'bad_password_time',
        'locked_since',
      ] as const
      const numbers = ['enabled', 'password_expired', 'bad_password_count', 'synchronized'] as const
      let accounts = db.schema.createTable('accounts').addColumn('object_guid', 'text', (column) => column.primaryKey())
      for (const name of text) accounts = accounts.addColumn(name, 'text', (column) => column.notNull())
      for (const name of optional) accounts = accounts.addColumn(name, 'text')
      for (const name of numbers) accounts = accounts.addColumn(name, 'integer', (column) => column.notNull())
      await accounts.execute()
      for (const name of ['user_principal_name', 'sam_account_name', 'sid']) {
        await db.schema.createIndex(`accounts_by_${name}`).on('accounts').column(name).unique().execute()
      }
    },
  },
  {
    name: 'directory-002-groups',
    up: async (db) => {
      await db.schema
        .createTable('groups')
        .addColumn('object_guid', 'text', (column) => column.primaryKey())
        .addColumn('sid', 'text', (column) => column.notNull())
        .addColumn('sam_account_name', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('description', 'text')
        .addColumn('synchronized', 'integer', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('memberships')
        .addColumn('group_guid', 'text', (column) => column.notNull())
        .addColumn('member_guid', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('memberships_key', ['group_guid', 'member_guid'])
        .execute()
      await db.schema.createIndex('memberships_by_member').on('memberships').column('member_guid').execute()
    },
  },
  {
    name: 'directory-003-computers',
    up: async (db) => {
      await db.schema
        .createTable('computers')
        .addColumn('device_id', 'text', (column) => column.primaryKey())
        .addColumn('display_name', 'text', (column) => column.notNull())
        .addColumn('operating_system', 'text', (column) => column.notNull())
        .addColumn('operating_system_version', 'text')
        .addColumn('owner_guid', 'text')
        .addColumn('trust_type', 'text', (column) => column.notNull())
        .addColumn('is_compliant', 'integer', (column) => column.notNull())
        .addColumn('is_managed', 'integer', (column) => column.notNull())
        .execute()
    },
  },
  {
    name: 'directory-004-entra-connect',
    up: async (db, types) => {
      await db.schema
        .createTable('connector_space')
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('anchor', 'text', (column) => column.notNull())
        .addColumn('digest', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('connector_space_key', ['kind', 'anchor'])
        .execute()
      await db.schema
        .createTable('cycles')
        .addColumn('id', types.autoNumberKey)
        .addColumn('started_at', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('result', 'text', (column) => column.notNull())
        .addColumn('counts', 'text', (column) => column.notNull())
        .execute()
    },
  },
  {
    name: 'directory-005-password-changes',
    up: async (db, types) => {
      await db.schema.alterTable('accounts').addColumn('password_set_at', 'text').execute()
      await db.schema
        .createTable('former_passwords')
        .addColumn('id', types.autoNumberKey)
        .addColumn('object_guid', 'text', (column) => column.notNull())
        .addColumn('nt_hash', 'text', (column) => column.notNull())
        .execute()
      await db.schema.createIndex('former_passwords_owner').on('former_passwords').column('object_guid').execute()
    },
  },
  {
    name: 'directory-006-certificates',
    up: async (db) => {
      let certificates = db.schema
        .createTable('user_certificates')
        .addColumn('serial_number', 'text', (column) => column.primaryKey())
      for (const name of ['user_principal_name', 'subject', 'valid_from', 'valid_to', 'issued_at'] as const) {
        certificates = certificates.addColumn(name, 'text', (column) => column.notNull())
      }
      await certificates.addColumn('revoked_at', 'text').execute()
      await db.schema
        .createTable('certificate_mappings')
        .addColumn('identity', 'text', (column) => column.primaryKey())
        .addColumn('object_guid', 'text', (column) => column.notNull())
        .execute()
    },
  },
  {
    name: 'directory-007-exchange-attributes',
    up: async (db) => {
      await db.schema.alterTable('accounts').addColumn('exchange_attributes', 'text').execute()
    },
  },
  deviceMigration,
  {
    name: 'directory-009-change-number',
    up: async (db) => {
      await db.schema
        .createTable('change_number')
        .addColumn('value', 'bigint', (column) => column.notNull())
        .execute()
      await db.insertInto('change_number').values({ value: 1 }).execute()
    },
  },
  {
    name: 'directory-010-mail-objects',
    up: async (db) => {
      await db.schema.alterTable('groups').addColumn('exchange_attributes', 'text').execute()
      await db.schema
        .createTable('contacts')
        .addColumn('object_guid', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('given_name', 'text', (column) => column.notNull())
        .addColumn('surname', 'text', (column) => column.notNull())
        .addColumn('exchange_attributes', 'text')
        .execute()
    },
  },
]
