import type { Migration } from '#shared/store/store.ts'

/** A device object (class msDS-Device) that device write-back made; times are ISO instants. */
export interface RegisteredDeviceRow {
  /** msDS-DeviceID. */
  readonly device_id: string
  readonly display_name: string
  readonly os_type: string
  readonly os_version: string | null
  /** msDS-DeviceTrustType. */
  readonly trust_type: string
  /** msDS-IsEnabled. */
  readonly enabled: number
  readonly is_managed: number
  readonly is_compliant: number
  /** Of altSecurityIdentities: SHA-1 of the certificate, upper-case hexadecimal. */
  readonly thumbprint: string
  /** msDS-RegisteredOwner. */
  readonly owner_guid: string | null
  readonly registered_at: string | null
  /** Of what Entra ID said last; while it says the same, what an administrator changed here stays. */
  readonly digest: string
}

export interface DeviceTables {
  registered_devices: RegisteredDeviceRow
  /** msDS-IssuerPublicCertificates of the device registration service: DER, base64. */
  device_issuers: { readonly certificate: string }
}

export const deviceMigration: Migration = {
  name: 'directory-008-registered-devices',
  up: async (db) => {
    let devices = db.schema.createTable('registered_devices').addColumn('device_id', 'text', (id) => id.primaryKey())
    for (const name of ['display_name', 'os_type', 'trust_type', 'thumbprint', 'digest'] as const)
      devices = devices.addColumn(name, 'text', (column) => column.notNull())
    for (const name of ['os_version', 'owner_guid', 'registered_at'] as const) devices = devices.addColumn(name, 'text')
    for (const name of ['enabled', 'is_managed', 'is_compliant'] as const)
      devices = devices.addColumn(name, 'integer', (column) => column.notNull())
    await devices.execute()
    const index = db.schema.createIndex('registered_devices_by_thumbprint').on('registered_devices')
    await index.column('thumbprint').execute()
    await db.schema
      .createTable('device_issuers')
      .addColumn('certificate', 'text', (column) => column.primaryKey())
      .execute()
  },
}
