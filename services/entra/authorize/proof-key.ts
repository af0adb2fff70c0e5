import { isProofKeyText, type ProofKey, verifierMatches } from '#shared/oauth/proof-key.ts'
import type { RedirectKind } from '../applications/application.ts'
import { EntraError } from '../errors.ts'

/** RFC 7636; unlike most servers Entra ID takes `plain` too, and asks for a key of single-page applications only. */
export function requestedProofKey(
  challenge: string | undefined,
  method: string | undefined,
  kind: RedirectKind,
): ProofKey | undefined {
  if (challenge === undefined) {
    if (kind !== 'spa') return undefined
    throw new EntraError('proofKeyRequired', {
      reason: 'the redirect URI is of type spa, and code_challenge is missing',
    })
  }
  if (!isProofKeyText(challenge)) {
    throw new EntraError('challengeMalformed', { reason: 'code_challenge must have 43 to 128 unreserved characters' })
  }
  if (method === undefined || method === 'plain') return { challenge, method: 'plain' }
  if (method === 'S256') return { challenge, method }
  throw new EntraError('challengeMethodUnknown', {
    reason: `code_challenge_method "${method}" is neither S256 nor plain`,
  })
}

/** @throws EntraError unless whoever redeems the code is who asked for it. */
export function checkVerifier(proofKey: ProofKey | undefined, verifier: string | undefined): void {
  if (!proofKey) {
    if (verifier === undefined) return
    throw new EntraError('wrongVerifier', {
      reason: 'a code_verifier came, but the authorization request had no code_challenge',
    })
  }
  if (verifier === undefined) {
    throw new EntraError('missingVerifier', {
      reason: 'the authorization request had a code_challenge, and code_verifier is missing',
    })
  }
  if (!verifierMatches(proofKey, verifier)) {
    throw new EntraError('wrongVerifier', {
      reason: `the ${proofKey.method} of code_verifier is not the code_challenge`,
    })
  }
}
