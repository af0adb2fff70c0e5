import type { Kysely } from 'kysely'
import { entraObjectIdOf } from '#shared/scenario/identifiers.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import { type Change, saysTheSame } from './counts.ts'
import type { SyncedDevice } from './synchronize-schema.ts'

/** Adds or changes a device; one that registered itself before keeps its object ("Hybrid join", soft match by device id). */
export async function synchronizeDevice(
  db: Kysely<PeopleTables>,
  device: SyncedDevice,
  tenantId: string,
): Promise<Change> {
  const columns = {
    display_name: device.displayName,
    source: 'synchronized',
    immutable_id: device.sourceAnchor,
    operating_system: device.operatingSystem,
    operating_system_version: device.operatingSystemVersion ?? null,
    trust_type: device.trustType,
    owner_anchor: device.ownerAnchor ?? null,
    account_enabled: Number(device.accountEnabled),
  } as const
  const existing = await db.selectFrom('device').selectAll().where('device_id', '=', device.deviceId).executeTakeFirst()
  if (existing && saysTheSame({ ...existing }, columns)) return 'unchanged'
  await keepManagement(db, device)
  if (existing) {
    await db.updateTable('device').set(columns).where('object_id', '=', existing.object_id).execute()
    return 'updated'
  }
  const object_id = entraObjectIdOf(tenantId, device.deviceId)
  await db
    .insertInto('device')
    .values({ ...columns, object_id, device_id: device.deviceId, owner_id: null })
    .execute()
  return 'added'
}

/** Compliance is for mobile device management to say; the export speaks only for devices that it does not know. */
async function keepManagement(db: Kysely<PeopleTables>, device: SyncedDevice): Promise<void> {
  await db
    .insertInto('device_management')
    .values({
      device_id: device.deviceId,
      is_managed: Number(device.isManaged),
      is_compliant: Number(device.isCompliant),
      ownership: 'Company',
    })
    .onConflict((conflict) => conflict.column('device_id').doNothing())
    .execute()
}
