import type { FastifyReply } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { CmdletError } from './cmdlet-error.ts'

const limit = 30_000
/** How long the product's window is, is not published. */
const windowMs = 300_000

interface Spent {
  readonly count: number
  readonly endsAt: number
}

/** How many requests an administrator or application may still make, said by every answer (`Rate-Limit-…`). */
export class RequestBudget {
  readonly #clock: Clock
  readonly #spent = new Map<string, Spent>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws CmdletError tooManyRequests (429 with `Retry-After`) for whoever has no more. */
  spend(name: string, reply: FastifyReply): void {
    const now = this.#clock.now().getTime()
    const before = this.#spent.get(name)
    const current = before && before.endsAt > now ? before : { count: 0, endsAt: now + windowMs }
    const count = Math.min(current.count + 1, limit + 1)
    this.#spent.set(name, { count, endsAt: current.endsAt })
    reply.headers({
      'rate-limit-limit': String(limit),
      'rate-limit-remaining': String(Math.max(limit - count, 0)),
      'rate-limit-reset': new Date(current.endsAt).toISOString(),
    })
    if (count <= limit) return
    const seconds = Math.ceil((current.endsAt - now) / 1000)
    reply.header('retry-after', String(seconds))
    throw new CmdletError('tooManyRequests', 'The server is busy. Please try again later.', {
      reason: `${name} made more than ${limit} requests within ${windowMs / 1000} seconds`,
    })
  }
}
