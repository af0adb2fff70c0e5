import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Dispatcher } from 'undici'
import { type Headers, type Passage, peerError, withoutHopByHop } from './transport.ts'

const upgrades = new WeakMap<IncomingMessage, { readonly socket: Socket; readonly head: Buffer }>()

/** Requests to change the protocol (RFC 9110 §7.8) take the same way as others: matched, pre-authenticated, recorded. */
export function acceptUpgrades(app: FastifyInstance): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    upgrades.set(request, { socket, head })
    socket.on('error', () => socket.destroy())
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    response.once('finish', () => socket.destroySoon())
    app.routing(request, response)
  })
}

export function isUpgrade(request: FastifyRequest): boolean {
  return upgrades.has(request.raw)
}

/** Joins the client to whatever the back end turned its connection into; a refusal comes back as it is. */
export async function passUpgrade(
  request: FastifyRequest,
  reply: FastifyReply,
  passage: Passage,
): Promise<FastifyReply> {
  const { socket: client, head } = upgrades.get(request.raw) as { socket: Socket; head: Buffer }
  const { origin, pathname, search } = new URL(passage.target)
  const agent = await passage.client.agent()
  const answer = await new Promise<Switched | Refused>((resolve, reject) => {
    const options = {
      ...{ origin, path: pathname + search, method: 'GET' as const, headersTimeout: 0, bodyTimeout: 0 },
      headers: passage.requestHeaders(request.headers as Headers) as Record<string, string>,
      upgrade: String(request.headers.upgrade),
    }
    agent.dispatch(options, handlerOf(resolve, reject))
  }).catch((error: Error) => {
    throw peerError(passage.target, error)
  })
  if (answer.kind === 'refused') {
    const headers = passage.responseHeaders(answer.headers)
    return reply.code(answer.status).headers(withoutHopByHop(headers)).send(answer.body)
  }
  reply.hijack()
  reply.raw.statusCode = 101
  reply.recordNow()
  reply.raw.detachSocket(client)
  client.write(switchingProtocols(passage.responseHeaders(answer.headers)))
  if (head.length > 0) answer.socket.write(head)
  join(client, answer.socket)
  return reply
}

interface Switched {
  readonly kind: 'switched'
  readonly headers: Headers
  readonly socket: Duplex
}

interface Refused {
  readonly kind: 'refused'
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

function handlerOf(resolve: (answer: Switched | Refused) => void, reject: (error: Error) => void) {
  let status = 0
  let headers: Headers = {}
  const chunks: Buffer[] = []
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: () => {},
    onRequestUpgrade: (_controller, _status, answered, socket) =>
      resolve({ kind: 'switched', headers: answered as Headers, socket }),
    onResponseStart: (_controller, statusCode, answered) => {
      status = statusCode
      headers = answered as Headers
    },
    onResponseData: (_controller, chunk) => void chunks.push(chunk),
    onResponseEnd: () => resolve({ kind: 'refused', status, headers, body: Buffer.concat(chunks) }),
    onResponseError: (_controller, error) => reject(error),
  }
  return handler
}

function switchingProtocols(headers: Headers): string {
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => `${name}: ${value}\r\n`),
  )
  return `HTTP/1.1 101 ${STATUS_CODES[101]}\r\n${lines.join('')}\r\n`
}

function join(one: Duplex, other: Duplex): void {
  one.pipe(other)
  other.pipe(one)
  for (const [end, far] of [
    [one, other],
    [other, one],
  ] as const) {
    end.on('error', () => far.destroy())
    end.once('close', () => far.destroy())
  }
}
