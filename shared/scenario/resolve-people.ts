import { samAccountNameOf } from './account-names.ts'
import { derivedGuid, entraObjectIdOf, immutableIdOf, objectGuidOf, ridOf, sidOf } from './identifiers.ts'
import type { ScenarioFile } from './schema.ts'
import type { Device, Group, User } from './world.ts'

export function resolveUsers(file: ScenarioFile, tenantId: string, sids: SidPool): readonly User[] {
  const memberships = membershipsByUser(file)
  return file.users.map((user) => {
    const upn = user.userPrincipalName
    const objectGuid = user.objectGuid ?? objectGuidOf(upn)
    const samAccountName = user.samAccountName ?? samAccountNameOf(upn)
    const fullName = [user.givenName, user.surname].filter((part) => part !== undefined).join(' ')
    const immutableId = immutableIdOf(objectGuid)
    const shared = {
      ...user,
      samAccountName,
      displayName: user.displayName ?? (fullName || samAccountName),
      objectGuid,
      groups: [...(memberships.get(upn) ?? [])],
      mfa: resolveMethods(user.mfa),
    }
    if (user.cloudOnly) return { ...shared, synchronized: false, entraObjectId: entraObjectIdOf(tenantId, upn) }
    const entraObjectId = entraObjectIdOf(tenantId, immutableId)
    return { ...shared, sid: user.sid ?? sids.take(samAccountName), immutableId, entraObjectId }
  })
}

function resolveMethods({ methods, ...given }: ScenarioFile['users'][number]['mfa']): User['mfa'] {
  const [first] = methods
  return first === undefined ? { methods } : { methods, default: given.default ?? first.type }
}

export function resolveGroups(file: ScenarioFile, tenantId: string, sids: SidPool): readonly Group[] {
  const naming = Map.groupBy(
    file.users.flatMap((user) => user.groups.map((group) => ({ group, member: user.userPrincipalName }))),
    ({ group }) => group,
  )
  return file.groups.map((group) => {
    const objectGuid = group.objectGuid ?? derivedGuid('group', group.name)
    const samAccountName = group.samAccountName ?? group.name
    const members = [...(naming.get(group.name) ?? []).map(({ member }) => member), ...group.members]
    return {
      ...group,
      samAccountName,
      objectGuid,
      sid: group.sid ?? sids.take(samAccountName),
      members: [...new Set(members)],
      entraObjectId: entraObjectIdOf(tenantId, immutableIdOf(objectGuid)),
    }
  })
}

export function resolveDevices(file: ScenarioFile, tenantId: string): readonly Device[] {
  return file.devices.map((device) => {
    const deviceId = device.deviceId ?? derivedGuid('device', device.displayName)
    return { ...device, deviceId, entraObjectId: entraObjectIdOf(tenantId, deviceId) }
  })
}

export type SidPool = { take(accountName: string): string }

/** Two names may fall on one relative identifier; the later one then moves up. */
export function sidPool(file: ScenarioFile): SidPool {
  const domainSid = file.organization.activeDirectory.domainSid
  const taken = new Set([...file.users, ...file.groups].map((account) => account.sid))
  return {
    take(accountName) {
      let rid = ridOf(accountName)
      while (taken.has(sidOf(domainSid, rid))) rid += 1
      taken.add(sidOf(domainSid, rid))
      return sidOf(domainSid, rid)
    },
  }
}

function membershipsByUser(file: ScenarioFile): ReadonlyMap<string, ReadonlySet<string>> {
  const memberships = new Map(file.users.map((user) => [user.userPrincipalName, new Set(user.groups)]))
  for (const group of file.groups) {
    for (const member of group.members) memberships.get(member)?.add(group.name)
  }
  return memberships
}
