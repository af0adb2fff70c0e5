import { createHash } from 'node:crypto'
import type { Random } from '#shared/random.ts'
import { momentOf, ticksOf } from '../dot-net-ticks.ts'

/** The lifetime of Entra ID's id_token: no answer can be older. */
export const nonceLifetimeMs = 60 * 60_000
const tolerance = 60_000

/** The time in ticks, a dot, a GUID. */
export function createNonce(now: Date, random: Random): string {
  return `${ticksOf(now)}.${random.uuid()}`
}

/** The name carries the hash, so that several sign-ins can be under way in one browser. */
export function nonceCookieName(nonce: string): string {
  return `OpenIdConnect.nonce.v3.${createHash('sha256').update(nonce).digest('base64url')}`
}

export function isFreshNonce(nonce: string, now: Date): boolean {
  const ticks = /^(\d{18})\.[0-9a-f-]{36}$/.exec(nonce)?.[1]
  if (ticks === undefined) return false
  const age = now.getTime() - momentOf(BigInt(ticks)).getTime()
  return age >= -tolerance && age < nonceLifetimeMs
}
