import { mergedClaims } from '../../authorize/requested-claims.ts'
import type { DeviceCodeLookup, DeviceRequest } from '../../device-code/device-codes.ts'
import { EntraError } from '../../errors.ts'
import type { SignInServices } from '../../sign-in/services.ts'
import { checkConsent } from '../check-consent.ts'
import { checkAccess, checkNotRevoked, grantedPerson } from '../check-user.ts'
import { requirePublicOrSecret } from '../client-authentication.ts'
import { requiredParameter } from '../required-parameter.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'
import { userTokenAnswer } from '../user-tokens.ts'
import { redeemedAccess } from './authorization-code.ts'

/** RFC 8628 §3.4: polls until somebody typed the user code and signed in; the code buys tokens once. */
export async function deviceCodeGrant(services: SignInServices, request: TokenRequest): Promise<GrantOutcome> {
  const { client, version, parameters } = request
  // v1 clients send it as `code`.
  const code = parameters.device_code ?? requiredParameter(parameters, version === 1 ? 'code' : 'device_code')
  requirePublicOrSecret(request)
  const found = await services.deviceCodes.findDeviceCode(code)
  if (found.state === 'unknown') throw new EntraError('deviceCodeUnknown', { reason: 'no such device code was issued' })
  checkClient(found.request, client.appId)
  if (found.state !== 'approved') throw notYet(found, version)
  const { grant, request: asked } = found
  const access = redeemedAccess(services, request, asked.access)
  const claims = mergedClaims(asked.claims, request.claims)
  const person = await grantedPerson(services, grant.objectId)
  await checkNotRevoked(services, request, grant, found.approvedAt)
  await checkConsent(services, request, person, access)
  const decision = await checkAccess(services, { request, grant, person, access, claims })
  if (!(await found.redeem())) throw redeemedBefore('at the same moment')
  const answer = await userTokenAnswer(services, { request, grant, person, access, claims, decision })
  return { answer, user: person.userPrincipalName, decision: 'deviceCodeRedeemed' }
}

function checkClient({ clientId }: DeviceRequest, appId: string): void {
  if (clientId === appId) return
  throw new EntraError('grantMalformed', { reason: `the device code is for client ${clientId}, not ${appId}` })
}

function notYet({ state }: DeviceCodeLookup, version: TokenRequest['version']): EntraError {
  if (state === 'pending')
    return new EntraError('authorizationPending', { reason: 'nobody has finished the sign-in for this code yet' })
  if (state === 'declined')
    return new EntraError('authorizationDeclined', { reason: 'whoever typed the code chose Cancel' })
  if (state === 'redeemed') return redeemedBefore('before')
  const key = version === 1 ? 'deviceCodeExpiredV1' : 'deviceCodeExpired'
  return new EntraError(key, { reason: 'the code is older than fifteen minutes' })
}

function redeemedBefore(when: string): EntraError {
  return new EntraError('codeRedeemed', { reason: `the device code was redeemed ${when}` })
}
