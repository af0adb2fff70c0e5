import { createHash } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { OAuthGrant } from '../oauth-grant.ts'

/** What a device asked for; `scope` and `resource` as it wrote them. */
export interface DeviceRequest {
  readonly clientId: string
  readonly resource?: string | undefined
  readonly scope?: string | undefined
}

export type DevicePoll =
  | { readonly outcome: 'unknown' | 'expired' | 'pending' }
  | { readonly outcome: 'tooFast'; readonly interval: number }
  | { readonly outcome: 'denied'; readonly reason: string }
  | { readonly outcome: 'granted'; readonly grant: OAuthGrant }

/** Device codes and the user codes that belong to them (RFC 8628). */
export interface DeviceCodes {
  begin(request: DeviceRequest): Promise<{ readonly deviceCode: string; readonly userCode: string }>
  /** By the user code, in any case, with or without separators; undefined when there is none waiting. */
  waiting(userCode: string): Promise<DeviceRequest | undefined>
  grant(userCode: string, grant: OAuthGrant): Promise<boolean>
  deny(userCode: string, reason: string): Promise<boolean>
  poll(deviceCode: string, clientId: string): Promise<DevicePoll>
}

export const deviceCodeSeconds = 900
export const pollSeconds = 5
const remembered = 60 * 60 * 1000

/** No vowels and nothing that looks like something else (RFC 8628 §6.1). */
const letters = 'BCDFGHJKLMNPQRSTVWXZ23456789'
const userCodeLength = 9

interface Waiting extends DeviceRequest {
  readonly endsAt: number
  readonly polledAt?: number
  readonly denied?: string
  readonly granted?: OAuthGrant
}

interface DeviceCodeParts {
  readonly entries: ExpiringStore
  readonly singleUse: SingleUseStore
  readonly clock: Clock
  readonly random: Random
}

export function deviceCodes(parts: DeviceCodeParts): DeviceCodes {
  const { entries, clock, random } = parts
  return {
    async begin(request) {
      const deviceCode = random.token(64)
      const userCode = Array.from({ length: userCodeLength }, () => letters[random.integer(0, letters.length)]).join('')
      const endsAt = clock.now().getTime() + deviceCodeSeconds * 1000
      const value: Waiting = { ...request, endsAt }
      await entries.put('deviceCode', digest(deviceCode), { value, expiresAt: new Date(endsAt + remembered) })
      await entries.put('userCode', digest(userCode), { value: digest(deviceCode), expiresAt: new Date(endsAt) })
      return { deviceCode, userCode }
    },
    async waiting(userCode) {
      const found = await byUserCode(userCode, parts)
      return found && { clientId: found.value.clientId, resource: found.value.resource, scope: found.value.scope }
    },
    grant: (userCode, granted) => settle(userCode, { granted }, parts),
    deny: (userCode, denied) => settle(userCode, { denied }, parts),
    poll: (deviceCode, clientId) => poll(digest(deviceCode), clientId, parts),
  }
}

async function byUserCode(userCode: string, { entries, clock }: DeviceCodeParts) {
  const id = await entries.get<string>('userCode', digest(normal(userCode)), clock.now())
  const value = id === undefined ? undefined : await entries.get<Waiting>('deviceCode', id, clock.now())
  return id !== undefined && value ? { id, value } : undefined
}

/** A user code works once: it is gone as soon as it has led to an answer. */
async function settle(userCode: string, outcome: Partial<Waiting>, parts: DeviceCodeParts): Promise<boolean> {
  const found = await byUserCode(userCode, parts)
  if (!found || !(await parts.entries.delete('userCode', digest(normal(userCode))))) return false
  return parts.entries.update('deviceCode', found.id, { value: { ...found.value, ...outcome } }, parts.clock.now())
}

async function poll(id: string, clientId: string, parts: DeviceCodeParts): Promise<DevicePoll> {
  const { entries, singleUse, clock } = parts
  const now = clock.now()
  const value = await entries.get<Waiting>('deviceCode', id, now)
  if (!value || value.clientId !== clientId) return { outcome: 'unknown' }
  if (value.endsAt <= now.getTime()) return { outcome: 'expired' }
  if (value.denied !== undefined) return { outcome: 'denied', reason: value.denied }
  if (value.granted) {
    const first = await singleUse.claim('deviceCode', id, new Date(value.endsAt + remembered))
    return first ? { outcome: 'granted', grant: value.granted } : { outcome: 'unknown' }
  }
  await entries.update('deviceCode', id, { value: { ...value, polledAt: now.getTime() } }, now)
  const since = now.getTime() - (value.polledAt ?? Number.NEGATIVE_INFINITY)
  return since < pollSeconds * 1000 - networkJitter
    ? { outcome: 'tooFast', interval: pollSeconds }
    : { outcome: 'pending' }
}

/** Clients that wait exactly the interval are not to be told that they are too fast. */
const networkJitter = 1000

function normal(userCode: string): string {
  return userCode.toUpperCase().replace(/[^A-Z0-9]/g, '')
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
