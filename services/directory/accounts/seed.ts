import type { Kysely } from 'kysely'
import { ntHash } from '#shared/nt-hash.ts'
import type { Device, Group, Scenario, User } from '#shared/scenario/world.ts'
import type { AccountRow, ComputerRow, DirectorySchema, GroupRow } from './schema.ts'

/** Writes the scenario's on-premises people, groups and computers. */
export async function seedDirectory(db: Kysely<DirectorySchema>, scenario: Scenario, now: Date): Promise<void> {
  const accounts = scenario.users.filter((user) => !user.cloudOnly)
  const guids = new Map(accounts.map((user) => [user.userPrincipalName, user.objectGuid]))
  await insertAll(
    db,
    'accounts',
    accounts.map((user) => accountOf(user, now)),
  )
  await insertAll(db, 'groups', scenario.groups.map(groupOf))
  await insertAll(
    db,
    'memberships',
    scenario.groups.flatMap((group) => membershipsOf(group, guids)),
  )
  await insertAll(
    db,
    'computers',
    scenario.devices.map((device) => computerOf(device, guids)),
  )
}

type Tables = Pick<DirectorySchema, 'accounts' | 'groups' | 'memberships' | 'computers'>

/** In pieces that stay under the engines' limits of bound values. */
async function insertAll<T extends keyof Tables>(
  db: Kysely<DirectorySchema>,
  table: T,
  rows: readonly Tables[T][],
): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    await db
      .insertInto(table)
      .values(rows.slice(from, from + 500) as never)
      .execute()
  }
}

function accountOf(user: User, now: Date): AccountRow {
  return {
    object_guid: user.objectGuid,
    sid: user.sid ?? '',
    sam_account_name: user.samAccountName,
    user_principal_name: user.userPrincipalName.toLowerCase(),
    display_name: user.displayName,
    given_name: user.givenName ?? null,
    surname: user.surname ?? null,
    mail: user.mailbox ? user.userPrincipalName.toLowerCase() : null,
    title: user.title ?? null,
    department: user.department ?? null,
    mobile: user.mobile ?? null,
    nt_hash: ntHash(user.password),
    enabled: Number(user.enabled),
    password_expired: Number(user.passwordExpired),
    account_expires: user.accountExpires ?? null,
    bad_password_count: 0,
    bad_password_time: null,
    locked_since: user.lockedOut ? now.toISOString() : null,
    synchronized: Number(user.synchronized),
    password_set_at: new Date(now.getTime() - seededPasswordAge).toISOString(),
    exchange_attributes: null,
  }
}

/** Older than the minimum age, so that everybody may change it. */
const seededPasswordAge = 30 * 24 * 60 * 60 * 1000

function groupOf(group: Group): GroupRow {
  return {
    object_guid: group.objectGuid,
    sid: group.sid,
    sam_account_name: group.samAccountName,
    name: group.name,
    description: group.description ?? null,
    synchronized: Number(group.synchronized),
    exchange_attributes: null,
  }
}

function membershipsOf(group: Group, guids: ReadonlyMap<string, string>) {
  return group.members.flatMap((member) => {
    const guid = guids.get(member)
    return guid ? [{ group_guid: group.objectGuid, member_guid: guid }] : []
  })
}

function computerOf(device: Device, guids: ReadonlyMap<string, string>): ComputerRow {
  return {
    device_id: device.deviceId,
    display_name: device.displayName,
    operating_system: device.operatingSystem,
    operating_system_version: device.operatingSystemVersion ?? null,
    owner_guid: (device.owner && guids.get(device.owner)) ?? null,
    trust_type: device.trustType,
    is_compliant: Number(device.isCompliant),
    is_managed: Number(device.isManaged),
  }
}
