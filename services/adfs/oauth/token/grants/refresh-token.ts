import type { DirectoryUser } from '../../../directory/directory-user.ts'
import { endOfKeptSession } from '../../../sessions/kept-session.ts'
import type { Session } from '../../../sessions/session.ts'
import type { RefreshGrant } from '../../grant-store.ts'
import { OAuthError } from '../../oauth-error.ts'
import type { OAuthParts } from '../../oauth-parts.ts'
import { type RequestedAccess, requestedAccess } from '../../requested-access.ts'
import { decideAccess } from '../decide-access.ts'
import { apiOf } from '../granted-api.ts'
import { tokenAnswer } from '../token-answer.ts'
import { required } from '../token-parameters.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'

/**
 * grant_type=refresh_token, for the same or, being multi-resource, for another Web API ([MS-OAPX] §3.2.5.2.1.2).
 * There is a new refresh token only if it would live longer than the old one ("AD FS single sign-on settings"), which the
 * end of single sign-on does not allow; the old one stays good.
 */
export async function refreshTokenGrant(request: TokenRequest, parts: OAuthParts): Promise<GrantOutcome> {
  const found = await parts.grants.findRefreshToken(required(request.parameters, 'refresh_token'))
  if (found.state === 'unknown') {
    throw new OAuthError('refreshTokenInvalid', { reason: 'the refresh token is unknown or was revoked' })
  }
  const { grant } = found
  if (grant.clientId !== request.client.clientId) {
    throw new OAuthError('refreshTokenInvalid', { reason: `it was issued to ${grant.clientId}` })
  }
  if (found.state === 'expired') {
    throw new OAuthError('refreshTokenExpired', { reason: `it ended at ${new Date(grant.endsAt).toISOString()}` })
  }
  const user = await currentUser(grant, request, parts)
  const access = accessOf(grant, request, parts)
  const granted = await decideAccess(access, { user, session: sessionOf(grant) }, request, parts)
  const { client } = request
  return tokenAnswer({ client, api: access.api, grant: granted }, { decision: 'refreshed', refreshable: false }, parts)
}

async function currentUser(
  { user, authentication }: RefreshGrant,
  { origin }: TokenRequest,
  parts: OAuthParts,
): Promise<DirectoryUser> {
  const found = await parts.conversation.directory.find('sid', user.sid, origin)
  const { properties, devices } = parts.conversation
  const { persistentSso } = await properties.read()
  const device = authentication.keptByDevice && (await devices.find(authentication.device, user.sid, origin))
  const ended = endOfKeptSession(authentication, persistentSso, found, device)
  if (ended !== undefined) throw new OAuthError('refreshTokenInvalid', { reason: ended })
  if (found?.enabled) return found
  const what = found ? 'disabled' : 'gone'
  throw new OAuthError('refreshTokenInvalid', { reason: `the account of ${user.userPrincipalName} is ${what}` })
}

function accessOf(grant: RefreshGrant, { client, parameters }: TokenRequest, parts: OAuthParts): RequestedAccess {
  const { resource, scope } = parameters
  if (resource === undefined && scope === undefined) {
    return { api: apiOf(grant, parts), audience: grant.audience, scopes: grant.scopes }
  }
  // A plain scope is meant for the Web API of the token; one with a slash names its own.
  const own = scope?.includes('/') ? undefined : grant.resource
  const asked = requestedAccess(parts.groups(), client, { resource: resource ?? own, scope })
  return scope === undefined ? { ...asked, scopes: grant.scopes } : asked
}

/** The single sign-on that the token came from, as the policies see it. */
function sessionOf({ authentication, user }: RefreshGrant): Session {
  return { id: '', user, ...authentication }
}
