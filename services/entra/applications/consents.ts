import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { RequiredRole } from './application.ts'
import type { AppRoleAssignment } from './application-objects.ts'
import type { ApplicationStore } from './application-store.ts'
import { newPrincipal } from './new-objects.ts'
import type { PermissionGrant } from './permission-grants.ts'
import type { Permission } from './permissions.ts'

/** Delegated permissions that a person's sign-in finds granted, as `<id of the resource>/<short name>`. */
export interface ConsentStore {
  of(objectId: string, clientId: string): Promise<ReadonlySet<Permission>>
  /** For one person, or with null for everybody. A registration that nobody used yet gets its service principal with the first consent. */
  add(objectId: string | null, clientId: string, permissions: readonly Permission[]): Promise<void>
  /** App roles that an administrator lets an application have in its own name; those it has already are kept. */
  assignRoles(clientId: string, roles: readonly RequiredRole[]): Promise<void>
}

export interface ConsentParts {
  readonly applications: ApplicationStore
  readonly tenantId: string
  readonly clock: Clock
  readonly random: Random
}

export function createConsents(parts: ConsentParts): ConsentStore {
  const { applications } = parts
  const { registry, grants } = applications
  return {
    async of(objectId, clientId) {
      const principal = registry.byId(clientId)?.servicePrincipal
      if (!principal) return new Set()
      const granted = await grants.of(principal.id, objectId)
      return new Set(granted.flatMap((grant) => permissionsIn(applications, grant)))
    },
    async add(objectId, clientId, permissions) {
      if (permissions.length === 0) return
      const client = await servicePrincipalOf(parts, clientId)
      const resources = Map.groupBy(permissions, (permission) => permission.slice(0, permission.indexOf('/')))
      for (const [resourceAppId, wanted] of resources) {
        const resourceId = await servicePrincipalOf(parts, resourceAppId)
        const scopes = wanted.map((permission) => permission.slice(permission.indexOf('/') + 1))
        await grants.add([{ clientId: client, resourceId, principalId: objectId, scopes }])
      }
    },
    async assignRoles(clientId, roles) {
      for (const role of roles) await assignRole(parts, clientId, role)
    },
  }
}

function permissionsIn({ registry }: ApplicationStore, { resourceId, scopes }: PermissionGrant): readonly Permission[] {
  const resource = registry.byServicePrincipal(resourceId)
  return resource ? scopes.map((scope) => `${resource.appId}/${scope}`) : []
}

async function assignRole(parts: ConsentParts, clientId: string, role: RequiredRole): Promise<void> {
  const { applications, clock, random } = parts
  const principalId = await servicePrincipalOf(parts, clientId)
  const resourceId = await servicePrincipalOf(parts, role.resourceAppId)
  const isSame = (each: AppRoleAssignment) =>
    each.principalId === principalId && each.resourceId === resourceId && each.appRoleId === role.roleId
  if (applications.assignments.all().some(isSame)) return
  const nameOf = (appId: string) => applications.registry.byId(appId)?.displayName ?? appId
  await applications.assignments.insert({
    id: random.uuid(),
    principalId,
    principalType: 'ServicePrincipal',
    principalDisplayName: nameOf(clientId),
    resourceId,
    resourceDisplayName: nameOf(role.resourceAppId),
    appRoleId: role.roleId,
    createdDateTime: clock.now().toISOString(),
  })
}

async function servicePrincipalOf(
  { applications, tenantId, clock, random }: ConsentParts,
  appId: string,
): Promise<string> {
  const application = applications.registry.byId(appId)
  if (!application) throw new Error(`there is no application ${appId} to consent to`)
  if (application.servicePrincipal) return application.servicePrincipal.id
  const createdDateTime = clock.now().toISOString()
  const blank = newPrincipal({ appId, displayName: application.displayName, tenantId, createdDateTime })
  const servicePrincipalNames = [appId, ...application.identifierUris.filter((uri) => uri !== `api://${appId}`)]
  const { id } = await applications.servicePrincipals.insert({ id: random.uuid(), ...blank, servicePrincipalNames })
  return id
}
