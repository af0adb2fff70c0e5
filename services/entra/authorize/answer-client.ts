import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendFormPost } from '#shared/html/form-post.ts'
import { errorDescription, errorTimestamp } from '../error-body.ts'
import { type EntraError, oauthErrorOf } from '../errors.ts'
import { type EndpointVersion, errorUrl } from '../urls.ts'
import type { ReplyAddress } from './authorize-request.ts'

/** Takes the answer to the client: in the query, in the fragment, or as a form that posts itself. */
export function answerClient(
  request: FastifyRequest,
  reply: FastifyReply,
  address: ReplyAddress,
  parameters: Readonly<Record<string, string | undefined>>,
): FastifyReply {
  const fields = present({ ...parameters, state: address.state })
  if (address.responseMode === 'form_post') {
    return sendFormPost(request, reply, { action: address.redirectUri, fields, title: 'Working...' })
  }
  const encoded = new URLSearchParams(fields).toString()
  return reply.redirect(withParameters(address.redirectUri, encoded, address.responseMode), 302)
}

export function answerError(
  request: FastifyRequest,
  reply: FastifyReply,
  address: ReplyAddress & { readonly version: EndpointVersion },
  error: EntraError,
  now: Date,
): FastifyReply {
  const { facts } = error
  const trace = { traceId: request.id, correlationId: request.correlationId, now }
  return answerClient(request, reply, address, {
    // A client is told in the words of the authorize endpoint, whose codes ask for interaction the v1 way.
    error: oauthErrorOf(facts, 1),
    error_description: errorDescription(error, trace),
    error_uri: errorUrl(facts.aadsts),
    ...(error.key === 'consentDeclined' && { error_subcode: 'cancel' }),
    ...(facts.suberror !== undefined && { suberror: facts.suberror }),
    ...(error.claims !== undefined && { claims: error.claims }),
    trace_id: request.id,
    correlation_id: request.correlationId,
    timestamp: errorTimestamp(now),
  })
}

function withParameters(uri: string, encoded: string, mode: 'query' | 'fragment'): string {
  if (mode === 'fragment') return `${uri.split('#')[0]}#${encoded}`
  return `${uri}${uri.includes('?') ? '&' : '?'}${encoded}`
}

function present(parameters: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
