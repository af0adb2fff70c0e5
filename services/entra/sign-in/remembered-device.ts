import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'

/** What a browser was told not to ask again for. */
export interface RememberedMultifactor {
  readonly at: number
  readonly combination: string
}

/** "Don't ask again for N days": one cookie a browser, one memory for each person who chose it. */
export interface RememberedDevices {
  recall(request: FastifyRequest, objectId: string): Promise<RememberedMultifactor | undefined>
  remember(
    exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
    objectId: string,
    memory: RememberedMultifactor,
  ): Promise<void>
  /** "Revoke multifactor authentication sessions": on all of the person's browsers. */
  forget(objectId: string): Promise<void>
}

const kind = 'rememberedDevice'
const cookie = 'ESTSMFAREMEMBERED'

export function rememberedDevices(parts: {
  readonly expiring: ExpiringStore
  readonly clock: Clock
  readonly random: Random
  readonly days: number
}): RememberedDevices {
  const { expiring, clock, random, days } = parts
  const maxAge = days * 24 * 60 * 60
  return {
    async recall(request, objectId) {
      const token = tokenOf(request)
      if (days === 0 || token === undefined) return undefined
      return expiring.get<RememberedMultifactor>(kind, storedId(token, objectId), clock.now())
    },
    async remember({ request, reply }, objectId, memory) {
      if (days === 0) return
      const token = tokenOf(request) ?? random.token(48)
      const expiresAt = new Date(clock.now().getTime() + maxAge * 1000)
      await expiring.put(kind, storedId(token, objectId), { value: memory, owner: objectId, expiresAt })
      reply.setCookie(cookie, token, { path: '/', secure: true, httpOnly: true, sameSite: 'none', maxAge })
    },
    async forget(objectId) {
      await expiring.deleteByOwner(kind, objectId)
    },
  }
}

function tokenOf(request: FastifyRequest): string | undefined {
  const token = request.cookies[cookie]
  return token !== undefined && /^[\w-]{64}$/.test(token) ? token : undefined
}

/** The store never holds what would stand for a second factor. */
function storedId(token: string, objectId: string): string {
  return hash('sha256', `${token}\n${objectId}`, 'base64url')
}
