import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ProtocolError } from '#shared/errors.ts'
import { StoreUnavailable } from '#shared/store/store-unavailable.ts'
import { AdfsError } from '../errors.ts'
import { OAuthError } from './oauth-error.ts'

/** The writer of the JSON surface: token, device code, userinfo. */
export function writeOAuthError(thrown: ProtocolError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error =
    thrown instanceof StoreUnavailable
      ? new OAuthError('temporarilyUnavailable', { reason: thrown.reason, cause: thrown })
      : thrown
  reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
  if (error instanceof OAuthError) {
    if (error.status === 401)
      reply.header('www-authenticate', `Bearer error="${error.error}", error_description="${error.message}"`)
    return reply.code(error.status).send({ error: error.error, error_description: error.message })
  }
  if (error instanceof AdfsError) {
    // What breaks behind the end point is the server's, and yet 400 ([MS-OAPX] §3.2.5.2).
    const failed = new OAuthError('serverError', { reason: error.reason, cause: error })
    request.log.warn({ err: error }, 'OAuth request failed')
    return reply.code(failed.status).send({ error: failed.error, error_description: failed.message })
  }
  return reply.code(error.status).send({ error: 'not_implemented', error_description: error.message })
}
