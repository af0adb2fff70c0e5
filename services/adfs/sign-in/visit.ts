import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DeviceProof } from '../device-authentication/registered-device.ts'
import type { CallOrigin } from '../directory/directory-client.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { Parameters } from './parameters.ts'
import type { PrimaryProvider } from './primary-method.ts'
import type { SelfUrl } from './self-url.ts'

/** Somebody whom the connection proves: the request itself carries no password. */
export interface ProvedUser {
  readonly user: DirectoryUser
  readonly by: Exclude<PrimaryProvider, 'FormsAuthentication'>
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where the connection has to prove a user before anything is answered. */
    provedUser?: ProvedUser
  }
}

/** One request to the passive end point, read. */
export interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly query: Parameters
  readonly form: Parameters
  readonly facts: RequestFacts
  readonly self: SelfUrl
  /** Of this browser, once it was asked. */
  readonly deviceProof?: DeviceProof | undefined
}

export function originOf({ request }: Visit): CallOrigin {
  return { parent: request.id, correlationId: request.correlationId }
}
