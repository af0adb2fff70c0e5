import type { Http2ServerRequest } from 'node:http2'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Dispatcher } from 'undici'
import type { HttpClient } from '#shared/http/client.ts'

/**
 * NTLM and Negotiate say whose a connection is ([MS-NTHT] §1.3, RFC 4559 §6): what comes over a client's connection from
 * then on goes to the back end over one that nobody else uses, and that ends with the client's.
 */
export class BoundConnections implements AsyncDisposable {
  readonly #bound = new Map<Socket, Map<HttpClient, HttpClient>>()

  agentFor({ raw }: Pick<FastifyRequest, 'raw'>, client: HttpClient): Promise<Dispatcher> {
    const { socket, headers } = raw
    const own = this.#bound.get(socket) ?? (bindsConnection(headers.authorization) ? this.#bind(socket) : undefined)
    if (!own) return client.agent()
    const mine = own.get(client) ?? client.variant({ connections: 1 })
    own.set(client, mine)
    return mine.agent()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#bound.keys()].map((socket) => this.#release(socket)))
  }

  #bind(socket: Socket): Map<HttpClient, HttpClient> {
    const own = new Map<HttpClient, HttpClient>()
    this.#bound.set(socket, own)
    socket.once('close', () => void this.#release(socket))
    return own
  }

  async #release(socket: Socket): Promise<void> {
    const own = [...(this.#bound.get(socket)?.values() ?? [])]
    this.#bound.delete(socket)
    await Promise.all(own.map((client) => client[Symbol.asyncDispose]()))
  }
}

function bindsConnection(authorization: string | undefined): boolean {
  return /^(?:NTLM|Negotiate)\b/i.test(authorization ?? '')
}

/** Windows authentication has no place on a connection that many requests share (HTTP_1_1_REQUIRED, RFC 9113 §9.2.1). */
export function needsOwnConnection({ raw }: FastifyRequest): boolean {
  return raw.httpVersionMajor > 1 && bindsConnection(raw.headers.authorization)
}

const http11Required = 0xd

/** Tells an HTTP/2 client to ask again over HTTP/1.1, as HTTP.sys does. */
export function refuseSharedConnection(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const reason = 'NTLM and Negotiate need HTTP/1.1: the client is told to come again'
  request.recording.note({ decision: 'http11Required', reason })
  reply.hijack()
  reply.raw.statusCode = 421
  reply.recordNow()
  const { stream } = request.raw as unknown as Http2ServerRequest
  stream.close(http11Required)
  return reply
}
