import type { ApplicationObject } from '../../applications/application-objects.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'

const propertyOf = {
  web: 'web.redirectUris',
  spa: 'spa.redirectUris',
  publicClient: 'publicClient.redirectUris',
} as const

/** What the directory refuses of a registration ("Redirect URI restrictions", "Security best practices for identifierUris"). */
export function checkApplication(services: GraphServices, object: ApplicationObject): void {
  for (const kind of ['web', 'spa', 'publicClient'] as const) {
    for (const uri of object[kind].redirectUris) checkRedirectUri(kind, uri)
  }
  for (const uri of object.identifierUris) checkIdentifierUri(services, object, uri)
  checkDistinctIds('api.oauth2PermissionScopes', [...object.api.oauth2PermissionScopes])
  checkDistinctIds('appRoles', [...object.appRoles])
}

function checkRedirectUri(kind: keyof typeof propertyOf, uri: string): void {
  const parsed = URL.canParse(uri) ? new URL(uri) : undefined
  const isLoopback = parsed?.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(parsed.hostname)
  const isSecure = parsed?.protocol === 'https:' || isLoopback
  const acceptable = kind === 'publicClient' ? parsed !== undefined : isSecure
  if (parsed && acceptable && parsed.hash === '' && !uri.includes('*')) return
  const reason = `"${uri}": https, or http on localhost, without fragment and wildcard; native clients may have other schemes`
  throw new GraphError('propertyInvalid', { values: { property: propertyOf[kind], resource: 'Application' }, reason })
}

function checkIdentifierUri({ applications, config }: GraphServices, object: ApplicationObject, uri: string): void {
  const owner = applications.registry.resource(uri)
  if (owner && owner.appId !== object.appId) {
    throw new GraphError('propertyTaken', {
      values: { property: 'identifierUris' },
      reason: `"${uri}" is ${owner.displayName}'s`,
    })
  }
  const host = URL.canParse(uri) ? new URL(uri).hostname.toLowerCase() : ''
  const domains = [...config.domainNames]
  const isOfDomain = domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
  const isOwnId = uri.startsWith(`api://${object.appId}`) || uri.startsWith(`api://${config.tenant.id}`)
  if (isOwnId || isOfDomain || uri === object.appId) return
  const problem =
    'Values of identifierUris property must use a verified domain of the organization or its subdomain, or the appId.'
  throw new GraphError('requestRefused', { values: { problem }, reason: `"${uri}": ${problem}` })
}

function checkDistinctIds(property: string, list: readonly { readonly id: string; readonly value: string | null }[]) {
  const ids = new Set(list.map(({ id }) => id.toLowerCase()))
  const values = list.flatMap(({ value }) => value ?? [])
  if (ids.size === list.length && new Set(values).size === values.length) return
  const problem = `Property ${property} has duplicate ids or values.`
  throw new GraphError('requestRefused', { values: { problem } })
}
