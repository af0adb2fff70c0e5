import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { ApplicationStore } from './application-store.ts'
import { newPrincipal } from './new-objects.ts'
import type { PermissionGrant } from './permission-grants.ts'
import type { Permission } from './permissions.ts'

/** Delegated permissions that a person's sign-in finds granted, as `<id of the resource>/<short name>`. */
export interface ConsentStore {
  of(objectId: string, clientId: string): Promise<ReadonlySet<Permission>>
  /** A registration that nobody used yet gets its service principal with the first consent. */
  add(objectId: string, clientId: string, permissions: readonly Permission[]): Promise<void>
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
  }
}

function permissionsIn({ registry }: ApplicationStore, { resourceId, scopes }: PermissionGrant): readonly Permission[] {
  const resource = registry.byServicePrincipal(resourceId)
  return resource ? scopes.map((scope) => `${resource.appId}/${scope}`) : []
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
