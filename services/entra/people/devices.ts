import type { Kysely, Transaction } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import type { PeopleTables } from './people-tables.ts'

export type TrustType = 'AzureAd' | 'ServerAd' | 'Workplace'

/** A device object of the tenant ([Graph] device). */
export interface DirectoryDevice extends DeviceDetails {
  readonly objectId: string
  readonly deviceId: string
  readonly displayName: string
  readonly operatingSystem: string
  readonly operatingSystemVersion?: string | undefined
  readonly trustType: TrustType
  readonly deviceOwnership: 'Company' | 'Personal'
  readonly accountEnabled: boolean
  readonly isManaged: boolean
  readonly isCompliant: boolean
  readonly source: 'cloud' | 'synchronized'
  /** Object id of the registered owner. */
  readonly ownerId?: string | undefined
  /** Of the certificate that the device proves itself with; undefined while it has none. */
  readonly thumbprint?: string | undefined
  /** Epoch milliseconds. */
  readonly registeredAt?: number | undefined
  readonly lastSignInAt?: number | undefined
}

/** What only filters for devices and Microsoft Graph read. */
export interface DeviceDetails {
  readonly manufacturer?: string | undefined
  readonly model?: string | undefined
  readonly enrollmentProfileName?: string | undefined
  readonly mdmAppId?: string | undefined
  readonly profileType?: string | undefined
  readonly physicalIds?: readonly string[] | undefined
  readonly systemLabels?: readonly string[] | undefined
  /** extensionAttribute1 to extensionAttribute15. */
  readonly extensionAttributes?: Readonly<Record<string, string>> | undefined
}

export interface NewDevice {
  readonly objectId: string
  readonly deviceId: string
  readonly displayName: string
  readonly operatingSystem: string
  readonly operatingSystemVersion?: string | undefined
  readonly trustType: TrustType
  readonly deviceOwnership: 'Company' | 'Personal'
  readonly ownerId?: string | undefined
}

export interface DeviceChanges extends DeviceDetails {
  readonly displayName?: string | undefined
  readonly operatingSystem?: string | undefined
  readonly operatingSystemVersion?: string | undefined
  readonly accountEnabled?: boolean | undefined
  readonly isManaged?: boolean | undefined
  readonly isCompliant?: boolean | undefined
  readonly deviceOwnership?: 'Company' | 'Personal' | undefined
}

export interface DeviceStore {
  byDeviceId(deviceId: string): Promise<DirectoryDevice | undefined>
  /** The device that holds this certificate. */
  byThumbprint(thumbprint: string): Promise<DirectoryDevice | undefined>
  list(): Promise<readonly DirectoryDevice[]>
  /** Joined or registered by this person; hybrid joined ones do not count against anybody. */
  countOwnedBy(ownerId: string): Promise<number>
  add(device: NewDevice): Promise<void>
  /** False when there is no such device. */
  change(deviceId: string, changes: DeviceChanges): Promise<boolean>
  /** The device proves itself with this certificate from now on, and with no other. */
  certify(deviceId: string, certificate: { readonly thumbprint: string; readonly at: number }): Promise<void>
  /** Its certificate proves nothing any more. */
  unregister(deviceId: string): Promise<void>
  noteSignIn(deviceId: string, at: number): Promise<void>
  /** False when there was nothing to remove. */
  remove(deviceId: string): Promise<boolean>
}

export function createDevices<Schema extends PeopleTables>(schemaStore: Store<Schema>): DeviceStore {
  const store = schemaStore as unknown as Store<PeopleTables>
  const { db } = store
  const one = async (column: 'device.device_id' | 'device_registration.thumbprint', value: string) => {
    const row = await selectDevices(db).where(column, '=', value).executeTakeFirst()
    return row && toDevice(row)
  }
  return {
    byDeviceId: (deviceId) => one('device.device_id', deviceId.toLowerCase()),
    byThumbprint: (thumbprint) => one('device_registration.thumbprint', thumbprint.toUpperCase()),
    list: async () => (await selectDevices(db).orderBy('device.display_name').execute()).map(toDevice),
    countOwnedBy: (ownerId) => countOwnedBy(db, ownerId),
    add: (device) => store.transaction((transaction) => insertDevice(transaction, device)),
    change: (deviceId, changes) =>
      store.transaction((transaction) => changeDevice(transaction, deviceId.toLowerCase(), changes)),
    certify: (deviceId, certificate) => certify(db, deviceId.toLowerCase(), certificate),
    unregister: async (deviceId) => {
      await db.deleteFrom('device_registration').where('device_id', '=', deviceId.toLowerCase()).execute()
    },
    noteSignIn: async (deviceId, at) => {
      await db
        .updateTable('device_registration')
        .set({ last_sign_in_at: at })
        .where('device_id', '=', deviceId.toLowerCase())
        .execute()
    },
    remove: (deviceId) => store.transaction((transaction) => removeDevice(transaction, deviceId.toLowerCase())),
  }
}

function selectDevices(db: Kysely<PeopleTables>) {
  return db
    .selectFrom('device')
    .leftJoin('device_management', 'device_management.device_id', 'device.device_id')
    .leftJoin('device_registration', 'device_registration.device_id', 'device.device_id')
    .leftJoin('device_detail', 'device_detail.device_id', 'device.device_id')
    .leftJoin('person', 'person.immutable_id', 'device.owner_anchor')
    .selectAll('device')
    .select(['device_management.is_managed', 'device_management.is_compliant', 'device_management.ownership'])
    .select(['device_registration.thumbprint', 'device_registration.registered_at'])
    .select(['device_registration.last_sign_in_at', 'device_detail.details'])
    .select('person.object_id as synchronized_owner_id')
}

type DeviceRow = Awaited<ReturnType<ReturnType<typeof selectDevices>['executeTakeFirstOrThrow']>>

function toDevice(row: DeviceRow): DirectoryDevice {
  return {
    ...detailsOf(row.details),
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
    source: row.source,
    ownerId: row.owner_id ?? row.synchronized_owner_id ?? undefined,
    thumbprint: row.thumbprint ?? undefined,
    registeredAt: row.registered_at ?? undefined,
    lastSignInAt: row.last_sign_in_at ?? undefined,
  }
}

function detailsOf(text: string | null): DeviceDetails {
  return text === null ? {} : (JSON.parse(text) as DeviceDetails)
}

async function countOwnedBy(db: Kysely<PeopleTables>, ownerId: string): Promise<number> {
  const { count } = await db
    .selectFrom('device')
    .select((select) => select.fn.countAll().as('count'))
    .where('owner_id', '=', ownerId)
    .where('trust_type', '!=', 'ServerAd')
    .executeTakeFirstOrThrow()
  return Number(count)
}

async function insertDevice(db: Transaction<PeopleTables>, device: NewDevice): Promise<void> {
  await db
    .insertInto('device')
    .values({
      object_id: device.objectId,
      device_id: device.deviceId,
      display_name: device.displayName,
      source: 'cloud',
      immutable_id: null,
      operating_system: device.operatingSystem,
      operating_system_version: device.operatingSystemVersion ?? null,
      trust_type: device.trustType,
      owner_id: device.ownerId ?? null,
      owner_anchor: null,
      account_enabled: 1,
    })
    .execute()
  await db
    .insertInto('device_management')
    .values({ device_id: device.deviceId, is_managed: 0, is_compliant: 0, ownership: device.deviceOwnership })
    .execute()
}

async function changeDevice(db: Transaction<PeopleTables>, deviceId: string, changes: DeviceChanges): Promise<boolean> {
  const row = await selectDevices(db).where('device.device_id', '=', deviceId).executeTakeFirst()
  if (!row) return false
  const { displayName, operatingSystem, operatingSystemVersion, accountEnabled, ...rest } = changes
  const { isManaged, isCompliant, deviceOwnership, ...details } = rest
  await db
    .updateTable('device')
    .set({
      display_name: displayName ?? row.display_name,
      operating_system: operatingSystem ?? row.operating_system,
      operating_system_version: operatingSystemVersion ?? row.operating_system_version,
      account_enabled: Number(accountEnabled ?? row.account_enabled === 1),
    })
    .where('device_id', '=', deviceId)
    .execute()
  const management = {
    is_managed: Number(isManaged ?? row.is_managed === 1),
    is_compliant: Number(isCompliant ?? row.is_compliant === 1),
    ownership: deviceOwnership ?? row.ownership ?? 'Company',
  }
  await db
    .insertInto('device_management')
    .values({ device_id: deviceId, ...management })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(management))
    .execute()
  await mergeDetails(db, deviceId, detailsOf(row.details), details)
  return true
}

async function mergeDetails(
  db: Transaction<PeopleTables>,
  deviceId: string,
  before: DeviceDetails,
  changes: DeviceDetails,
): Promise<void> {
  if (Object.keys(changes).length === 0) return
  const details = JSON.stringify({ ...before, ...changes })
  await db
    .insertInto('device_detail')
    .values({ device_id: deviceId, details })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet({ details }))
    .execute()
}

async function certify(
  db: Kysely<PeopleTables>,
  deviceId: string,
  { thumbprint, at }: { readonly thumbprint: string; readonly at: number },
): Promise<void> {
  await db
    .insertInto('device_registration')
    .values({ device_id: deviceId, thumbprint, registered_at: at, last_sign_in_at: null })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet({ thumbprint, registered_at: at }))
    .execute()
}

async function removeDevice(db: Transaction<PeopleTables>, deviceId: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('device').where('device_id', '=', deviceId).executeTakeFirst()
  for (const table of ['device_management', 'device_registration', 'device_detail'] as const) {
    await db.deleteFrom(table).where('device_id', '=', deviceId).execute()
  }
  return numDeletedRows > 0n
}
