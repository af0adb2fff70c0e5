import { OAuthError } from '../../oauth-error.ts'
import type { OAuthParts } from '../../oauth-parts.ts'
import { apiOf } from '../granted-api.ts'
import { tokenAnswer } from '../token-answer.ts'
import { required, type TokenParameters } from '../token-parameters.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'

/** grant_type=device_code: asked again and again until somebody has signed in with the user code (RFC 8628 §3.4). */
export async function deviceCodeGrant(request: TokenRequest, parts: OAuthParts): Promise<GrantOutcome> {
  const { client } = request
  const state = await parts.deviceCodes.poll(deviceCodeOf(request.parameters), client.clientId)
  switch (state.outcome) {
    case 'unknown':
      throw new OAuthError('deviceCodeInvalid', { reason: 'the device code is unknown, used, or another client’s' })
    case 'expired':
      throw new OAuthError('deviceCodeExpired', { reason: 'the device code was good for 15 minutes' })
    case 'pending':
      throw new OAuthError('authorizationPending', { reason: 'nobody has finished to sign in with the user code' })
    case 'tooFast':
      throw new OAuthError('slowDown', { reason: `asked again before ${state.interval} seconds were over` })
    case 'denied':
      throw new OAuthError('accessDenied', { reason: state.reason })
    case 'granted': {
      const { grant } = state
      const api = apiOf(grant, parts)
      return tokenAnswer({ client, api, grant }, { decision: 'deviceCodeRedeemed', refreshable: true }, parts)
    }
  }
}

/** MSAL sends `device_code`, older clients `code`. */
function deviceCodeOf(parameters: TokenParameters): string {
  return parameters.device_code ?? parameters.code ?? required(parameters, 'device_code')
}
