import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'

/** What waits here while somebody signs in at a partner. */
export interface PartnerContext {
  /** The object identifier of the claims provider trust that was asked. */
  readonly provider: string
  /** Where the sign-in goes on: the request that asked for it. */
  readonly location: string
  /** Names that request. */
  readonly key: string
  /** The id of our AuthnRequest, for SAML. */
  readonly requestId: string
}

export interface PartnerContexts {
  /** Keeps it for this browser; gives the name that the partner repeats in `wctx` or RelayState. */
  keep(context: PartnerContext, reply: FastifyReply): Promise<string>
  /** Once, and only in the browser that it was kept for. */
  take(name: string, request: FastifyRequest, reply: FastifyReply): Promise<PartnerContext | undefined>
}

interface ContextParts {
  readonly singleUse: SingleUseStore
  readonly clock: Clock
  readonly random: Random
}

const kind = 'partner-context'
const minutes = 30
const attributes = { path: '/adfs', secure: true, httpOnly: true, sameSite: 'none' } as const

/** `MSISContext<guid>` proves the browser: without it a token of somebody else could be slipped in. */
export function partnerContexts({ singleUse, clock, random }: ContextParts): PartnerContexts {
  return {
    async keep(context, reply) {
      const name = random.uuid()
      const proof = random.token()
      await singleUse.sweep(clock.now())
      const expiresAt = new Date(clock.now().getTime() + minutes * 60_000)
      await singleUse.put(kind, keyOf(name, proof), context, expiresAt)
      reply.setCookie(cookieName(name), proof, attributes)
      return name
    },
    async take(name, request, reply) {
      const proof = /^[0-9a-f-]{36}$/i.test(name) ? request.cookies[cookieName(name)] : undefined
      if (proof === undefined) return undefined
      reply.clearCookie(cookieName(name), attributes)
      return singleUse.take<PartnerContext>(kind, keyOf(name, proof), clock.now())
    },
  }
}

function cookieName(name: string): string {
  return `MSISContext${name.replaceAll('-', '')}`
}

function keyOf(name: string, proof: string): string {
  return createHash('sha256').update(`${name}\n${proof}`).digest('base64url')
}
