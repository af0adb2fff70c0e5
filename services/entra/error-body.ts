import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { ProtocolError } from '#shared/errors.ts'
import { asEntraError, EntraError, oauthErrorOf } from './errors.ts'
import { errorUrl } from './urls.ts'

export interface ErrorTrace {
  readonly traceId: string
  readonly correlationId: string
  readonly now: Date
}

/** `2026-03-07 21:25:44Z` */
export function errorTimestamp(now: Date): string {
  return now
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}

export function errorDescription(error: EntraError, { traceId, correlationId, now }: ErrorTrace): string {
  return `${error.code}: ${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${errorTimestamp(now)}`
}

/** The writer of the JSON surfaces: token endpoint, discovery. v2 paths word Conditional Access as invalid_grant. */
export function oauthErrorWriter(clock: Clock) {
  return (thrown: ProtocolError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = asEntraError(thrown)
    const now = clock.now()
    const body = error instanceof EntraError ? refusalBody(error, request, now) : gapBody(error, request, now)
    return reply
      .code(error.status)
      .header('cache-control', 'no-store, no-cache')
      .header('pragma', 'no-cache')
      .send(body)
  }
}

function refusalBody(error: EntraError, request: FastifyRequest, now: Date) {
  const { facts } = error
  const version = request.url.toLowerCase().includes('/v2.0/') ? 2 : 1
  return {
    error: oauthErrorOf(facts, version),
    error_description: errorDescription(error, { traceId: request.id, correlationId: request.correlationId, now }),
    error_codes: [facts.aadsts],
    ...traceMembers(request, now),
    error_uri: errorUrl(facts.aadsts),
    ...(facts.suberror !== undefined && { suberror: facts.suberror }),
    ...(error.claims !== undefined && { claims: error.claims }),
  }
}

function gapBody(error: ProtocolError, request: FastifyRequest, now: Date) {
  return { error: 'not_implemented', error_description: error.message, error_codes: [], ...traceMembers(request, now) }
}

function traceMembers(request: FastifyRequest, now: Date) {
  return { timestamp: errorTimestamp(now), trace_id: request.id, correlation_id: request.correlationId }
}
