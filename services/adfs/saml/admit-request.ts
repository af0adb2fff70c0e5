import type { Clock } from '#shared/clock.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import { occasionalSweep } from '#shared/store/occasional-sweep.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import { AdfsError } from '../errors.ts'

/** SamlMessageDeliveryWindow, and how long a sign-in may take after the request has arrived in time. */
const deliveryWindowMinutes = 5
const conversationMinutes = 60

/** What names a request. */
export interface DatedRequest {
  readonly id: string
  readonly issuer: string
  readonly issueInstant: Date
}

export interface SamlRequestLog {
  /** Throws for a request that arrives too old, unless it came in time before and was kept. */
  admit(request: DatedRequest): Promise<void>
  /** It came in time, and may go on while the user signs in. */
  keep(request: DatedRequest): Promise<void>
  /** Throws when the request has been answered before. */
  answer(request: DatedRequest): Promise<void>
}

export function samlRequestLog(entries: ExpiringStore, singleUse: SingleUseStore, clock: Clock): SamlRequestLog {
  const kind = 'saml arrival'
  const sweep = occasionalSweep(singleUse)
  const later = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000)
  return {
    async admit(request) {
      const age = Math.abs(clock.now().getTime() - request.issueInstant.getTime()) / 60_000
      if (age <= deliveryWindowMinutes || (await entries.get(kind, keyOf(request), clock.now()))) return
      const reason = `IssueInstant ${request.issueInstant.toISOString()} is ${Math.round(age)} minutes away`
      throw new AdfsError('invalidSamlMessage', { reason })
    },
    async keep(request) {
      await entries.put(kind, keyOf(request), { value: true, expiresAt: later(conversationMinutes) })
    },
    async answer(request) {
      await sweep(clock.now())
      const first = await singleUse.claim(kind, keyOf(request), later(conversationMinutes + deliveryWindowMinutes))
      if (!first) throw new AdfsError('invalidSamlMessage', { reason: `the request ${request.id} was answered before` })
    },
  }
}

function keyOf({ issuer, id }: DatedRequest): string {
  return `${issuer}\n${id}`
}
