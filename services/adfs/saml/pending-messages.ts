import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'

/** A posted AuthnRequest that waits for the user to sign in; MSISSamlRequest refers to it. */
export interface PendingMessage {
  readonly id: string
  readonly xml: string
  readonly relayState: string | undefined
}

export interface PendingMessages {
  keep(message: Omit<PendingMessage, 'id'>, reply: FastifyReply): Promise<PendingMessage>
  find(request: FastifyRequest): Promise<PendingMessage | undefined>
}

export const pendingCookie = 'MSISSamlRequest'
const kind = 'saml request'
const minutes = 60
const attributes = { path: '/adfs', secure: true, httpOnly: true, sameSite: 'none' } as const

export function pendingMessages(entries: ExpiringStore, clock: Clock, random: Random): PendingMessages {
  return {
    async keep(message, reply) {
      const id = random.token()
      const expiresAt = new Date(clock.now().getTime() + minutes * 60_000)
      await entries.put(kind, id, { value: message, expiresAt })
      reply.setCookie(pendingCookie, id, attributes)
      return { ...message, id }
    },
    async find(request) {
      const id = request.cookies[pendingCookie]
      const message =
        id === undefined ? undefined : await entries.get<Omit<PendingMessage, 'id'>>(kind, id, clock.now())
      return message && id !== undefined ? { ...message, id } : undefined
    },
  }
}

export function forgetPending(reply: FastifyReply): void {
  reply.clearCookie(pendingCookie, attributes)
}
