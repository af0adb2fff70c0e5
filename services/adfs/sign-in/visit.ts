import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CallOrigin } from '../directory/directory-client.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { Parameters } from './parameters.ts'
import type { SelfUrl } from './self-url.ts'

/** One request to the passive end point, read. */
export interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly query: Parameters
  readonly form: Parameters
  readonly facts: RequestFacts
  readonly self: SelfUrl
}

export function originOf({ request }: Visit): CallOrigin {
  return { parent: request.id, correlationId: request.correlationId }
}
