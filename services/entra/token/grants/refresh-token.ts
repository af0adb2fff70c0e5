import { isConfidential } from '../../applications/application.ts'
import { type RequestedAccess, requestedAccess } from '../../authorize/requested-access.ts'
import { EntraError } from '../../errors.ts'
import type { SignInServices } from '../../sign-in/services.ts'
import { onPresentedDevice } from '../bound-device.ts'
import { checkConsent } from '../check-consent.ts'
import { checkAccess, checkNotRevoked, grantedPerson } from '../check-user.ts'
import { requireSecret } from '../client-authentication.ts'
import { checkCrossOrigin } from '../cross-origin.ts'
import type { RefreshGrant } from '../grant-store.ts'
import { requiredParameter } from '../required-parameter.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'
import { userTokenAnswer } from '../user-tokens.ts'

/** A refresh token is bound to person and client, not to a resource: it buys tokens for any that is consented. */
export async function refreshTokenGrant(services: SignInServices, request: TokenRequest): Promise<GrantOutcome> {
  const { parameters, client, claims } = request
  const found = await services.grants.findRefreshToken(requiredParameter(parameters, 'refresh_token'))
  if (found.state === 'unknown') throw new EntraError('grantGarbage', { reason: 'no such refresh token was issued' })
  const issued = found.grant
  checkClient(services, request, issued)
  if (found.state === 'expired') throw expired(issued)
  // A member of the family continues in its own name.
  const grant = onPresentedDevice(request, { ...issued, clientId: client.appId })
  const person = await grantedPerson(services, grant.objectId)
  await checkNotRevoked(services, request, grant, issued.issuedAt)
  const access = accessOf(services, request, grant)
  await checkConsent(services, request, person, access)
  const decision = await checkAccess(services, { request, grant, person, access, claims, refreshedFrom: issued })
  const chainEndsAt = issued.endsAt
  const answer = await userTokenAnswer(services, { request, grant, person, access, claims, chainEndsAt, decision })
  return { answer, user: person.userPrincipalName, decision: 'refreshed' }
}

function checkClient({ config }: SignInServices, request: TokenRequest, grant: RefreshGrant): void {
  const { client, origin } = request
  const family = client.family && config.applications.byId(grant.clientId)?.family === true
  if (grant.clientId !== client.appId && !family) {
    throw new EntraError('clientMismatch', {
      reason: `the refresh token is ${grant.clientId}'s, not ${client.appId}'s`,
    })
  }
  checkCrossOrigin(grant.redirectKind, origin)
  if (grant.redirectKind === 'web' && isConfidential(client)) requireSecret(request)
}

function expired(grant: RefreshGrant): EntraError {
  const issuedAt = new Date(grant.issuedAt).toISOString()
  if (grant.endsAt !== undefined)
    return new EntraError('spaRefreshTokenOld', { reason: `issued ${issuedAt} to a single-page application` })
  return new EntraError('refreshTokenInactive', {
    values: { issuedAt },
    reason: `issued ${issuedAt}, unused for 90 days`,
  })
}

function accessOf({ config }: SignInServices, request: TokenRequest, grant: RefreshGrant): RequestedAccess {
  const { scope, resource } = request.parameters
  if (scope === undefined && resource === undefined) return grant.access
  const parameters = {
    version: request.version,
    scope,
    resource,
    client: request.client,
    tenantName: config.tenant.displayName,
  }
  const asked = requestedAccess(config.applications, parameters)
  // Whoever holds a refresh token keeps getting one.
  const openid = [...new Set([...asked.openid, 'offline_access' as const])]
  return { openid, resource: asked.resource ?? grant.access.resource }
}
