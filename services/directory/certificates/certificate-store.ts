import type { Store } from '#shared/store/store.ts'
import type { DirectorySchema, UserCertificateRow } from '../accounts/schema.ts'

/** What the authority has issued, and which certificates are mapped to accounts by hand. */
export interface CertificateStore {
  add(row: UserCertificateRow): Promise<void>
  list(): Promise<readonly UserCertificateRow[]>
  isRevoked(serialNumber: string): Promise<boolean>
  /** False when there is no such certificate. */
  revoke(serialNumber: string, at: Date): Promise<boolean>
  /** Replaces altSecurityIdentities of an account. */
  map(objectGuid: string, identities: readonly string[]): Promise<void>
  /** The account that one of these identities is mapped to. */
  mappedTo(identities: readonly string[]): Promise<string | undefined>
}

export function certificateStore(store: Store<DirectorySchema>): CertificateStore {
  return {
    add: async (row) => void (await store.db.insertInto('user_certificates').values(row).execute()),
    list: () => store.db.selectFrom('user_certificates').selectAll().orderBy('issued_at', 'desc').execute(),
    async isRevoked(serialNumber) {
      const row = await store.db
        .selectFrom('user_certificates')
        .select('revoked_at')
        .where('serial_number', '=', serialNumber)
        .executeTakeFirst()
      return row !== undefined && row.revoked_at !== null
    },
    async revoke(serialNumber, at) {
      const { numUpdatedRows } = await store.db
        .updateTable('user_certificates')
        .set({ revoked_at: at.toISOString() })
        .where('serial_number', '=', serialNumber)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    map: (objectGuid, identities) =>
      store.transaction(async (inside) => {
        await inside.deleteFrom('certificate_mappings').where('object_guid', '=', objectGuid).execute()
        const rows = identities.map((identity) => ({ identity: identity.toLowerCase(), object_guid: objectGuid }))
        if (rows.length > 0) await inside.insertInto('certificate_mappings').values(rows).execute()
      }),
    async mappedTo(identities) {
      const wanted = identities.map((identity) => identity.toLowerCase())
      const row = await store.db
        .selectFrom('certificate_mappings')
        .select('object_guid')
        .where('identity', 'in', wanted)
        .executeTakeFirst()
      return row?.object_guid
    },
  }
}
