import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingMessage, request } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { type Authority, openAuthority } from '#certs/authority.ts'
import { createLog } from '#shared/log.ts'
import { acceptConnections, type ConnectionSource } from '#shared/wire/accept.ts'
import { type Gateway, startGateway } from './gateway.ts'
import type { GatewayOptions, Upstream } from './options.ts'

export const mailName = 'mail.contoso.com'

interface Address {
  readonly host: string
  readonly port: number
}

interface Asking {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A gateway before a deployment that serves `mail.contoso.com` over TLS, and a lab. */
export class Stage implements AsyncDisposable {
  /** What the deployments were told of their callers. */
  readonly sources: ConnectionSource[] = []
  readonly authority: Authority
  readonly cleanUp = new AsyncDisposableStack()
  #gateway: Gateway | undefined
  #heldEvents: IncomingMessage | undefined
  #mailServer: Upstream | undefined

  constructor(authority: Authority) {
    this.authority = authority
  }

  get gateway(): Gateway {
    if (!this.#gateway) throw new Error('no gateway is running')
    return this.#gateway
  }

  /** The server behind `mail.contoso.com`. */
  get mail(): Upstream {
    if (!this.#mailServer) throw new Error('no gateway is running')
    return this.#mailServer
  }

  /** The lab's side of the event stream that a client asked for. */
  get heldEvents(): IncomingMessage {
    if (!this.#heldEvents) throw new Error('nobody asked for events')
    return this.#heldEvents
  }

  async start(change: Partial<GatewayOptions> = {}): Promise<void> {
    const down = { host: '127.0.0.1', port: await this.closedPort(), deployment: 'down' }
    this.#mailServer = await this.#serveMail()
    const names: Record<string, Upstream> = { [mailName]: this.#mailServer, 'down.contoso.com': down }
    const { gatewaySecret: secret, caPem, caSpkiSha256 } = this.authority
    const started = await startGateway({
      zone: 'internet',
      httpPort: 0,
      tlsPort: 0,
      secret,
      caPem,
      caSpkiSha256,
      resolve: (name) => names[name],
      lab: await this.#lab(),
      ready: async () => ({ status: 'ready', deployments: { wap: 'ready' } }),
      hostNames: () => Object.keys(names),
      log: createLog('silent'),
      ...change,
    })
    this.#gateway = this.cleanUp.use(started)
  }

  async #serveMail(): Promise<Upstream> {
    const leaf = await this.authority.leafFor({ name: 'mail', hosts: [mailName] })
    const https = createHttpsServer({ key: leaf.keyPem, cert: leaf.certificatePem }, (incoming, response) =>
      response.end(`mail says ${incoming.url}`),
    )
    return this.#behindGateway(https)
  }

  async plainDeployment(): Promise<Upstream> {
    const http = createHttpServer((incoming, response) => {
      response.setHeader('x-seen', JSON.stringify(incoming.headers))
      response.end(`plain says ${incoming.url} for ${incoming.headers.host}`)
    })
    return this.#behindGateway(http)
  }

  /** A deployment that takes any bytes, and its side of the next connection. */
  async echoDeployment() {
    const server = createServer(
      { allowHalfOpen: true },
      (socket) => void socket.on('error', () => undefined).pipe(socket),
    )
    const accepted = once(server, 'connection') as Promise<[Socket]>
    return { upstream: { ...(await this.listen(server)), deployment: 'echo' }, accepted }
  }

  async #lab(): Promise<Address> {
    const lab = createHttpServer(async (incoming, response) => {
      if (incoming.url === '/events') {
        this.#heldEvents = incoming
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
        return
      }
      response.setHeader('x-seen', JSON.stringify(incoming.headers))
      response.end(`${incoming.method} ${incoming.url} ${await text(incoming)}`)
    })
    return this.listen(lab)
  }

  async #behindGateway(inner: Server): Promise<Upstream> {
    const accept = acceptConnections({
      secret: this.authority.gatewaySecret,
      onConnection: (socket, source) => {
        this.sources.push(source)
        inner.emit('connection', socket)
      },
    })
    return { ...(await this.listen(createServer(accept))), deployment: 'wap' }
  }

  async listen(server: Server): Promise<Address> {
    const sockets = new Set<Socket>()
    server.on('connection', (socket) => sockets.add(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.cleanUp.defer(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  }

  async closedPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    return port
  }

  async dial(port: number): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.cleanUp.defer(() => void socket.destroy())
    await once(socket, 'connect')
    return socket
  }

  /** What the gateway says to a CONNECT request that it refuses. */
  async refusedTunnel(target: string, authorization?: string): Promise<string> {
    return text(await this.#askForTunnel(target, authorization))
  }

  async tunnel(target: string, authorization?: string): Promise<Socket> {
    const socket = await this.#askForTunnel(target, authorization)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    socket.pause()
    if (answer.toString() !== 'HTTP/1.1 200 Connection established\r\n\r\n') throw new Error(answer.toString())
    return socket
  }

  async #askForTunnel(target: string, authorization?: string): Promise<Socket> {
    const socket = await this.dial(this.gateway.httpPort)
    const field = authorization ? `proxy-authorization: ${authorization}\r\n` : ''
    socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${field}\r\n`)
    return socket
  }

  async overTls(socket: Socket): Promise<TLSSocket> {
    const client = connectTls({ socket, servername: mailName, ca: this.authority.caPem })
    await once(client, 'secureConnect')
    return client
  }

  /** Sends a request line with `path` as it stands, a whole URL included. */
  async send(path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<IncomingMessage> {
    const outgoing = request({ host: '127.0.0.1', port: this.gateway.httpPort, path, method, headers, agent: false })
    outgoing.end(body)
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    return incoming
  }

  async ask(path: string, asking?: Asking) {
    const incoming = await this.send(path, asking)
    return { status: incoming.statusCode, headers: incoming.headers, body: await text(incoming) }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cleanUp.disposeAsync()
  }
}

export async function setStage(change: Partial<GatewayOptions> = {}): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'gateway-'))
  const stage = new Stage(await openAuthority({ directory, domains: ['contoso.com'] }))
  stage.cleanUp.defer(() => rm(directory, { recursive: true, force: true }))
  await stage.start(change)
  return stage
}

export function get(client: TLSSocket, path: string): Promise<string> {
  client.write(`GET ${path} HTTP/1.1\r\nhost: ${mailName}\r\nconnection: close\r\n\r\n`)
  return text(client)
}

export function credentials(user: string): string {
  return `Basic ${Buffer.from(user).toString('base64')}`
}

/** Resolves when the stream is closed, for whatever reason. */
export function closing(stream: Readable): Promise<unknown> {
  stream.on('error', () => undefined)
  return new Promise((resolve) => stream.once('close', resolve))
}
