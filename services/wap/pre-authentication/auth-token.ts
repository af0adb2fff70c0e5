import type { X509Certificate } from 'node:crypto'
import type { JWTPayload } from 'jose'

/** What AD FS says of a person it pre-authenticated ([MS-ADFSPIP] §3.12.5.1.1). */
export interface AuthToken {
  readonly userPrincipalName: string
  readonly relyingPartyId: string
  readonly expiresAt: number
}

export type AuthTokenCheck =
  | { readonly outcome: 'accepted'; readonly token: AuthToken }
  | { readonly outcome: 'malformed' | 'refused' | 'unknownCertificate'; readonly reason: string }

export interface AuthTokenExpectation {
  readonly certificates: readonly X509Certificate[]
  readonly audience: string
  readonly relyingPartyId: string
  readonly now: Date
  /** ADFSTokenAcceptanceDurationSec of Get-WebApplicationProxyConfiguration; the token's own `exp` when left out. */
  readonly acceptanceSeconds?: number
}

const clockToleranceSeconds = 30

/** Verifies signature, audience, times and relying party of the `authToken` parameter. */
export async function checkAuthToken(token: string, expected: AuthTokenExpectation): Promise<AuthTokenCheck> {
  const { decodeProtectedHeader, errors, jwtVerify } = await import('jose')
  const header = tryTo(() => decodeProtectedHeader(token))
  if (!header) return { outcome: 'malformed', reason: 'the authToken is not a JWT' }
  const certificate = expected.certificates.find((each) => x5tOf(each) === header.x5t)
  if (!certificate)
    return { outcome: 'unknownCertificate', reason: `no token-signing certificate of AD FS has x5t ${header.x5t}` }
  try {
    const { payload } = await jwtVerify(token, certificate.publicKey, {
      algorithms: ['RS256'],
      audience: expected.audience,
      currentDate: expected.now,
      clockTolerance: clockToleranceSeconds,
      ...(expected.acceptanceSeconds !== undefined && { maxTokenAge: expected.acceptanceSeconds }),
      requiredClaims: ['exp', 'iat', 'relyingpartytrustid'],
    })
    return checkClaims(payload, expected)
  } catch (error) {
    if (error instanceof errors.JOSEError) return { outcome: 'refused', reason: error.message }
    throw error
  }
}

function checkClaims(payload: JWTPayload, expected: AuthTokenExpectation): AuthTokenCheck {
  const relyingPartyId = String(payload.relyingpartytrustid)
  if (relyingPartyId.toLowerCase() !== expected.relyingPartyId.toLowerCase()) {
    return {
      outcome: 'refused',
      reason: `the token is for relying party ${relyingPartyId}, the application's is ${expected.relyingPartyId}`,
    }
  }
  const userPrincipalName = typeof payload.upn === 'string' ? payload.upn : ''
  return { outcome: 'accepted', token: { userPrincipalName, relyingPartyId, expiresAt: payload.exp ?? 0 } }
}

function x5tOf(certificate: X509Certificate): string {
  return Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64url')
}

function tryTo<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
