import { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** Whether a request came over a connection without TLS, where the deployment takes such at all. */
export function isPlainHttp({ raw }: FastifyRequest): boolean {
  return raw.socket instanceof Socket && !('encrypted' in raw.socket)
}
