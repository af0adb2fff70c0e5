import type { FastifyReply } from 'fastify'
import type { Application, RedirectKind } from '../applications/application.ts'
import { EntraError } from '../errors.ts'

/** "Redirect URI: spa": such a code or token is for scripts of that origin, and for nobody else. */
export function checkCrossOrigin(kind: RedirectKind, origin: string | undefined): void {
  if (kind === 'spa' && origin === undefined) {
    throw new EntraError('sameOriginRedemption', {
      reason: 'the redirect URI is of type spa, and the request has no Origin',
    })
  }
  if (kind !== 'spa' && origin !== undefined) {
    throw new EntraError('crossOriginRedemption', {
      values: { origin },
      reason: `the redirect URI is of type ${kind}, and the request came from ${origin}`,
    })
  }
}

/** Lets scripts of a single-page application read the answer, errors included. */
export function allowOrigin(reply: FastifyReply, client: Application | undefined, origin: string | undefined): void {
  if (origin === undefined || !client) return
  const allowed = client.redirectUris.spa.some((uri) => URL.canParse(uri) && new URL(uri).origin === origin)
  if (!allowed) return
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-expose-headers', 'x-ms-request-id, x-ms-httpver')
  reply.header('vary', 'Origin')
}
