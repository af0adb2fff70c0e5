import {
  type ApplicationGroups,
  builtInScopes,
  type OAuthClient,
  type WebApi,
} from './applications/application-groups.ts'
import { OAuthError } from './oauth-error.ts'

/** For what a token is wanted, once the client is known to be allowed it. */
export interface RequestedAccess {
  readonly api: WebApi
  /** `aud` of the access token. */
  readonly audience: string
  readonly scopes: readonly string[]
}

export interface AccessParameters {
  readonly resource?: string | undefined
  readonly scope?: string | undefined
}

/** @throws OAuthError when the resource is unknown, or the client has no permission for it. */
export function requestedAccess(
  groups: ApplicationGroups,
  client: OAuthClient,
  { resource, scope }: AccessParameters,
): RequestedAccess {
  const words = [...new Set((scope ?? '').split(/\s+/).filter(Boolean))].map((word) => scopeWord(word, groups))
  const named = [...new Set([resource, ...words.map((word) => word.resource)].filter((each) => each !== undefined))]
  const apis = new Set(named.map((identifier) => enabledApi(groups, identifier)))
  if (apis.size > 1) {
    throw new OAuthError('resourceUnknown', { reason: `the request names several resources: ${named.join(', ')}` })
  }
  const [chosen] = apis
  // A Web API whose identifier is the client's own is meant when a request names none ("Customize claims to be emitted in id_token").
  const api = chosen ?? groups.api(client.clientId) ?? groups.userInfo
  return {
    api,
    audience: audienceOf(api, named[0]),
    scopes: grantedScopes(
      api,
      client,
      words.map((word) => word.scope),
    ),
  }
}

interface ScopeWord {
  readonly resource?: string
  readonly scope: string
}

/** AD FS 2019 takes the resource inside the scope: `<resource>/<scope>`, so `<resource>//<scope>` when it ends with a slash. */
function scopeWord(word: string, groups: ApplicationGroups): ScopeWord {
  const slash = word.lastIndexOf('/')
  if (slash < 1) return { scope: word }
  const before = word.slice(0, slash)
  const scope = word.slice(slash + 1)
  const resource = [before, `${before}/`].find((candidate) => groups.api(candidate))
  if (resource !== undefined) return { resource, scope }
  throw new OAuthError('resourceUnknown', { reason: `scope "${word}" begins with the identifier of no Web API` })
}

function enabledApi(groups: ApplicationGroups, identifier: string): WebApi {
  const api =
    identifier.toLowerCase() === groups.userInfo.trust.settings.identifiers[0]
      ? groups.userInfo
      : groups.api(identifier)
  if (!api) {
    const known = groups.apis.flatMap(({ trust }) => trust.settings.identifiers).join(', ')
    throw new OAuthError('resourceUnknown', { reason: `resource "${identifier}" is none of [${known}]` })
  }
  if (api.trust.settings.enabled) return api
  throw new OAuthError('resourceUnknown', { reason: `Web API "${api.trust.settings.name}" is not enabled` })
}

/** An identifier that is no URI gets the prefix that makes it one. */
function audienceOf(api: WebApi, named: string | undefined): string {
  const { identifiers } = api.trust.settings
  const identifier = identifiers.find((each) => each.toLowerCase() === named?.toLowerCase()) ?? identifiers[0] ?? ''
  return /^[a-z][a-z0-9+.-]*:/i.test(identifier) ? identifier : `microsoft:identityserver:${identifier}`
}

/** Scopes that nobody has granted fall away; when none is left, or there is no permission at all, access is denied. */
function grantedScopes(api: WebApi, client: OAuthClient, asked: readonly string[]): readonly string[] {
  const granted = api.group === undefined ? builtInScopes : api.permissions.get(client.clientId.toLowerCase())
  const { name } = api.trust.settings
  if (!granted) {
    throw new OAuthError('accessDenied', { reason: `client "${client.name}" has no permission for Web API "${name}"` })
  }
  const everything = asked.includes('.default')
  const scopes = granted.filter((scope) => everything || asked.includes(scope))
  if (scopes.length > 0 || asked.every((scope) => !isKnown(scope, granted))) return scopes
  throw new OAuthError('accessDenied', {
    reason: `none of the scopes [${asked.join(', ')}] is granted to "${client.name}" for "${name}", which has [${granted.join(', ')}]`,
  })
}

/** Scopes that AD FS does not have (`offline_access`, which every MSAL sends) are ignored. */
function isKnown(scope: string, granted: readonly string[]): boolean {
  return (builtInScopes as readonly string[]).includes(scope) || granted.includes(scope)
}
