import type { Kysely } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import type { DirectorySchema } from '../accounts/schema.ts'
import type { RegisteredDeviceRow } from './device-tables.ts'

/** A device object and its owner, as member servers are told of it. */
export interface RegisteredDevice {
  readonly deviceId: string
  readonly displayName: string
  readonly osType: string
  readonly osVersion?: string
  readonly trustType: string
  readonly enabled: boolean
  readonly isManaged: boolean
  readonly isCompliant: boolean
  /** SHA-1 of its certificate, upper-case hexadecimal. */
  readonly thumbprint: string
  readonly registeredAt?: string
  readonly owner?: { readonly sid: string; readonly userPrincipalName: string }
}

export interface WriteBackCounts {
  readonly added: number
  readonly updated: number
  readonly deleted: number
}

/** CN=RegisteredDevices of the domain, which Entra Connect fills. */
export interface RegisteredDeviceStore {
  find(key: 'device_id' | 'thumbprint', value: string): Promise<RegisteredDevice | undefined>
  list(): Promise<readonly RegisteredDevice[]>
  /** False when there is no such device. */
  enable(deviceId: string, enabled: boolean): Promise<boolean>
  remove(deviceId: string): Promise<boolean>
  /** DER, base64. */
  issuers(): Promise<readonly string[]>
  /** Makes the container what Entra ID says it is; `anew` also undoes what was changed here. */
  writeBack(
    written: { readonly rows: readonly RegisteredDeviceRow[]; readonly issuers: readonly string[] },
    anew: boolean,
  ): Promise<WriteBackCounts>
}

export function registeredDevices(store: Store<DirectorySchema>): RegisteredDeviceStore {
  const { db } = store
  return {
    find: async (key, value) => {
      const wanted = key === 'thumbprint' ? value.toUpperCase() : value.toLowerCase()
      const row = await selectDevices(db).where(`registered_devices.${key}`, '=', wanted).executeTakeFirst()
      return row && toDevice(row)
    },
    list: async () => (await selectDevices(db).orderBy('registered_devices.display_name').execute()).map(toDevice),
    async enable(deviceId, enabled) {
      const { numUpdatedRows } = await db
        .updateTable('registered_devices')
        .set({ enabled: Number(enabled) })
        .where('device_id', '=', deviceId.toLowerCase())
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async remove(deviceId) {
      const deletion = db.deleteFrom('registered_devices').where('device_id', '=', deviceId.toLowerCase())
      return (await deletion.executeTakeFirst()).numDeletedRows > 0n
    },
    issuers: async () => (await db.selectFrom('device_issuers').selectAll().execute()).map((row) => row.certificate),
    writeBack: ({ rows, issuers }, anew) =>
      store.transaction(async (transaction) => {
        await replaceIssuers(transaction, issuers)
        return replaceDevices(transaction, rows, anew)
      }),
  }
}

function selectDevices(db: Kysely<DirectorySchema>) {
  return db
    .selectFrom('registered_devices')
    .leftJoin('accounts', 'accounts.object_guid', 'registered_devices.owner_guid')
    .selectAll('registered_devices')
    .select(['accounts.sid as owner_sid', 'accounts.user_principal_name as owner_name'])
}

type FoundRow = Awaited<ReturnType<ReturnType<typeof selectDevices>['executeTakeFirstOrThrow']>>

function toDevice(row: FoundRow): RegisteredDevice {
  return {
    deviceId: row.device_id,
    displayName: row.display_name,
    osType: row.os_type,
    ...(row.os_version !== null && { osVersion: row.os_version }),
    trustType: row.trust_type,
    enabled: row.enabled === 1,
    isManaged: row.is_managed === 1,
    isCompliant: row.is_compliant === 1,
    thumbprint: row.thumbprint,
    ...(row.registered_at !== null && { registeredAt: row.registered_at }),
    ...(row.owner_sid !== null &&
      row.owner_name !== null && { owner: { sid: row.owner_sid, userPrincipalName: row.owner_name } }),
  }
}

async function replaceIssuers(db: Kysely<DirectorySchema>, issuers: readonly string[]): Promise<void> {
  await db.deleteFrom('device_issuers').execute()
  for (const certificate of issuers) await db.insertInto('device_issuers').values({ certificate }).execute()
}

async function replaceDevices(
  db: Kysely<DirectorySchema>,
  rows: readonly RegisteredDeviceRow[],
  anew: boolean,
): Promise<WriteBackCounts> {
  const present = await db.selectFrom('registered_devices').select(['device_id', 'digest']).execute()
  const digests = new Map(present.map((row) => [row.device_id, row.digest]))
  const wanted = new Set(rows.map((row) => row.device_id))
  const gone = present.filter((row) => !wanted.has(row.device_id))
  const changed = rows.filter((row) => anew || digests.get(row.device_id) !== row.digest)
  for (const { device_id } of gone)
    await db.deleteFrom('registered_devices').where('device_id', '=', device_id).execute()
  for (const row of changed) {
    await db
      .insertInto('registered_devices')
      .values(row)
      .onConflict((conflict) => conflict.column('device_id').doUpdateSet(row))
      .execute()
  }
  const added = changed.filter((row) => !digests.has(row.device_id)).length
  return { added, updated: changed.length - added, deleted: gone.length }
}
