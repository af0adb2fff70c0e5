import type { Kysely } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import type { PeopleTables } from './people-tables.ts'

/** A device object of the tenant ([Graph] device). */
export interface DirectoryDevice {
  readonly objectId: string
  readonly deviceId: string
  readonly displayName: string
  readonly operatingSystem: string
  readonly operatingSystemVersion?: string | undefined
  readonly trustType: 'AzureAd' | 'ServerAd' | 'Workplace'
  readonly deviceOwnership: 'Company' | 'Personal'
  readonly accountEnabled: boolean
  readonly isManaged: boolean
  readonly isCompliant: boolean
  /** Object id of the registered owner. */
  readonly ownerId?: string | undefined
}

export interface DeviceStore {
  byDeviceId(deviceId: string): Promise<DirectoryDevice | undefined>
  list(): Promise<readonly DirectoryDevice[]>
}

export function createDevices<Schema extends PeopleTables>(store: Store<Schema>): DeviceStore {
  const db = store.db as unknown as Kysely<PeopleTables>
  return {
    byDeviceId: async (deviceId) => {
      const row = await selectDevices(db).where('device.device_id', '=', deviceId.toLowerCase()).executeTakeFirst()
      return row && toDevice(row)
    },
    list: async () => (await selectDevices(db).orderBy('device.display_name').execute()).map(toDevice),
  }
}

function selectDevices(db: Kysely<PeopleTables>) {
  return db
    .selectFrom('device')
    .leftJoin('device_management', 'device_management.device_id', 'device.device_id')
    .leftJoin('person', 'person.immutable_id', 'device.owner_anchor')
    .selectAll('device')
    .select(['device_management.is_managed', 'device_management.is_compliant', 'device_management.ownership'])
    .select('person.object_id as synchronized_owner_id')
}

type DeviceRow = Awaited<ReturnType<ReturnType<typeof selectDevices>['executeTakeFirstOrThrow']>>

function toDevice(row: DeviceRow): DirectoryDevice {
  return {
    objectId: row.object_id,
    deviceId: row.device_id,
    displayName: row.display_name,
    operatingSystem: row.operating_system,
    operatingSystemVersion: row.operating_system_version ?? undefined,
    trustType: row.trust_type,
    deviceOwnership: row.ownership ?? 'Company',
    accountEnabled: row.account_enabled === 1,
    isManaged: row.is_managed === 1,
    isCompliant: row.is_compliant === 1,
    ownerId: row.owner_id ?? row.synchronized_owner_id ?? undefined,
  }
}
