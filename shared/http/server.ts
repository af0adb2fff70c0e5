import { createServer as createPlainServer, type Server, STATUS_CODES } from 'node:http'
import type { Http2SecureServer } from 'node:http2'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Clock } from '../clock.ts'
import { ProtocolError } from '../errors.ts'
import type { FaultTable } from '../faults.ts'
import type { Journal } from '../journal.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { StoreUnavailable, storeRetryAfterSeconds } from '../store/store-unavailable.ts'
import type { Caller, CallerRegistry } from './callers.ts'
import { addFaults } from './fault-hook.ts'
import { personIn } from './person-in.ts'
import { Recording, record } from './recording.ts'
import type { Whereabouts } from './whereabouts.ts'
import { withoutSchemas } from './without-schemas.ts'

declare module 'fastify' {
  interface FastifyRequest {
    readonly recording: Recording
    /** Its address is where the person stands, as soon as it is known whom the request is about (whereabouts.ts). */
    readonly caller: Caller
    /** As the connection says. */
    readonly connection: Caller
    /** `client-request-id` of query or header, or a new one. */
    readonly correlationId: string
  }
  interface FastifyInstance {
    /** Names more authorities, PEM, from which clients may show certificates; whoever reads those still has to judge. */
    offerClientIssuers(authorities: readonly string[]): void
  }
  interface FastifyReply {
    /** Writes the journal event of an answer that leaves without `send`. */
    recordNow(): void
  }
}

export interface ServerOptions {
  readonly deployment: string
  readonly tls?: { readonly keyPem: string; readonly certificatePem: string }
  readonly callers: CallerRegistry
  readonly journal: Journal
  readonly faults: FaultTable
  readonly whereabouts?: Whereabouts
  readonly log: Log
  readonly random: Random
  /** By which Retry-After of faults is measured. */
  readonly clock?: Pick<Clock, 'now'>
  readonly bodyLimit?: number
  /** The body for a path that cannot be decoded, and its type; a line of text where it is not given. */
  readonly unreadablePath?: (path: string) => { readonly type: string; readonly body: string } | undefined
  /** Offers HTTP/2 besides HTTP/1.1 in the TLS handshake; the module that makes such servers. */
  readonly http2?: typeof import('node:http2')
  /** Asks for a client certificate in the TLS handshake and judges none: whoever reads it has to. */
  readonly clientCertificates?: boolean
  /** A host name for which the handshake asks for certificates of that authority. */
  readonly certificateHost?: { readonly host: string; readonly authorityPem: string }
}

/** Every incoming surface is a scope of an application made here: TLS, cookies, forms, correlation, faults, journal. */
export function createApplication(options: ServerOptions): FastifyInstance {
  const app = Fastify({
    loggerInstance: options.log.child({ deployment: options.deployment }),
    logController: new LogController({ disableRequestLogging: true }),
    ...withoutSchemas,
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    genReqId: () => options.random.uuid(),
    routerOptions: {
      caseSensitive: false,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      maxParamLength: 500,
    },
    // Long polls are answered by handlers; only idle sockets are cut.
    requestTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: true,
    serverFactory: (handler) => rawServer(options, handler),
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket as Socket, options),
    frameworkErrors: (error, request, reply) => {
      const { method, url, hostname, socket } = request
      const path = url.split('?', 1)[0] ?? ''
      tellUnreadable(options, socket, { method, host: hostname, path, status: 400, reason: error.message })
      const answer = reply as unknown as FastifyReply
      const { type, body } = options.unreadablePath?.(path) ?? plainBadRequest
      return answer.code(400).type(type).send(body)
    },
  }) as unknown as FastifyInstance
  app.register(cookie)
  app.register(formbody)
  app.decorate('offerClientIssuers', (authorities) => offerClientIssuers(app, options, authorities))
  addCallerFacts(app, options)
  addFaults(app, options)
  addRecording(app, options)
  surfaceErrors(app, writePlainError)
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain; charset=utf-8').send('404 Not Found\n'))
  return app
}

const plainBadRequest = { type: 'text/plain; charset=utf-8', body: '400 Bad Request\n' }

type Handler = Parameters<typeof createPlainServer>[1]

const keepAliveTimeout = 72_000

function offerClientIssuers(app: FastifyInstance, options: ServerOptions, authorities: readonly string[]): void {
  if (!options.tls) return
  const { keyPem: key, certificatePem: cert } = options.tls
  const server = app.server as TlsServer
  server.setSecureContext({ key, cert, minVersion: 'TLSv1.2', ca: [cert, ...authorities] })
}

function rawServer(options: ServerOptions, handler: Handler): Server | TlsServer {
  if (!options.tls) return createPlainServer({ keepAliveTimeout }, handler)
  const { keyPem, certificatePem } = options.tls
  const secure = {
    key: keyPem,
    cert: certificatePem,
    minVersion: 'TLSv1.2' as const,
    // The server's own name as the only hint: browsers have no certificate from it, and so ask nobody to choose one.
    ...(options.clientCertificates && { requestCert: true, rejectUnauthorized: false, ca: certificatePem }),
  }
  if (!options.http2) {
    const server = createTlsServer({ ...secure, keepAliveTimeout }, handler)
    const { certificateHost } = options
    if (certificateHost) server.addContext(certificateHost.host, { ...secure, ca: certificateHost.authorityPem })
    return server
  }
  const settings = { initialWindowSize: 1024 * 1024, maxConcurrentStreams: 1000 }
  const server = options.http2.createSecureServer({ ...secure, allowHTTP1: true, settings }, handler as never)
  return asHttp1Too(server) as unknown as TlsServer
}

/** What `https.Server` has by itself for clients that do not choose HTTP/2; a missing Host is the service's to refuse. */
function asHttp1Too(server: Http2SecureServer): Http2SecureServer {
  return Object.assign(server, { keepAliveTimeout, requestTimeout: 0, requireHostHeader: false })
}

/** Bytes that are no HTTP request reach no handler: answered here, and told in the journal. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket, options: ServerOptions): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const reason = `${error.code ?? ''} ${error.message}`.trim()
  tellUnreadable(options, socket, { method: '', host: '', path: '', status, reason })
  if (socket.writable)
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  socket.destroySoon()
}

interface Unreadable {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly status: number
  readonly reason: string
}

function tellUnreadable(options: ServerOptions, socket: Socket, { reason, ...facts }: Unreadable): void {
  const { callers, deployment, journal, random } = options
  const caller = callers.callerOf(socket, {})
  journal.add({
    ...{ id: random.uuid(), deployment, actor: 'client', ...facts },
    ...{ zone: caller.zone, clientAddress: caller.address, query: {}, durationMs: 0, steps: [] },
    ...{ decisions: ['malformedRequest'], reasons: [reason] },
    ...{ correlationId: random.uuid(), linksOut: [], linksIn: [], detail: {} },
  })
}

function addCallerFacts(app: FastifyInstance, options: ServerOptions): void {
  app.decorateRequest('recording')
  app.decorateRequest('connection')
  app.decorateRequest('caller', {
    getter() {
      return callerOf(this as FastifyRequest, options.whereabouts)
    },
  })
  app.decorateRequest('correlationId')
  app.addHook('onRequest', (request, _reply, done) => {
    Object.assign(request, {
      recording: new Recording(),
      connection: options.callers.callerOf(request.raw.socket, request.headers),
      correlationId: correlationIdOf(request) ?? options.random.uuid(),
    })
    done()
  })
}

/** Somebody whom a client or its session names stands where the lab says; what a service passes on comes from it. */
function callerOf(request: FastifyRequest, whereabouts: Whereabouts | undefined): Caller {
  const { connection, recording } = request
  if (!whereabouts || whereabouts.isEmpty || !connection.viaGateway) return connection
  const noted = recording.notes.findLast(({ user }) => user !== undefined)?.user
  const address = whereabouts.of(noted ?? personIn(request))
  return address === undefined ? connection : { ...connection, address }
}

function correlationIdOf(request: FastifyRequest): string | undefined {
  const query = (request.query as Record<string, unknown>)['client-request-id']
  const header = request.headers['client-request-id']
  const given = [query, header].flat().find((value) => typeof value === 'string')
  return typeof given === 'string' && /^[\w{}-]{1,64}$/.test(given) ? given : undefined
}

function addRecording(app: FastifyInstance, options: ServerOptions): void {
  // Before the payload leaves, so that whoever has the answer finds its event in the journal.
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.recording) {
      request.recording.handsOut(payload)
      reply.recordNow()
    }
    done()
  })
  app.decorateReply('recordNow', function (this: FastifyReply) {
    const { deployment, journal } = options
    record(this.request, this, { deployment, journal, durationMs: this.elapsedTime })
  })
}

/** Sets the one writer of a surface: every refusal and gap of that scope leaves in its format. */
export type ErrorWriter = (error: ProtocolError, request: FastifyRequest, reply: FastifyReply) => unknown

/** What a surface calls a request that could not even be read: a body too large, of another type, or broken. */
export type UnreadableRequest = (status: number, reason: string) => ProtocolError

export function surfaceErrors(scope: FastifyInstance, write: ErrorWriter, unreadable?: UnreadableRequest): void {
  scope.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (error.statusCode === 413) await discardBody(request.raw)
    const known = error instanceof ProtocolError ? error : refusalOf(error, unreadable)
    if (known) {
      request.recording.note({ decision: known.code, reason: known.reason })
      if (known instanceof StoreUnavailable) reply.header('retry-after', storeRetryAfterSeconds)
      return write(known, request, reply)
    }
    if (isUnreadable(error)) {
      request.recording.note({ decision: 'malformedRequest', reason: error.message })
      return reply.code(error.statusCode).type('text/plain; charset=utf-8').send(`${error.message}\n`)
    }
    request.log.error({ err: error, url: request.url.split('?')[0] }, 'crash')
    request.recording.note({ decision: 'crash', reason: String(error.stack ?? error) })
    return reply.code(500).type('text/plain; charset=utf-8').send('500 Internal Server Error\n')
  })
}

function isUnreadable(error: FastifyError): error is FastifyError & { readonly statusCode: number } {
  return error.statusCode !== undefined && error.statusCode < 500
}

function refusalOf(error: FastifyError, unreadable?: UnreadableRequest): ProtocolError | undefined {
  return isUnreadable(error) ? unreadable?.(error.statusCode, error.message) : undefined
}

const mostDiscarded = 64 * 1024 * 1024

/** Whoever is still sending would see the connection break in the place of the answer. */
export async function discardBody(body: AsyncIterable<Buffer>): Promise<void> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostDiscarded) return
  }
}

function writePlainError(error: ProtocolError, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(error.status).type('text/plain; charset=utf-8').send(`${error.message}\n`)
}
