import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { AdfsUrls } from '../urls.ts'
import { formParameters, readParameters } from './parameters.ts'
import { selfUrl } from './self-url.ts'
import type { Visit } from './visit.ts'

export interface VisitParts {
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
  readonly conversation: { readonly config: { readonly urls: AdfsUrls } }
}

/** Reads a request of a browser; `path` is where its forms and redirects lead back to. */
export async function visitAt(
  request: FastifyRequest,
  reply: FastifyReply,
  { readFacts, conversation }: VisitParts,
  path?: string,
): Promise<Visit> {
  const mark = request.url.indexOf('?')
  return {
    request,
    reply,
    query: readParameters(mark === -1 ? '' : request.url.slice(mark + 1)),
    form: formParameters(request.body),
    facts: await readFacts(request),
    self: selfUrl(request.url, request.correlationId, conversation.config.urls, {
      ...(path !== undefined && { path }),
    }),
  }
}
