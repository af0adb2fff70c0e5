import type {} from '@fastify/reply-from'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Unreachable } from '#shared/http/client.ts'
import type { PublishedApplication } from '#shared/scenario/world.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { WapError } from '../errors.ts'
import { withoutAuthToken } from '../pre-authentication/sign-in-redirect.ts'
import { forwardedRequestHeaders, publishedResponseHeaders } from '../publishing/rewrite-headers.ts'

/** Passes a request on to its back end, bodies streamed both ways. */
export function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DeploymentContext,
  application: PublishedApplication,
) {
  const external = new URL(application.externalUrl)
  const backend = new URL(application.backendServerUrl)
  return passOn(reply, {
    target: `${backend.origin}${withoutAuthToken(request.url)}`,
    requestHeaders: forwardedRequestHeaders(request.headers, {
      requestId: request.id,
      service: context.name,
      host: backend.host,
    }),
    responseHeaders: (headers) => publishedResponseHeaders(headers, backend, external),
  })
}

export interface Passage {
  readonly target: string
  readonly requestHeaders: Record<string, string | string[] | undefined>
  readonly responseHeaders: (
    headers: Record<string, string | string[] | undefined>,
  ) => Record<string, string | string[] | undefined>
}

export function passOn(reply: FastifyReply, passage: Passage) {
  const { target, requestHeaders, responseHeaders } = passage
  return reply.from(target, {
    queryString: () => new URL(target).search.slice(1),
    rewriteRequestHeaders: () => requestHeaders as never,
    rewriteHeaders: (headers) => responseHeaders(headers as never) as never,
    onError: (failed, { error }) => void failed.send(backendError(target, error)),
  })
}

function backendError(target: string, error: Error & { code?: string; statusCode?: number }): WapError {
  const { host } = new URL(target)
  if (error.code === 'FST_REPLY_FROM_TIMEOUT' || error.statusCode === 504)
    return new WapError('backendTimeout', `${host} did not answer in time`)
  const cause = error instanceof Unreachable ? error.message : `${error.message}`
  return new WapError('backendUnreachable', `${host} cannot be reached: ${cause}`, { cause: error })
}
