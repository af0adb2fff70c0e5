import type { RequestedAccess } from '../authorize/requested-access.ts'
import type { Application } from './application.ts'
import { graphId } from './first-party.ts'
import type { ApplicationRegistry } from './registry.ts'

/** A delegated permission: `<id of the resource>/<short name>`. */
export type Permission = string

/** What a request asks for, in full; `.default` stands for what the client is registered to need. */
export function requestedPermissions(
  applications: ApplicationRegistry,
  client: Application,
  access: RequestedAccess,
): readonly Permission[] {
  const openid = access.openid.map((scope) => `${graphId}/${scope}`)
  const { resource } = access
  if (!resource) return openid
  const named = resource.scopes.filter((scope) => scope !== '.default').map((scope) => `${resource.appId}/${scope}`)
  const registered = resource.scopes.includes('.default')
    ? registeredPermissions(applications, client, resource.appId)
    : []
  return [...new Set([...openid, ...named, ...registered])]
}

/** All delegated permissions of its registration. */
export function requiredPermissions(applications: ApplicationRegistry, client: Application): readonly Permission[] {
  return permissionsOf(applications, client.requiredScopes)
}

/** Whether people cannot grant it themselves. */
export function needsAdministrator(applications: ApplicationRegistry, permission: Permission): boolean {
  const [resourceId = '', name = ''] = permission.split('/')
  return applications.byId(resourceId)?.administratorScopes.includes(name) === true
}

/** The permissions of its registration that concern one resource. */
function registeredPermissions(
  applications: ApplicationRegistry,
  client: Application,
  resourceId: string,
): readonly Permission[] {
  return permissionsOf(applications, client.requiredScopes).filter((permission) =>
    permission.startsWith(`${resourceId}/`),
  )
}

function permissionsOf(applications: ApplicationRegistry, scopes: readonly string[]): readonly Permission[] {
  return scopes.map((scope) => {
    const slash = scope.lastIndexOf('/')
    const identifier = slash < 0 ? graphId : scope.slice(0, slash)
    const resource = applications.resource(identifier)?.appId ?? identifier
    return `${resource}/${scope.slice(slash + 1)}`
  })
}

/** Permissions nobody has consented to; Microsoft's own clients are pre-authorized. */
export function missingConsent(
  applications: ApplicationRegistry,
  client: Application,
  access: RequestedAccess,
  given: ReadonlySet<string>,
): readonly Permission[] {
  if (client.origin === 'firstParty') return []
  return requestedPermissions(applications, client, access).filter(
    (permission) => !given.has(permission) && !isPreAuthorized(applications, client, permission),
  )
}

/** "Configure an application to expose a web API": the API itself vouches for the client. */
function isPreAuthorized(applications: ApplicationRegistry, { appId }: Application, permission: Permission): boolean {
  const [resourceId = '', name = ''] = permission.split('/')
  const clients = applications.byId(resourceId)?.preAuthorized ?? []
  return clients.some((each) => each.appId === appId && each.scopes.includes(name))
}

/** Short names for `scp`: what was asked for; for `.default` everything that is consented. */
export function grantedScopes(
  applications: ApplicationRegistry,
  client: Application,
  access: RequestedAccess,
  given: ReadonlySet<string>,
): readonly string[] {
  const { resource } = access
  if (!resource) return [...access.openid]
  const asked = resource.scopes.filter((scope) => scope !== '.default')
  if (asked.length === resource.scopes.length) return asked
  return [...new Set([...asked, ...defaultScopes(applications, client, resource.appId, given)])]
}

function defaultScopes(
  applications: ApplicationRegistry,
  client: Application,
  resourceId: string,
  given: ReadonlySet<string>,
): readonly string[] {
  const short = (permission: Permission) => permission.slice(permission.lastIndexOf('/') + 1)
  if (client.origin === 'tenant') {
    const mine = [...registeredPermissions(applications, client, resourceId), ...given]
    const vouched = applications.byId(resourceId)?.preAuthorized.find(({ appId }) => appId === client.appId)?.scopes
    return [...mine.filter((permission) => permission.startsWith(`${resourceId}/`)).map(short), ...(vouched ?? [])]
  }
  const offered = applications.byId(resourceId)?.scopes ?? []
  return offered === 'any' ? ['User.Read'] : offered
}
