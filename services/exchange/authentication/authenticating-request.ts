import type { FastifyRequest } from 'fastify'

/** What of a request says who sends it; a session of SMTP has the same. */
export type AuthenticatingRequest = Pick<
  FastifyRequest,
  'headers' | 'hostname' | 'id' | 'correlationId' | 'caller' | 'recording'
> &
  Partial<Pick<FastifyRequest, 'raw'>>
