import { AsyncLocalStorage } from 'node:async_hooks'
import replyFrom from '@fastify/reply-from'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Dispatcher } from 'undici'
import { type HttpClient, isRepeatable } from '#shared/http/client.ts'
import { WapError } from '../errors.ts'
import { type BoundConnections, needsOwnConnection, refuseSharedConnection } from './bound-connections.ts'
import type { IdleTransactions } from './idle-transactions.ts'

export type Headers = Record<string, string | string[] | undefined>

/** One request on its way to a peer inside. */
export interface Passage {
  /** Origin, path and query, as they are written. */
  readonly target: string
  readonly client: HttpClient
  readonly requestHeaders: (received: Headers) => Headers
  readonly responseHeaders: (answered: Headers) => Headers
  readonly inactiveSeconds: number
}

/** Passes requests on, bodies streamed both ways, and gives the inner one up when the outer one ends. */
export type Transport = (reply: FastifyReply, passage: Passage) => Promise<FastifyReply>

interface Flight {
  readonly agent: Dispatcher
  readonly signal: AbortSignal
  /** As it happened; the library makes another one of it. */
  error?: Error
}

export async function addTransport(
  scope: FastifyInstance,
  idle: IdleTransactions,
  bound: BoundConnections,
): Promise<Transport> {
  const flights = new AsyncLocalStorage<Flight>()
  const dispatcher = { request: dispatcherOf(flights) }
  await scope.register(replyFrom, { undici: dispatcher as never, disableRequestLogging: true, disableCache: true })
  return async (reply, passage) => {
    if (needsOwnConnection(reply.request)) return refuseSharedConnection(reply.request, reply)
    const agent = await bound.agentFor(reply.request, passage.client)
    const giveUp = new AbortController()
    const over = idle.watch(reply.request.raw.socket, passage.inactiveSeconds * 1000, () => {
      giveUp.abort(new WapError('backendTimeout', `nothing moved for ${passage.inactiveSeconds} s`))
    })
    reply.raw.once('close', () => {
      over()
      giveUp.abort()
    })
    const flight: Flight = { agent, signal: giveUp.signal }
    return flights.run(flight, () => passOn(reply, passage, flight))
  }
}

/** No time limits of the library's own: a phone's Ping is held for an hour, and the stack's clock says how long that is. */
function dispatcherOf(flights: AsyncLocalStorage<Flight>) {
  return (
    options: Dispatcher.RequestOptions,
    callback: (error: Error | null, data: Dispatcher.ResponseData) => void,
  ) => {
    const flight = flights.getStore() as Flight
    const { agent, signal } = flight
    agent.request({ ...options, signal, headersTimeout: 0, bodyTimeout: 0 }, (error, data) => {
      if (error) flight.error = error
      callback(error, data)
    })
  }
}

function passOn(reply: FastifyReply, passage: Passage, flight: Flight): FastifyReply {
  const { target } = passage
  const mark = target.indexOf('?')
  const query = mark === -1 ? '' : target.slice(mark + 1)
  return reply.from(mark === -1 ? target : target.slice(0, mark), {
    queryString: () => query,
    // Whether to ask again is for the client to say, except where a read met a server that answers nothing any more.
    retryDelay: ({ req, attempt }) => (attempt === 0 && isRepeatable(req.method, flight.error) ? 1 : null),
    rewriteRequestHeaders: (_request, headers) => passage.requestHeaders(headers as Headers) as never,
    rewriteHeaders: (headers) => withoutHopByHop(passage.responseHeaders(headers as Headers)) as never,
    onError: (failed, { error }) => void failed.send(peerError(target, flight.error ?? error, flight.signal)),
  })
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
])

/** RFC 9110 §7.6.1: what concerns one connection alone is not passed on. */
export function withoutHopByHop(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)))
}

const brokenCodes = /^(HPE_|CERT_|UNABLE_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS|ERR_SSL|UND_ERR_SOCKET|UND_ERR_RES|ECONNRESET)/

/** What a client is told of a peer that gave no usable answer. */
export function peerError(target: string, error: Error, signal?: AbortSignal): WapError {
  if (signal?.aborted) {
    return signal.reason instanceof WapError ? signal.reason : new WapError('clientGone', 'the client hung up')
  }
  const { host } = new URL(target)
  const causes = causesOf(error)
  const text = causes.map(({ code, message }) => `${code ?? ''} ${message}`.trim()).join('; ')
  const broken = causes.some(({ name, code = '' }) => name === 'HTTPParserError' || brokenCodes.test(code))
  if (broken) return new WapError('backendBroken', `${host} gave no usable answer: ${text}`, { cause: error })
  return new WapError('backendUnreachable', `${host} cannot be reached: ${text}`, { cause: error })
}

function causesOf(error: unknown, depth = 0): readonly (Error & { readonly code?: string })[] {
  if (!(error instanceof Error) || depth > 4) return []
  return [error, ...causesOf(error.cause, depth + 1)]
}
