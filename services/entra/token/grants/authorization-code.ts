import { isConfidential } from '../../applications/application.ts'
import { checkVerifier } from '../../authorize/proof-key.ts'
import { type RequestedAccess, requestedAccess } from '../../authorize/requested-access.ts'
import { mergedClaims } from '../../authorize/requested-claims.ts'
import { EntraError } from '../../errors.ts'
import type { SignInServices } from '../../sign-in/services.ts'
import { onPresentedDevice } from '../bound-device.ts'
import { checkAccess, checkNotRevoked, grantedPerson } from '../check-user.ts'
import { requireSecret } from '../client-authentication.ts'
import { checkCrossOrigin } from '../cross-origin.ts'
import type { CodeGrant } from '../grant-store.ts'
import { requiredParameter } from '../required-parameter.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'
import { userTokenAnswer } from '../user-tokens.ts'

/** RFC 6749 §4.1.3: a code buys tokens once, for the client, the redirect URI and the proof key it was issued with. */
export async function authorizationCodeGrant(services: SignInServices, request: TokenRequest): Promise<GrantOutcome> {
  const code = requiredParameter(request.parameters, 'code')
  requiredParameter(request.parameters, 'redirect_uri')
  const found = await services.grants.findCode(code)
  if (found.state === 'unknown')
    throw new EntraError('grantGarbage', { reason: 'no such authorization code was issued' })
  if (found.state === 'redeemed') throw new EntraError('codeRedeemed', { reason: 'the code was redeemed before' })
  if (found.state === 'expired') throw new EntraError('grantExpired', { reason: 'the code is older than ten minutes' })
  const grant = onPresentedDevice(request, found.grant)
  checkBinding(request, grant)
  const access = redeemedAccess(services, request, grant.access)
  const claims = mergedClaims(grant.claims, request.claims)
  const person = await grantedPerson(services, grant.objectId)
  await checkNotRevoked(services, request, grant, found.issuedAt)
  const decision = await checkAccess(services, { request, grant, person, access, claims })
  if (!(await found.redeem()))
    throw new EntraError('codeRedeemed', { reason: 'the code was redeemed at the same moment' })
  const answer = await userTokenAnswer(services, {
    request,
    grant,
    person,
    access,
    nonce: grant.nonce,
    claims,
    tellsAge: grant.tellsAge,
    decision,
  })
  return { answer, user: person.userPrincipalName, decision: 'codeRedeemed' }
}

function checkBinding(request: TokenRequest, grant: CodeGrant): void {
  const { client, parameters, origin } = request
  if (grant.clientId !== client.appId) {
    throw new EntraError('grantMalformed', { reason: `the code is for client ${grant.clientId}, not ${client.appId}` })
  }
  const redirectUri = requiredParameter(parameters, 'redirect_uri')
  if (redirectUri !== grant.redirectUri) {
    const values = { given: redirectUri, expected: grant.redirectUri }
    throw new EntraError('redemptionAddressMismatch', {
      values,
      reason: 'redirect_uri is not the one of the authorization request',
    })
  }
  checkCrossOrigin(grant.redirectKind, origin)
  if (grant.redirectKind === 'web' && isConfidential(client)) requireSecret(request)
  checkVerifier(grant.proofKey, parameters.code_verifier)
}

/** The client may repeat what it asked for, or a part of it; a v1 client may name its resource only now. */
export function redeemedAccess(
  { config }: Pick<SignInServices, 'config'>,
  request: TokenRequest,
  granted: RequestedAccess,
): RequestedAccess {
  const { scope, resource } = request.parameters
  if (scope === undefined && resource === undefined) return granted
  const asked = requestedAccess(config.applications, {
    version: request.version,
    scope: scope ?? granted.openid.join(' '),
    resource,
    client: request.client,
    tenantName: config.tenant.displayName,
  })
  const openid = asked.openid.length > 0 ? asked.openid : granted.openid
  if (!asked.resource) return { openid, resource: granted.resource }
  if (granted.resource && granted.resource.appId !== asked.resource.appId) {
    throw new EntraError('scopeInvalid', {
      values: { scope: scope ?? resource ?? '' },
      reason: 'the code was issued for another resource',
    })
  }
  return { openid, resource: asked.resource }
}
