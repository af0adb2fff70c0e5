import { hkdfSync, type KeyObject } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { AuthToken } from './auth-token.ts'

/** Seals and opens the value of EdgeAccessCookie: an encrypted JWT, so that replicas need no shared store. */
export interface EdgeAccess {
  seal(token: AuthToken): Promise<string>
  /** Undefined when it is forged, foreign or expired. */
  open(value: string): Promise<AuthToken | undefined>
}

const audience = 'EdgeAccessCookie'

export function createEdgeAccess(machineKey: KeyObject, clock: Clock): EdgeAccess {
  const material = machineKey.export({ format: 'der', type: 'pkcs8' })
  const key = Buffer.from(hkdfSync('sha256', material, '', 'fauxchange EdgeAccessCookie', 32))
  return {
    seal: async (token) => {
      const { EncryptJWT } = await import('jose')
      return new EncryptJWT({ upn: token.userPrincipalName, relyingpartytrustid: token.relyingPartyId })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(audience)
        .setIssuedAt(clock.seconds())
        .setExpirationTime(token.expiresAt)
        .encrypt(key)
    },
    open: async (value) => {
      const { jwtDecrypt } = await import('jose')
      try {
        const options = {
          audience,
          currentDate: clock.now(),
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        }
        const { payload } = await jwtDecrypt(value, key, options)
        return {
          userPrincipalName: String(payload.upn),
          relyingPartyId: String(payload.relyingpartytrustid),
          expiresAt: payload.exp ?? 0,
        }
      } catch {
        return undefined
      }
    },
  }
}
