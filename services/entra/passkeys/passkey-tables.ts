import type { Migration } from '#shared/store/store.ts'

export interface PasskeyTables {
  passkey: {
    /** The id of the registered method, without which the key opens nothing. */
    id: string
    credential_id: string
    /** COSE, as base64url. */
    public_key: string
    counter: number
    aaguid: string
    /** JSON list. */
    transports: string
    is_backed_up: number
    last_used_at: number | null
  }
  /** Of those on the simulated phone. */
  phone_passkey: {
    credential_id: string
    /** PKCS #8 in base64. */
    private_key: string
    sign_count: number
  }
}

export const phonePasskeyMigration: Migration = {
  name: 'phone-passkey',
  async up({ schema }) {
    await schema
      .createTable('phone_passkey')
      .addColumn('credential_id', 'text', (column) => column.primaryKey())
      .addColumn('private_key', 'text', (column) => column.notNull())
      .addColumn('sign_count', 'bigint', (column) => column.notNull())
      .execute()
  },
}

export const passkeyMigration: Migration = {
  name: 'passkey',
  async up({ schema }) {
    await schema
      .createTable('passkey')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('credential_id', 'text', (column) => column.notNull().unique())
      .addColumn('public_key', 'text', (column) => column.notNull())
      .addColumn('counter', 'bigint', (column) => column.notNull())
      .addColumn('aaguid', 'text', (column) => column.notNull())
      .addColumn('transports', 'text', (column) => column.notNull())
      .addColumn('is_backed_up', 'integer', (column) => column.notNull())
      .addColumn('last_used_at', 'bigint')
      .execute()
  },
}
