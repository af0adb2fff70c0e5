import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'

/** What the certificate host has found out, for the host where the session lives. */
interface Ticket {
  readonly sid: string
  /** Names the request that is to go on. */
  readonly request: string
}

export interface CertificateTickets {
  /** Sets the cookie that both hosts see, for this very request and a minute. */
  give(request: FastifyRequest, reply: FastifyReply, sid: string): Promise<void>
  /** The SID, once; undefined when there is no ticket for this request. */
  take(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined>
}

interface TicketParts {
  readonly singleUse: SingleUseStore
  readonly clock: Clock
  readonly random: Random
  /** The federation service's name, of which the certificate host is a subdomain. */
  readonly domain: string
}

const kind = 'certificate-ticket'
const name = 'MSISCertificate'
const seconds = 60

export function certificateTickets({ singleUse, clock, random, domain }: TicketParts): CertificateTickets {
  const attributes = { domain, path: '/adfs', secure: true, httpOnly: true, sameSite: 'none' } as const
  return {
    async give(request, reply, sid) {
      const value = random.token()
      const ticket: Ticket = { sid, request: digest(request.url) }
      await singleUse.put(kind, digest(value), ticket, new Date(clock.now().getTime() + seconds * 1000))
      reply.setCookie(name, value, { ...attributes, maxAge: seconds })
    },
    async take(request, reply) {
      const value = request.cookies[name]
      if (value === undefined) return undefined
      reply.clearCookie(name, attributes)
      const ticket = await singleUse.take<Ticket>(kind, digest(value), clock.now())
      return ticket?.request === digest(request.url) ? ticket.sid : undefined
    },
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
