import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import type { Scenario, Application as ScenarioApplication } from '#shared/scenario/world.ts'
import type { Application } from './application.ts'
import {
  type ApplicationObject,
  type AppRoleAssignment,
  applicationRole,
  type ServicePrincipalObject,
} from './application-objects.ts'
import { firstPartyCatalogue } from './first-party.ts'
import { newPrincipal } from './new-objects.ts'
import { knownRoles, knownScopes, type ResourceFinder, resourceFinder, roleIdOf, scopeOf } from './permission-ids.ts'
import type { ApplicationDirectory } from './registry.ts'
import { registrationOf, seededAt } from './scenario-registration.ts'

/** "Verify first-party Microsoft applications": the tenant that Microsoft's own services belong to. */
const microsoftServices = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

/** The registrations of the scenario, and service principals of them and of Microsoft's applications. */
export function scenarioApplications(scenario: Scenario): ApplicationDirectory {
  const { tenant, entra, organization } = scenario
  const catalogue = firstPartyCatalogue(organization.hosts)
  const find = resourceFinder(catalogue, entra.applications)
  const mentioned = mentionedPermissions(entra.applications, find)
  const registrations = entra.applications.map((each) => ({
    object: registrationOf(tenant.id, each, find),
    given: each,
  }))
  const applications = registrations.map(({ object }) => object)
  const servicePrincipals = [
    ...catalogue.map((each) => installedPrincipal(tenant.id, each, mentioned)),
    ...registrations.map(({ object, given }) => ownPrincipal(tenant.id, object, given)),
  ]
  const names = new Map(servicePrincipals.map(({ appId, displayName }) => [appId, displayName]))
  const assignments = entra.applications.flatMap((each) => assignmentsOf(tenant.id, each, find, names))
  return { catalogue, applications, servicePrincipals, assignments }
}

export function servicePrincipalIdOf(tenantId: string, appId: string): string {
  return derivedGuid(`servicePrincipal:${tenantId}`, appId)
}

/** Permissions by the id of their resource, whether a table has them or not. */
function mentionedPermissions(applications: readonly ScenarioApplication[], find: ResourceFinder) {
  const byResource = (permissions: readonly string[]) => Map.groupBy(permissions.map(find), ({ appId }) => appId)
  return {
    scopes: byResource(applications.flatMap(({ requiredScopes }) => requiredScopes)),
    roles: byResource(applications.flatMap(({ applicationPermissions }) => applicationPermissions)),
  }
}

type Mentioned = ReturnType<typeof mentionedPermissions>

function installedPrincipal(
  tenantId: string,
  { appId, displayName, identifierUris, scopes }: Application,
  mentioned: Mentioned,
): ServicePrincipalObject {
  const listed = scopes === 'any' ? [] : scopes
  const scopeNames = [...listed, ...(mentioned.scopes.get(appId) ?? []).map(({ name }) => name)]
  const roleNames = (mentioned.roles.get(appId) ?? []).map(({ name }) => name)
  return {
    ...principalOf(tenantId, { appId, displayName }),
    appOwnerOrganizationId: microsoftServices,
    servicePrincipalNames: [appId, ...identifierUris],
    oauth2PermissionScopes: [
      ...knownScopes(appId),
      ...beyond(knownScopes(appId), scopeNames).map((name) => scopeOf(appId, name, 'User')),
    ],
    appRoles: [
      ...knownRoles(appId),
      ...beyond(knownRoles(appId), roleNames).map((name) => applicationRole(roleIdOf(appId, name), name)),
    ],
  }
}

/** The names that no known permission has. */
function beyond(known: readonly { readonly value: string | null }[], names: readonly string[]): readonly string[] {
  const values = new Set(known.map(({ value }) => value))
  return [...new Set(names)].filter((name) => !values.has(name))
}

function ownPrincipal(
  tenantId: string,
  object: ApplicationObject,
  given: Pick<ScenarioApplication, 'directoryRoles'>,
): ServicePrincipalObject {
  const servicePrincipalNames = [object.appId, ...object.identifierUris]
  const directoryRoles = given.directoryRoles.map((role) => directoryRoleTemplates[role] ?? role)
  return { ...principalOf(tenantId, object), servicePrincipalNames, directoryRoles }
}

function principalOf(
  tenantId: string,
  { appId, displayName }: Pick<ApplicationObject, 'appId' | 'displayName'>,
): ServicePrincipalObject {
  const facts = { appId, displayName, tenantId, createdDateTime: seededAt }
  return { id: servicePrincipalIdOf(tenantId, appId), ...newPrincipal(facts) }
}

function assignmentsOf(
  tenantId: string,
  { appId, displayName, applicationPermissions }: ScenarioApplication,
  find: ResourceFinder,
  names: ReadonlyMap<string, string>,
): readonly AppRoleAssignment[] {
  return applicationPermissions.map(find).map((resource) => ({
    id: derivedGuid('appRoleAssignment', `${appId} ${resource.appId} ${resource.name}`),
    principalId: servicePrincipalIdOf(tenantId, appId),
    principalType: 'ServicePrincipal',
    principalDisplayName: displayName,
    resourceId: servicePrincipalIdOf(tenantId, resource.appId),
    resourceDisplayName: names.get(resource.appId) ?? resource.appId,
    appRoleId: roleIdOf(resource.appId, resource.name),
    createdDateTime: seededAt,
  }))
}
