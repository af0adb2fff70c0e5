import { type Application, registeredApplication } from './application.ts'
import type {
  ApplicationObject,
  AppRoleAssignment,
  PermissionScope,
  RequiredResourceAccess,
  ServicePrincipalObject,
} from './application-objects.ts'
import { installedApplication } from './first-party.ts'

/** The applications and service principals of the tenant, by id and by identifier URI, as they are now. */
export interface ApplicationRegistry {
  byId(appId: string): Application | undefined
  /** A resource by its id or by one of its identifier URIs; one slash at the end makes no difference. */
  resource(identifier: string): Application | undefined
  byServicePrincipal(servicePrincipalId: string): Application | undefined
  /** Values of the resource's app roles that service principals, people or groups hold. */
  rolesOf(principalIds: readonly (string | undefined)[], resource: Application): readonly string[]
  /** Those of the principals (service principals, people, groups) that are assigned to it, whatever the role. */
  assignedTo(principalIds: readonly string[], application: Application): readonly string[]
  readonly all: readonly Application[]
}

/** What the registry is made of. */
export interface ApplicationDirectory {
  readonly catalogue: readonly Application[]
  readonly applications: readonly ApplicationObject[]
  readonly servicePrincipals: readonly ServicePrincipalObject[]
  readonly assignments: readonly AppRoleAssignment[]
}

interface ApplicationIndex {
  readonly all: readonly Application[]
  readonly byId: ReadonlyMap<string, Application>
  readonly byIdentifier: ReadonlyMap<string, Application>
  readonly byPrincipal: ReadonlyMap<string, Application>
  /** By principal and resource, both service principals or people by object id. */
  readonly roleIds: ReadonlyMap<string, readonly string[]>
}

/** `index` gives the index of now. */
export function applicationRegistry(index: () => ApplicationIndex): ApplicationRegistry {
  const byId = (appId: string) => index().byId.get(appId.toLowerCase())
  return {
    get all() {
      return index().all
    },
    byId,
    resource: (identifier) => index().byIdentifier.get(normalised(identifier)) ?? byId(identifier),
    byServicePrincipal: (id) => index().byPrincipal.get(id.toLowerCase()),
    rolesOf(principalIds, { appRoles, servicePrincipal }) {
      const held = principalIds.flatMap((id) => index().roleIds.get(`${id} ${servicePrincipal?.id}`) ?? [])
      const roles = appRoles.filter(({ id, isEnabled }) => isEnabled && held.includes(id))
      return roles.flatMap(({ value }) => value ?? [])
    },
    assignedTo: (principalIds, { servicePrincipal }) =>
      principalIds.filter((id) => index().roleIds.has(`${id} ${servicePrincipal?.id}`)),
  }
}

export function indexApplications(directory: ApplicationDirectory): ApplicationIndex {
  const principals = new Map(directory.servicePrincipals.map((principal) => [principal.appId, principal]))
  const nameOfScope = scopeNames(directory)
  const all = [
    ...directory.catalogue.map((catalogued) => {
      const principal = principals.get(catalogued.appId)
      return principal ? installedApplication(catalogued, principal) : catalogued
    }),
    ...directory.applications.map((object) =>
      registeredApplication(
        object,
        principals.get(object.appId),
        requiredScopesOf(object.requiredResourceAccess, nameOfScope),
      ),
    ),
  ]
  const identifiers = all.flatMap((each) => each.identifierUris.map((uri) => [normalised(uri), each] as const))
  return {
    all,
    byId: new Map(all.map((application) => [application.appId, application])),
    // Where two claim one name the first has it.
    byIdentifier: new Map(identifiers.toReversed()),
    byPrincipal: new Map(all.flatMap((each) => (each.servicePrincipal ? [[each.servicePrincipal.id, each]] : []))),
    roleIds: roleIdsOf(directory.assignments),
  }
}

type NameOfScope = (resourceAppId: string, scopeId: string) => string | undefined

function scopeNames({ applications, servicePrincipals }: ApplicationDirectory): NameOfScope {
  const lists: readonly (readonly [string, readonly PermissionScope[]])[] = [
    ...servicePrincipals.map(({ appId, oauth2PermissionScopes }) => [appId, oauth2PermissionScopes ?? []] as const),
    ...applications.map(({ appId, api }) => [appId, api.oauth2PermissionScopes] as const),
  ]
  const names = new Map(
    lists.flatMap(([appId, scopes]) => scopes.map(({ id, value }) => [`${appId} ${id}`, value] as const)),
  )
  return (appId, id) => names.get(`${appId} ${id}`)
}

/** Permissions that the resource no longer has ask for nothing. */
function requiredScopesOf(required: readonly RequiredResourceAccess[], nameOf: NameOfScope): readonly string[] {
  return required.flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.flatMap(({ id, type }) => {
      const name = type === 'Scope' ? nameOf(resourceAppId, id) : undefined
      return name === undefined ? [] : [`${resourceAppId}/${name}`]
    }),
  )
}

function roleIdsOf(assignments: readonly AppRoleAssignment[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>()
  for (const { principalId, resourceId, appRoleId } of assignments) {
    const key = `${principalId} ${resourceId}`
    ids.set(key, [...(ids.get(key) ?? []), appRoleId])
  }
  return ids
}

function normalised(uri: string): string {
  return uri.toLowerCase().replace(/\/$/, '')
}
