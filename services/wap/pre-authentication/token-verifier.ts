import type { Clock } from '#shared/clock.ts'
import type { FederationService } from '../federation-service.ts'
import { type AuthTokenCheck, checkAuthToken } from './auth-token.ts'

export interface ExpectedToken {
  readonly relyingPartyId: string
  /** Seconds since it was issued; its own `exp` alone when left out. */
  readonly acceptanceSeconds?: number
}

/** Checks a token of AD FS with the certificates it publishes, asked for once more when the token names another. */
export async function verifyToken(
  federation: FederationService,
  clock: Clock,
  token: string,
  wanted: ExpectedToken,
): Promise<AuthTokenCheck> {
  const { global } = await federation.configuration()
  const expected = { ...wanted, audience: global.realm, now: clock.now() }
  const first = await checkAuthToken(token, { ...expected, certificates: await federation.signingCertificates() })
  if (first.outcome !== 'unknownCertificate') return first
  return checkAuthToken(token, { ...expected, certificates: await federation.signingCertificates(true) })
}
