import type { Socket } from 'node:net'
import type { buildConnector, Dispatcher } from 'undici'
import { onFirstUse } from '../first-use.ts'
import { endWithServer, ServerGone } from '../wire/server-gone.ts'
import { parentHeader, serviceHeader } from './callers.ts'

export interface Address {
  readonly host: string
  readonly port: number
  /** Where to go when nobody answers there: the next server of the same name. */
  readonly otherwise?: Address | undefined
  /** Aborted when the server was found to answer nothing any more. */
  readonly gone?: AbortSignal | undefined
}

export interface HttpClientOptions {
  /** The deployment that calls. */
  readonly service: string
  readonly caPem: string
  /** Where a host name of the stack leads from here; undefined = not a name of the stack, refused. */
  readonly resolve: (hostName: string, protocol: 'https:' | 'http:') => Address | undefined
  /** Signs a machine token for calls with `authenticate`. */
  readonly machineToken: (audience: string) => Promise<string>
  /** What the client shows of itself in TLS handshakes that ask for it. */
  readonly certificate?: ClientCertificate
  /** False takes any certificate that the called peer shows. */
  readonly verifyServer?: boolean
  /** How many connections to a peer there may be at once; any number when left out. */
  readonly connections?: number
}

export interface ClientCertificate {
  readonly keyPem: string
  readonly certificatePem: string
}

export interface OutgoingRequest {
  readonly method?: Dispatcher.HttpMethod
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer | NodeJS.ReadableStream
  /** Convenience for `body`: sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>
  /** Convenience for `body`: sent as `application/json`. */
  readonly json?: unknown
  /** Adds `Authorization: Bearer` with a machine token for the called host. */
  readonly authenticate?: boolean
  /** The journal event on whose behalf the call is made. */
  readonly parent?: string
  readonly correlationId?: string
  /** Milliseconds until the head of the answer must be there. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface IncomingResponse {
  readonly status: number
  readonly headers: Dispatcher.ResponseData['headers']
  readonly body: Dispatcher.ResponseData['body']
  text(): Promise<string>
  json(): Promise<unknown>
}

/** A name outside the stack, or a peer that does not answer. */
export class Unreachable extends Error {
  constructor(url: string, cause: unknown) {
    super(`cannot reach ${new URL(url).host}: ${describe(cause)}`, { cause })
    this.name = 'Unreachable'
  }
}

/** The only way out of a service: host names of the stack over HTTPS with the stack's CA, kept-open connections. */
export class HttpClient implements AsyncDisposable {
  readonly #options: HttpClientOptions
  #agent: Promise<Dispatcher> | undefined
  readonly #undici = onFirstUse(() => import('undici'))

  constructor(options: HttpClientOptions) {
    this.#options = options
  }

  /** A client of its own for the same names; whoever asks for one disposes of it. */
  variant(changes: Pick<HttpClientOptions, 'certificate' | 'verifyServer' | 'connections'>): HttpClient {
    return new HttpClient({ ...this.#options, ...changes })
  }

  /** For libraries that take an undici dispatcher. */
  agent(): Promise<Dispatcher> {
    this.#agent ??= openAgent(this.#options)
    return this.#agent
  }

  /** A question whose server is gone meanwhile is asked at another; what may have had an effect is not. */
  async send(url: string, request: OutgoingRequest = {}): Promise<IncomingResponse> {
    const headers = await this.#headers(url, request)
    const ask = () => this.#ask(url, request, headers)
    return ask().catch((error: unknown) => {
      if (error instanceof Unreachable && isRepeatable(request.method, error.cause)) return ask()
      throw error
    })
  }

  async #ask(
    url: string,
    request: OutgoingRequest,
    headers: Record<string, string | string[]>,
  ): Promise<IncomingResponse> {
    const [dispatcher, { request: dispatch }] = await Promise.all([this.agent(), this.#undici()])
    try {
      const response = await dispatch(url, {
        dispatcher,
        method: request.method ?? 'GET',
        headers,
        body: bodyOf(request),
        headersTimeout: request.timeoutMs ?? 15_000,
        signal: request.signal ?? null,
      } as Parameters<typeof dispatch>[1])
      const { statusCode: status, headers: given, body } = response
      return { status, headers: given, body, text: () => body.text(), json: () => body.json() }
    } catch (error) {
      throw new Unreachable(url, error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#agent) await (await this.#agent).destroy()
  }

  async #headers(url: string, request: OutgoingRequest): Promise<Record<string, string | string[]>> {
    const headers: Record<string, string | string[]> = { [serviceHeader]: this.#options.service, ...request.headers }
    if (request.form) headers['content-type'] = 'application/x-www-form-urlencoded'
    if (request.json !== undefined) headers['content-type'] = 'application/json'
    if (request.parent) headers[parentHeader] = request.parent
    if (request.correlationId) headers['client-request-id'] = request.correlationId
    if (request.authenticate) headers.authorization = `Bearer ${await this.#options.machineToken(new URL(url).host)}`
    return headers
  }
}

/** RFC 9110 §9.2.1: safe methods; only where the server, and nothing else, was the reason. */
export function isRepeatable(method: string | undefined, error: unknown): boolean {
  return error instanceof ServerGone && ['GET', 'HEAD', 'OPTIONS'].includes(method ?? 'GET')
}

function bodyOf(request: OutgoingRequest): OutgoingRequest['body'] | null {
  if (request.form) return new URLSearchParams(request.form).toString()
  if (request.json !== undefined) return JSON.stringify(request.json)
  return request.body ?? null
}

async function openAgent(options: HttpClientOptions): Promise<Dispatcher> {
  const { Agent, buildConnector } = await import('undici')
  const { keyPem: key, certificatePem: cert } = options.certificate ?? {}
  const dialler = (timeout: number) =>
    buildConnector({
      ...{ ca: options.caPem, timeout, allowH2: false, rejectUnauthorized: options.verifyServer !== false },
      ...(key && cert && { key, cert }),
    })
  const [connect, connectSoon] = [dialler(dialTimeoutMs), dialler(dialTimeoutWithOthersMs)]
  const agent = new Agent({
    keepAliveTimeout: 60_000,
    connections: options.connections ?? null,
    bodyTimeout: 0,
    connect: (target, callback) => {
      const protocol = target.protocol === 'http:' ? 'http:' : 'https:'
      const address = options.resolve(target.hostname, protocol)
      if (!address) return callback(new Error(`${target.hostname} is not a name of this stack`), null)
      connectInTurn(address, (host, port, done, isLast) => {
        const dial = isLast ? connect : connectSoon
        dial({ ...target, servername: target.hostname, hostname: host, host: `${host}:${port}`, port }, done)
      }).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      )
    },
  })
  return agent.compose(underOwnName)
}

/** Whatever Host a request carries, its connection is the peer's: undici would open another when the Host changes. */
const underOwnName: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch({ ...options, servername: hostNameOf(options.origin) } as Dispatcher.DispatchOptions, handler)

function hostNameOf(origin: string | URL | undefined): string {
  return origin instanceof URL ? origin.hostname : new URL(origin ?? '').hostname
}

/** Until TLS is up. Where there is another server, nobody waits long for one that only takes the connection. */
const dialTimeoutMs = 5_000
const dialTimeoutWithOthersMs = 2_500

type Dial = (host: string, port: string, done: buildConnector.Callback, isLast: boolean) => void

async function connectInTurn({ host, port, otherwise, gone }: Address, dial: Dial): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const done: buildConnector.Callback = (error, socket) => {
    if (!socket) return reject(error)
    endWithServer(socket, gone)
    resolve(socket)
  }
  dial(host, String(port), done, otherwise === undefined)
  return otherwise ? promise.catch(() => connectInTurn(otherwise, dial)) : promise
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
