import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpClient } from '#shared/http/client.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Application } from '../configuration/configuration.ts'
import { withoutAuthToken } from '../pre-authentication/sign-in-redirect.ts'
import { forwardedRequestHeaders, publishedResponseHeaders } from '../publishing/rewrite-headers.ts'
import type { Headers, Passage, Transport } from './transport.ts'
import { isUpgrade, passUpgrade } from './upgrade.ts'

export interface ForwardParts {
  readonly context: DeploymentContext
  readonly transport: Transport
  /** For back ends whose certificate nobody checks. */
  readonly unverified: HttpClient
}

/** What pre-authentication changes of a request and of its answer. */
export interface Changes {
  readonly request?: Headers
  readonly response?: (headers: Headers) => Headers
}

const unchanged = (headers: Headers) => headers

/** Passes a request on to the back end of its application. */
export async function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  { context, transport, unverified }: ForwardParts,
  application: Application,
  { request: changed = {}, response: change = unchanged }: Changes = {},
): Promise<FastifyReply> {
  const external = new URL(application.externalUrl)
  const backend = new URL(application.backendServerUrl)
  const host = application.disableTranslateUrlInRequestHeaders ? external.host : backend.host
  const hop = { requestId: request.id, service: context.name, host }
  const passage: Passage = {
    target: `${backend.origin}${withoutAuthToken(request.url)}`,
    client: application.backendServerCertificateValidation === 'None' ? unverified : context.http,
    requestHeaders: (received) => forwardedRequestHeaders({ ...received, ...changed }, hop),
    responseHeaders: (headers) =>
      change(
        application.disableTranslateUrlInResponseHeaders
          ? headers
          : publishedResponseHeaders(headers, backend, external),
      ),
    inactiveSeconds: application.inactiveTransactionsTimeoutSec,
  }
  return isUpgrade(request) ? passUpgrade(request, reply, passage) : transport(reply, passage)
}
