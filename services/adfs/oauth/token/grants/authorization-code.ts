import { verifierMatches } from '#shared/oauth/proof-key.ts'
import { isRegistered } from '../../authorize/reply-address.ts'
import type { CodeGrant } from '../../grant-store.ts'
import { OAuthError } from '../../oauth-error.ts'
import type { OAuthParts } from '../../oauth-parts.ts'
import { apiOf } from '../granted-api.ts'
import { tokenAnswer } from '../token-answer.ts'
import { required } from '../token-parameters.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'

/** grant_type=authorization_code ([MS-OAPX] §3.2.5.2.1.1); a code works once, for ten minutes, for whoever asked for it. */
export async function authorizationCodeGrant(request: TokenRequest, parts: OAuthParts): Promise<GrantOutcome> {
  const { client, parameters } = request
  const code = required(parameters, 'code')
  checkRedirect(request)
  const grant = await parts.grants.takeCode(code)
  if (!grant) {
    throw new OAuthError('codeInvalid', {
      reason: 'the code is unknown, older than ten minutes, or was redeemed before',
    })
  }
  if (grant.clientId !== client.clientId) {
    throw new OAuthError('codeInvalid', {
      reason: `the code was issued to ${grant.clientId}, not to ${client.clientId}`,
    })
  }
  if (parameters.redirect_uri !== undefined && parameters.redirect_uri !== grant.redirectUri) {
    const reason = `the code was sent to "${grant.redirectUri}", not to "${parameters.redirect_uri}"`
    throw new OAuthError('codeInvalid', { reason })
  }
  checkProof(grant, parameters.code_verifier)
  const { redirectUri: _redirect, proofKey: _proof, nonce, ...granted } = grant
  const api = apiOf(granted, parts)
  return tokenAnswer({ client, api, grant: granted }, { decision: 'codeRedeemed', nonce, refreshable: true }, parts)
}

function checkRedirect({ client, parameters }: TokenRequest): void {
  const given = parameters.redirect_uri
  if (given === undefined && client.redirectUris.length === 1) return
  if (given === undefined) required(parameters, 'redirect_uri')
  else if (!client.redirectUris.some((registered) => isRegistered(client, registered, given))) {
    const reason = `redirect_uri "${given}" is none of [${client.redirectUris.join(', ')}]`
    throw new OAuthError('redirectUnknown', { reason })
  }
}

/** RFC 7636 §4.6; a verifier without a challenge would be a downgrade that nobody notices (RFC 9700 §2.1.1). */
function checkProof({ proofKey }: CodeGrant, verifier: string | undefined): void {
  if (!proofKey && verifier === undefined) return
  if (!proofKey)
    throw new OAuthError('verifierInvalid', { reason: 'code_verifier came, but there was no code_challenge' })
  if (verifier === undefined) throw new OAuthError('verifierInvalid', { reason: 'code_verifier is missing' })
  if (verifierMatches(proofKey, verifier)) return
  throw new OAuthError('verifierInvalid', {
    reason: `the ${proofKey.method} of code_verifier is not the code_challenge`,
  })
}
