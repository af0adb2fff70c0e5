import type { WebApi } from '../applications/application-groups.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OAuthGrant } from '../oauth-grant.ts'
import type { OAuthParts } from '../oauth-parts.ts'

/** The Web API of a grant, which may have been removed meanwhile. */
export function apiOf({ resource }: Pick<OAuthGrant, 'resource'>, { groups }: Pick<OAuthParts, 'groups'>): WebApi {
  const { userInfo } = groups()
  const api = userInfo.trust.settings.identifiers.includes(resource) ? userInfo : groups().api(resource)
  if (api?.trust.settings.enabled) return api
  throw new OAuthError('resourceUnknown', { reason: `there is no enabled Web API "${resource}" any more` })
}
