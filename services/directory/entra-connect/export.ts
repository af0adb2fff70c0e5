import { createHash } from 'node:crypto'
import { immutableIdOf } from '#shared/scenario/identifiers.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { AccountStore } from '../accounts/accounts.ts'
import type { AccountRow, ComputerRow, GroupRow } from '../accounts/schema.ts'

export type ObjectKind = 'user' | 'group' | 'device'

/** An object in scope, in the shape that Entra ID takes; `digest` changes when anything that travels does. */
export interface ExportObject {
  readonly kind: ObjectKind
  readonly anchor: string
  readonly digest: string
  readonly value: Readonly<Record<string, unknown>>
  /** Of a user. */
  readonly objectGuid?: string
  /** Present where the password hash travels too. */
  readonly ntHash?: string
}

type GroupWithMembers = GroupRow & { readonly members: readonly string[] }

/** Everything the synchronization scope lets travel; hashes only for people of `hashDomains`. */
export async function objectsInScope(
  accounts: AccountStore,
  scenario: Scenario,
  hashDomains: ReadonlySet<string>,
): Promise<readonly ExportObject[]> {
  const [people, groups, computers] = await Promise.all([accounts.list(), accounts.groups(), accounts.computers()])
  const scope = scopeOf(groups, scenario.entraConnect.includedGroups)
  const users = people.filter((account) => account.synchronized === 1 && scope(account.object_guid))
  const guids = new Set(users.map((account) => account.object_guid))
  return [
    ...users.map((account) => userObject(account, scenario, hashDomains)),
    ...groups.filter((group) => group.synchronized === 1).map((group) => groupObject(group, guids)),
    ...computers.map((computer) => deviceObject(computer, guids)),
  ]
}

function scopeOf(
  groups: readonly GroupWithMembers[],
  included: readonly string[] | undefined,
): (guid: string) => boolean {
  if (!included) return () => true
  const members = new Set(groups.filter((group) => included.includes(group.name)).flatMap((group) => group.members))
  return (guid) => members.has(guid)
}

function userObject(account: AccountRow, scenario: Scenario, hashDomains: ReadonlySet<string>): ExportObject {
  const hashTravels = hashDomains.has(account.user_principal_name.split('@')[1] ?? '')
  const value = withoutNulls({
    sourceAnchor: immutableIdOf(account.object_guid),
    userPrincipalName: account.user_principal_name,
    displayName: account.display_name,
    givenName: account.given_name,
    surname: account.surname,
    mail: account.mail,
    jobTitle: account.title,
    department: account.department,
    mobilePhone: account.mobile,
    accountEnabled: account.enabled === 1,
    onPremisesSamAccountName: account.sam_account_name,
    onPremisesSecurityIdentifier: account.sid,
    onPremisesDomainName: scenario.organization.activeDirectory.dnsName,
    forceChangePassword: hashTravels && account.password_expired === 1,
  })
  const secret = hashTravels ? { ntHash: account.nt_hash } : {}
  return {
    kind: 'user',
    anchor: value.sourceAnchor as string,
    value,
    objectGuid: account.object_guid,
    ...secret,
    digest: digestOf({ ...value, ...secret }),
  }
}

function groupObject(group: GroupWithMembers, inScope: ReadonlySet<string>): ExportObject {
  const anchor = immutableIdOf(group.object_guid)
  const value = withoutNulls({
    sourceAnchor: anchor,
    displayName: group.name,
    description: group.description,
    onPremisesSamAccountName: group.sam_account_name,
    onPremisesSecurityIdentifier: group.sid,
    memberAnchors: group.members
      .filter((guid) => inScope.has(guid))
      .map(immutableIdOf)
      .sort(),
  })
  return { kind: 'group', anchor, value, digest: digestOf(value) }
}

function deviceObject(computer: ComputerRow, inScope: ReadonlySet<string>): ExportObject {
  const anchor = immutableIdOf(computer.device_id)
  const owner = computer.owner_guid && inScope.has(computer.owner_guid) ? immutableIdOf(computer.owner_guid) : null
  const value = withoutNulls({
    sourceAnchor: anchor,
    deviceId: computer.device_id,
    displayName: computer.display_name,
    operatingSystem: computer.operating_system,
    operatingSystemVersion: computer.operating_system_version,
    ownerAnchor: owner,
    trustType: computer.trust_type,
    isCompliant: computer.is_compliant === 1,
    isManaged: computer.is_managed === 1,
    accountEnabled: true,
  })
  return { kind: 'device', anchor, value, digest: digestOf(value) }
}

function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null))
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
