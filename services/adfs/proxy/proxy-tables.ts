import type { Migration } from '#shared/store/store.ts'

/** What proxies leave in the configuration store of AD FS. */
export interface ProxyTables {
  proxy_certificate: ProxyCertificateRow
  /** The proxy's own relying party identifier, set by the first that asks. */
  proxy_trust: { identifier: string }
  proxy_store_entry: { key: string; version: number; value: string }
  proxy_published: {
    relying_party: string
    external_url: string
    internal_url: string
    trusted_endpoint: string
  }
}

export interface ProxyCertificateRow {
  /** Upper-case hexadecimal SHA-256 of the certificate. */
  thumbprint: string
  certificate: string
  established_by: string
  established_at: number
  revoked_at: number | null
}

export const proxyMigration: Migration = {
  name: 'proxy',
  async up({ schema }) {
    await schema
      .createTable('proxy_certificate')
      .addColumn('thumbprint', 'text', (column) => column.primaryKey())
      .addColumn('certificate', 'text', (column) => column.notNull())
      .addColumn('established_by', 'text', (column) => column.notNull())
      .addColumn('established_at', 'bigint', (column) => column.notNull())
      .addColumn('revoked_at', 'bigint')
      .execute()
    await schema
      .createTable('proxy_trust')
      .addColumn('identifier', 'text', (column) => column.primaryKey())
      .execute()
    await schema
      .createTable('proxy_store_entry')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
    await schema
      .createTable('proxy_published')
      .addColumn('relying_party', 'text', (column) => column.notNull())
      .addColumn('external_url', 'text', (column) => column.notNull())
      .addColumn('internal_url', 'text', (column) => column.notNull())
      .addColumn('trusted_endpoint', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('proxy_published_key', ['relying_party', 'external_url'])
      .execute()
  },
}
