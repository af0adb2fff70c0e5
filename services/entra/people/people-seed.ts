import { hash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import type { Scenario, User } from '#shared/scenario/world.ts'
import { passwordHash } from './password-hash.ts'
import type { PeopleTables } from './people-tables.ts'

/** What exists in the tenant before the first synchronization, and what waits for accounts that it brings. */
export async function seedPeople<Tables extends PeopleTables>(
  tables: Kysely<Tables>,
  scenario: Scenario,
): Promise<void> {
  const db = tables as unknown as Kysely<PeopleTables>
  const cloudOnly = await Promise.all(scenario.users.filter((user) => user.cloudOnly).map(cloudOnlyRow))
  await insertAll(db, 'person', cloudOnly)
  await insertAll(
    db,
    'licence',
    scenario.users.map((user) => ({ object_id: user.entraObjectId, licensed: Number(user.licensed) })),
  )
  await insertAll(db, 'directory_role_assignment', scenario.users.flatMap(roleRows))
  await insertAll(db, 'device', cloudDeviceRows(scenario))
  await insertAll(
    db,
    'device_management',
    scenario.devices.map((device) => ({
      device_id: device.deviceId,
      is_managed: Number(device.isManaged),
      is_compliant: Number(device.isCompliant),
      ownership: device.deviceOwnership,
    })),
  )
}

/** In pieces that stay under the engines' limits of bound values. */
async function insertAll<T extends keyof PeopleTables>(
  db: Kysely<PeopleTables>,
  table: T,
  rows: readonly PeopleTables[T][],
): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    await db
      .insertInto(table)
      .values(rows.slice(from, from + 500) as never)
      .execute()
  }
}

async function cloudOnlyRow(user: User): Promise<PeopleTables['person']> {
  // A salt that a second start draws again keeps the seed of one scenario the same.
  const salt = hash('sha256', user.entraObjectId, 'buffer').subarray(0, 10)
  return {
    object_id: user.entraObjectId,
    user_principal_name: user.userPrincipalName,
    user_principal_name_key: user.userPrincipalName.toLowerCase(),
    display_name: user.displayName,
    given_name: user.givenName ?? null,
    surname: user.surname ?? null,
    mail: user.mailbox === undefined ? null : user.userPrincipalName,
    job_title: user.title ?? null,
    department: user.department ?? null,
    mobile_phone: user.mobile ?? null,
    account_enabled: Number(user.enabled),
    source: 'cloud',
    immutable_id: null,
    sid: null,
    sam_account_name: null,
    password_hash: await passwordHash(user.password, salt),
    must_change_password: Number(user.passwordExpired),
  }
}

function roleRows(user: User): PeopleTables['directory_role_assignment'][] {
  const templates = user.directoryRoles.map((role) => directoryRoleTemplates[role] ?? role)
  return [...new Set(templates)].map((role) => ({ object_id: user.entraObjectId, role_template_id: role }))
}

/** Hybrid joined devices (ServerAd) come with synchronization; the others exist in Entra ID only. */
function cloudDeviceRows(scenario: Scenario): PeopleTables['device'][] {
  const people = new Map(scenario.users.map((user) => [user.userPrincipalName.toLowerCase(), user.entraObjectId]))
  return scenario.devices
    .filter((device) => device.trustType !== 'ServerAd')
    .map((device) => ({
      object_id: device.entraObjectId,
      device_id: device.deviceId,
      display_name: device.displayName,
      source: 'cloud',
      immutable_id: null,
      operating_system: device.operatingSystem,
      operating_system_version: device.operatingSystemVersion ?? null,
      trust_type: device.trustType,
      owner_id: people.get(device.owner?.toLowerCase() ?? '') ?? null,
      owner_anchor: null,
      account_enabled: 1,
    }))
}
