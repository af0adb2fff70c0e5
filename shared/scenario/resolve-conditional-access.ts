import { directoryRoleTemplates } from './directory-roles.ts'
import { firstPartyApplications } from './first-party-applications.ts'
import { derivedGuid } from './identifiers.ts'
import type { ScenarioFile } from './schema.ts'
import { guidPattern } from './schema-values.ts'
import type { Agreement, ConditionalAccessPolicy, Group, NamedLocation, User } from './world.ts'

type Named = {
  readonly users: readonly User[]
  readonly groups: readonly Group[]
  readonly locations: readonly NamedLocation[]
}
type Ids = ReadonlyMap<string, string>
type FilePolicy = ScenarioFile['entra']['conditionalAccess']['policies'][number]

export function resolveNamedLocations(file: ScenarioFile): readonly NamedLocation[] {
  return file.entra.namedLocations.map((location) => ({
    ...location,
    id: location.id ?? derivedGuid('namedLocation', location.displayName),
  }))
}

export function resolveAgreements(file: ScenarioFile): readonly Agreement[] {
  return file.entra.agreements.map((agreement) => ({
    ...agreement,
    id: agreement.id?.toLowerCase() ?? derivedGuid('agreement', agreement.displayName),
  }))
}

/** Graph's policies name everything by id; names that stand for none, such as All, stay as they are. */
export function resolvePolicies(file: ScenarioFile, named: Named): readonly ConditionalAccessPolicy[] {
  const ids = {
    users: new Map(named.users.map((user) => [user.userPrincipalName, user.entraObjectId])),
    groups: new Map(named.groups.map((group) => [group.name, group.entraObjectId])),
    roles: new Map(Object.entries(directoryRoleTemplates)),
    locations: new Map(named.locations.map((location) => [location.displayName, location.id])),
    applications: new Map([
      ...Object.entries(firstPartyApplications),
      ...file.entra.applications.map((application): [string, string] => [application.displayName, application.appId]),
    ]),
    agreements: new Map(resolveAgreements(file).map(({ displayName, id }) => [displayName, id])),
  }
  return file.entra.conditionalAccess.policies.map((policy) => resolvePolicy(policy, ids))
}

type IdTables = { users: Ids; groups: Ids; roles: Ids; locations: Ids; applications: Ids; agreements: Ids }

function resolvePolicy(policy: FilePolicy, ids: IdTables): ConditionalAccessPolicy {
  const { users, applications, locations } = policy.conditions
  const { grantControls } = policy
  return {
    ...policy,
    grantControls: grantControls && {
      ...grantControls,
      termsOfUse: toIds(grantControls.termsOfUse, ids.agreements),
    },
    id: policy.id ?? derivedGuid('conditionalAccessPolicy', policy.displayName),
    conditions: {
      ...policy.conditions,
      users: {
        ...users,
        includeUsers: toIds(users.includeUsers, ids.users),
        excludeUsers: toIds(users.excludeUsers, ids.users),
        includeGroups: toIds(users.includeGroups, ids.groups),
        excludeGroups: toIds(users.excludeGroups, ids.groups),
        includeRoles: toIds(users.includeRoles, ids.roles),
        excludeRoles: toIds(users.excludeRoles, ids.roles),
      },
      applications: {
        ...applications,
        includeApplications: toIds(applications.includeApplications, ids.applications),
        excludeApplications: toIds(applications.excludeApplications, ids.applications),
      },
      locations: locations && {
        includeLocations: toIds(locations.includeLocations, ids.locations),
        excludeLocations: toIds(locations.excludeLocations, ids.locations),
      },
    },
  }
}

/** A GUID stands for itself; the file may have it in capitals. */
function toIds(names: readonly string[], ids: Ids): string[] {
  return names.map((name) => ids.get(name) ?? (guidPattern.test(name) ? name.toLowerCase() : name))
}
