import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import type { ApplicationRegistry } from '../applications/registry.ts'
import { builtInStrengths } from '../conditional-access/authentication-strengths.ts'
import type { ConditionalAccessStore } from '../conditional-access/policy-store.ts'
import type { GroupStore } from '../people/groups.ts'
import type { PeopleStore } from '../people/people.ts'
import type { NameOf } from './explain-sign-in.ts'

export interface NameSources {
  readonly people: PeopleStore
  readonly groups: GroupStore
  readonly applications: ApplicationRegistry
  readonly conditionalAccess: ConditionalAccessStore
}

const roleNames = new Map(Object.entries(directoryRoleTemplates).map(([name, id]) => [id, name]))

/** What an id of the tenant is called: an account, a group, a role, an application, a location or a strength. */
export function tenantNames({ people, groups, applications, conditionalAccess }: NameSources): NameOf {
  return async (id) =>
    roleNames.get(id) ??
    applications.byId(id)?.displayName ??
    conditionalAccess.locations.byId(id)?.displayName ??
    builtInStrengths.find((strength) => strength.id === id)?.displayName ??
    conditionalAccess.strengths.byId(id)?.displayName ??
    (await people.byObjectId(id))?.userPrincipalName ??
    (await groups.byObjectId(id))?.displayName
}
