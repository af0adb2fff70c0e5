import type { Application } from '../applications/application.ts'
import { graphId } from '../applications/first-party.ts'
import type { ApplicationRegistry } from '../applications/registry.ts'
import { EntraError } from '../errors.ts'
import type { EndpointVersion } from '../urls.ts'

/** What a client asks for: one API at most, permissions of it, and the scopes of OpenID Connect. */
export interface RequestedAccess {
  readonly resource?: RequestedResource | undefined
  readonly openid: readonly OpenidScope[]
}

export interface RequestedResource {
  readonly appId: string
  /** What goes into `aud`: the registered spelling of the identifier, or the id where the client used that. */
  readonly audience: string
  /** Short names; `.default` where the client leaves the choice to what is consented. */
  readonly scopes: readonly string[]
  /** As the client spelled them, for the answer. */
  readonly spelled: readonly string[]
}

export type OpenidScope = 'openid' | 'profile' | 'email' | 'offline_access'

const openidScopes: readonly OpenidScope[] = ['openid', 'profile', 'email', 'offline_access']

export interface AccessParameters {
  readonly version: EndpointVersion
  readonly scope: string | undefined
  readonly resource: string | undefined
  readonly client: Application
  readonly tenantName: string
}

export function requestedAccess(applications: ApplicationRegistry, parameters: AccessParameters): RequestedAccess {
  return parameters.version === 1 ? byResource(applications, parameters) : byScope(applications, parameters)
}

/** v1: `resource` names the API, and the scopes are what is consented. */
function byResource(
  applications: ApplicationRegistry,
  { resource, scope, tenantName }: AccessParameters,
): RequestedAccess {
  const words = wordsOf(scope)
  const openid = openidScopes.filter((each) => words.includes(each))
  if (resource === undefined) return { openid: openid.length > 0 ? openid : ['openid'] }
  const found = existingResource(applications, resource, tenantName)
  return { openid, resource: { ...found, scopes: ['.default'], spelled: ['.default'] } }
}

/** v2: every scope carries the identifier of its API; a bare name is one of Microsoft Graph. */
function byScope(applications: ApplicationRegistry, parameters: AccessParameters): RequestedAccess {
  if (parameters.resource !== undefined) {
    throw new EntraError('resourceParameterUnsupported', { reason: 'the v2 endpoint takes scopes, not resource' })
  }
  if (parameters.scope === undefined) {
    throw new EntraError('parameterMissing', { values: { name: 'scope' }, reason: 'scope is missing' })
  }
  const words = wordsOf(parameters.scope)
  const openid = openidScopes.filter((each) => words.includes(each))
  const spelled = words.filter((word) => !openidScopes.some((each) => each === word))
  const named = spelled.map((word) => splitScope(word))
  const [first] = named
  if (!first) return { openid }
  const found = existingResource(applications, first.resource, parameters.tenantName)
  for (const { resource } of named) {
    if (existingResource(applications, resource, parameters.tenantName).appId !== found.appId) {
      const reason = `scopes of "${first.resource}" and "${resource}" in one request`
      throw new EntraError('scopeSpansResources', { values: { scope: parameters.scope }, reason })
    }
  }
  const scopes = [...new Set(named.map(({ name }) => name))]
  checkScopesExist(applications.byId(found.appId), scopes, parameters.client)
  return { openid, resource: { ...found, scopes, spelled } }
}

function wordsOf(scope: string | undefined): readonly string[] {
  return [...new Set((scope ?? '').split(/\s+/).filter(Boolean))]
}

/** The last slash divides, so that `https://host//.default` keeps the slash that belongs to the identifier. */
export function splitScope(scope: string): { readonly resource: string; readonly name: string } {
  const slash = scope.lastIndexOf('/')
  if (slash < 0) return { resource: graphId, name: scope }
  return { resource: scope.slice(0, slash), name: scope.slice(slash + 1) }
}

function existingResource(applications: ApplicationRegistry, identifier: string, tenant: string) {
  const resource = applications.resource(identifier)
  if (!resource) {
    const reason = `no application has the identifier "${identifier}"`
    throw new EntraError('resourceNotFound', { values: { resource: identifier, tenant }, reason })
  }
  return { appId: resource.appId, audience: audienceOf(resource, identifier) }
}

function audienceOf(resource: Application, identifier: string): string {
  if (identifier.toLowerCase() === resource.appId) return resource.appId
  const plain = (uri: string) => uri.toLowerCase().replace(/\/$/, '')
  return resource.identifierUris.find((uri) => plain(uri) === plain(identifier)) ?? resource.appId
}

function checkScopesExist(resource: Application | undefined, scopes: readonly string[], client: Application): void {
  if (!resource || resource.scopes === 'any') return
  const { scopes: offered } = resource
  const unknown = scopes.find((scope) => scope !== '.default' && !offered.includes(scope))
  if (unknown === undefined) return
  throw new EntraError('scopeUnknown', {
    values: { name: client.displayName, scope: unknown, resource: resource.displayName },
    reason: `"${resource.displayName}" exposes ${offered.join(', ') || 'no scopes'}, not "${unknown}"`,
  })
}
