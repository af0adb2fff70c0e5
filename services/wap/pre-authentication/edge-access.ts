import type { Clock } from '#shared/clock.ts'

/** What the proxy remembers of a browser that AD FS vouched for. */
export interface EdgeAccess {
  readonly userPrincipalName: string
  readonly relyingPartyId: string
  /** Epoch seconds. */
  readonly expiresAt: number
  /** Epoch seconds of the last request, for UserIdleTimeoutSec. */
  readonly activeAt: number
}

const audience = 'EdgeAccessCookie'
const algorithms = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }

/** The value of EdgeAccessCookie: an encrypted JWT, so that the proxies of a farm need no shared sessions. */
export async function sealEdgeAccess(access: EdgeAccess, key: string, clock: Clock): Promise<string> {
  const { EncryptJWT } = await import('jose')
  const { userPrincipalName: upn, relyingPartyId: relyingpartytrustid, activeAt } = access
  return new EncryptJWT({ upn, relyingpartytrustid, active: activeAt })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setAudience(audience)
    .setIssuedAt(clock.seconds())
    .setExpirationTime(access.expiresAt)
    .encrypt(Buffer.from(key, 'base64'))
}

/** Undefined when it is forged, foreign or expired. */
export async function openEdgeAccess(value: string, key: string, clock: Clock): Promise<EdgeAccess | undefined> {
  const { jwtDecrypt } = await import('jose')
  try {
    const options = { ...algorithms, audience, currentDate: clock.now(), requiredClaims: ['exp', 'upn'] }
    const { payload } = await jwtDecrypt(value, Buffer.from(key, 'base64'), options)
    return {
      userPrincipalName: String(payload.upn),
      relyingPartyId: String(payload.relyingpartytrustid),
      expiresAt: payload.exp ?? 0,
      activeAt: Number(payload.active),
    }
  } catch {
    return undefined
  }
}

export type Activity = 'fresh' | 'ageing' | 'idle'

/** `ageing` is time to write down that the person is still there; 0 seconds is no limit. */
export function activityOf(access: EdgeAccess, idleTimeoutSec: number, now: number): Activity {
  if (idleTimeoutSec === 0) return 'fresh'
  const idle = now - access.activeAt
  if (idle > idleTimeoutSec) return 'idle'
  return idle > idleTimeoutSec / 10 ? 'ageing' : 'fresh'
}
