import { createHash } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { RequestedAccess } from '../authorize/requested-access.ts'
import type { RequestedClaims } from '../authorize/requested-claims.ts'
import type { Grant } from '../token/grant-store.ts'
import type { EndpointVersion } from '../urls.ts'

/*
 * RFC 8628: a device that cannot show pages gets two codes, the long one to poll with and the short one that somebody
 * types elsewhere. Owns the codes and what became of them; the sign-in and the tokens are those of every other flow.
 * POST /{tenant}/oauth2[/v2.0]/devicecode, GET|POST /common/oauth2/deviceauth, POST /appverify.
 */

/** What a device asked for. */
export interface DeviceRequest {
  readonly clientId: string
  readonly version: EndpointVersion
  /** The tenant's place in the path, as the device named it. */
  readonly tenant: string
  readonly access: RequestedAccess
  readonly claims?: RequestedClaims | undefined
}

export interface IssuedDeviceCode {
  readonly deviceCode: string
  readonly userCode: string
}

/** A request that somebody may still answer; `id` names it without opening anything. */
export interface PendingDeviceCode extends DeviceRequest {
  readonly id: string
}

export type UserCodeLookup =
  | { readonly state: 'unknown' | 'expired' | 'answered' }
  | { readonly state: 'pending'; readonly pending: PendingDeviceCode }

export type DeviceCodeLookup =
  | { readonly state: 'unknown' }
  | { readonly state: 'pending' | 'expired' | 'declined' | 'redeemed'; readonly request: DeviceRequest }
  | {
      readonly state: 'approved'
      readonly request: DeviceRequest
      readonly grant: Grant
      /** Epoch milliseconds of the approval. */
      readonly approvedAt: number
      /** False for all but the first of several redemptions. */
      readonly redeem: () => Promise<boolean>
    }

export interface DeviceCodes {
  begin(request: DeviceRequest): Promise<IssuedDeviceCode>
  findUserCode(userCode: string): Promise<UserCodeLookup>
  /** False when it is over by now. */
  approve(id: string, grant: Grant): Promise<boolean>
  decline(id: string): Promise<void>
  findDeviceCode(deviceCode: string): Promise<DeviceCodeLookup>
}

/** Seconds ("OAuth 2.0 device authorization grant": expires_in, interval). */
export const deviceCodeLifetime = 900
export const pollingInterval = 5

/** How long one that is over is told apart from one that never was. */
const remembered = 24 * 60 * 60 * 1000
const deviceKind = 'deviceCode'
const userKind = 'userCode'

interface StoredDeviceCode {
  readonly request: DeviceRequest
  readonly expiresAt: number
  readonly outcome?: 'declined' | 'redeemed' | { readonly grant: Grant; readonly approvedAt: number }
}

export function deviceCodes(parts: {
  expiring: ExpiringStore
  singleUse: SingleUseStore
  clock: Clock
  random: Random
}): DeviceCodes {
  const { expiring, singleUse, clock, random } = parts
  const find = (id: string) => expiring.get<StoredDeviceCode>(deviceKind, id, clock.now())
  const settle = async (id: string, outcome: NonNullable<StoredDeviceCode['outcome']>) => {
    const found = await find(id)
    if (!found || stateOf(found, clock) !== 'pending') return false
    return expiring.update(deviceKind, id, { value: { ...found, outcome } }, clock.now())
  }
  return {
    async begin(request) {
      const deviceCode = `1.A${random.token(96)}`
      const userCode = newUserCode(random)
      const expiresAt = clock.now().getTime() + deviceCodeLifetime * 1000
      const forgetAt = new Date(expiresAt + remembered)
      const id = digest(deviceCode)
      const value: StoredDeviceCode = { request, expiresAt }
      await expiring.put(deviceKind, id, { value, expiresAt: forgetAt })
      await expiring.put(userKind, digest(userCode), { value: id, expiresAt: forgetAt })
      return { deviceCode, userCode }
    },
    async findUserCode(userCode) {
      const id = await expiring.get<string>(userKind, digest(plain(userCode)), clock.now())
      const found = id === undefined ? undefined : await find(id)
      if (!found || id === undefined) return { state: 'unknown' }
      const state = stateOf(found, clock)
      if (state === 'pending') return { state, pending: { ...found.request, id } }
      return { state: state === 'expired' ? 'expired' : 'answered' }
    },
    approve: (id, grant) => settle(id, { grant, approvedAt: clock.now().getTime() }),
    decline: async (id) => {
      await settle(id, 'declined')
    },
    async findDeviceCode(deviceCode) {
      const id = digest(deviceCode)
      const found = await find(id)
      if (!found) return { state: 'unknown' }
      const { request, outcome, expiresAt } = found
      if (stateOf(found, clock) !== 'approved' || typeof outcome !== 'object') {
        return { state: stateOf(found, clock) as 'pending' | 'expired' | 'declined' | 'redeemed', request }
      }
      const redeem = async () => {
        if (!(await singleUse.claim(deviceKind, id, new Date(expiresAt + remembered)))) return false
        await expiring.update(deviceKind, id, { value: { ...found, outcome: 'redeemed' } }, clock.now())
        return true
      }
      return { state: 'approved', request, ...outcome, redeem }
    },
  }
}

function stateOf({ outcome, expiresAt }: StoredDeviceCode, clock: Clock) {
  if (typeof outcome === 'string') return outcome
  if (expiresAt <= clock.now().getTime()) return 'expired'
  return outcome ? 'approved' : 'pending'
}

/** Nine characters, none of which is taken for another. */
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

function newUserCode(random: Random): string {
  return Array.from({ length: 9 }, () => letters[random.integer(0, letters.length)]).join('')
}

/** As people type it: spaces, hyphens and small letters. */
function plain(userCode: string): string {
  return userCode.replace(/[\s-]/g, '').toUpperCase()
}

function digest(code: string): string {
  return createHash('sha256').update(code).digest('base64url')
}
