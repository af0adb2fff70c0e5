import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Authority, openAuthority } from '#certs/authority.ts'
import { createLog } from '#shared/log.ts'
import { acceptConnections, type ConnectionSource } from '#shared/wire/accept.ts'
import { type Gateway, startGateway } from './gateway.ts'
import type { GatewayOptions } from './options.ts'

const mailName = 'mail.contoso.com'
let directory: string
let authority: Authority
let cleanUp: AsyncDisposableStack
let sources: ConnectionSource[]
let gateway: Gateway

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gateway-'))
  authority = await openAuthority({ directory, domains: ['contoso.com'] })
})

afterAll(() => rm(directory, { recursive: true, force: true }))

beforeEach(async () => {
  cleanUp = new AsyncDisposableStack()
  sources = []
  gateway = await start()
})

afterEach(() => cleanUp.disposeAsync())

test('tunnels CONNECT to a deployment, with TLS end to end and the zone and address of the caller', async () => {
  const client = await overTls(await tunnel(`${mailName}:443`))
  expect(await get(client, '/owa')).toContain('mail says /owa')
  expect(sources).toEqual([{ address: '203.0.113.10', port: expect.any(Number), zone: 'internet' }])
})

test('takes the address from the proxy user name', async () => {
  await overTls(await tunnel(`${mailName}:443`, credentials('ip-198.51.100.7:')))
  await overTls(await tunnel(`${mailName}:443`, credentials('ip-2001:db8::7:')))
  expect(sources.map(({ address }) => address)).toEqual(['198.51.100.7', '2001:db8::7'])
})

test('says 10.20.0.10 in the zone corp', async () => {
  gateway = await start({ zone: 'corp' })
  await overTls(await tunnel(`${mailName}:443`))
  expect(sources).toEqual([expect.objectContaining({ address: '10.20.0.10', zone: 'corp' })])
})

test.each([
  { target: 'www.example.com:443', status: 403, says: /"www\.example\.com" is not a host name of this stack[^]*mail\.contoso\.com/ },
  { target: 'mail.contoso.com:25', status: 403, says: /only on ports 443 and 80/ },
  { target: 'mail.contoso.com', status: 400, says: /not a host name and port/ },
  { target: 'down.contoso.com:443', status: 502, says: /down does not accept connections/ },
])('refuses CONNECT $target with $status and says why', async ({ target, status, says }) => {
  const socket = await dial(gateway.httpPort)
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`)
  const answer = await text(socket)
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer).toMatch(says)
  expect(sources).toEqual([])
})

test('refuses a proxy user name that is no address with 407', async () => {
  const socket = await dial(gateway.httpPort)
  socket.write(`CONNECT ${mailName}:443 HTTP/1.1\r\nhost: x\r\nproxy-authorization: ${credentials('adele:x')}\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 407 [^]*proxy-authenticate: Basic[^]*ip-198\.51\.100\.7/i)
})

test('redirects port 80 to https, through CONNECT and for an absolute URL', async () => {
  const socket = await tunnel(`${mailName}:80`)
  socket.write(`GET /owa?a=1 HTTP/1.1\r\nhost: ${mailName}\r\nconnection: close\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 301 [^]*location: https:\/\/mail\.contoso\.com\/owa\?a=1/i)
  const answer = await ask(`http://Mail.contoso.com/owa?a=1`)
  expect(answer).toMatchObject({ status: 301, headers: { location: 'https://mail.contoso.com/owa?a=1' } })
})

test('forwards an absolute URL to the plain listener where there is one', async () => {
  const plain = await plainDeployment()
  gateway = await start({ resolvePlain: (name) => (name === mailName ? plain : undefined) })
  const answer = await ask(`http://${mailName}/x`, { headers: { 'proxy-authorization': credentials('ip-198.51.100.7:x') } })
  expect(answer.body).toContain(`plain says /x for ${mailName}`)
  expect(JSON.parse(String(answer.headers['x-seen']))).not.toHaveProperty('proxy-authorization')
  expect(sources).toEqual([expect.objectContaining({ address: '198.51.100.7', zone: 'internet' })])
})

test.each([
  { target: 'http://www.example.com/', status: 403 },
  { target: `http://${mailName}:443/`, status: 403 },
  { target: `https://${mailName}/`, status: 403 },
  { target: 'http://127.0.0.1:1/', status: 403 },
  { target: 'nonsense', status: 400 },
])('refuses to fetch $target with $status', async ({ target, status }) => {
  expect((await ask(target)).status).toBe(status)
  expect(sources).toEqual([])
})

test('passes TLS through by server name, also when the ClientHello arrives in pieces', async () => {
  const whole = await overTls(await dial(gateway.tlsPort))
  expect(await get(whole, '/whole')).toContain('mail says /whole')
  const pieces = await overTls(await slicedDial(gateway.tlsPort))
  expect(await get(pieces, '/pieces')).toContain('mail says /pieces')
  expect(sources.map(({ zone }) => zone)).toEqual(['internet', 'internet'])
})

test.each(['www.example.com', undefined])('answers an alert to a ClientHello for %s', async (servername) => {
  const socket = await dial(gateway.tlsPort)
  const client = connectTls({ socket, ...(servername ? { servername } : {}), rejectUnauthorized: false })
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME')
})

test('hangs up on what is not TLS', async () => {
  const socket = await dial(gateway.tlsPort)
  socket.write('GET / HTTP/1.1\r\n\r\n')
  expect(await text(socket).catch(() => '')).toBe('')
})

test('serves the CA, the proxy configuration and health', async () => {
  expect(await ask('/ca.pem')).toMatchObject({ status: 200, body: authority.caPem, headers: { 'content-type': 'application/x-pem-file' } })
  const configuration = await ask('/proxy.pac')
  expect(configuration.body).toContain(`PROXY 127.0.0.1:${gateway.httpPort}`)
  const health = await ask('/health')
  expect(health.status).toBe(200)
  expect(JSON.parse(health.body)).toMatchObject({ status: 'ready', zone: 'internet', deployments: { wap: 'ready' } })
  expect(await ask('/health', { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
})

test('answers health with 503 while a deployment is starting', async () => {
  gateway = await start({ ready: async () => ({ status: 'starting', deployments: { wap: 'starting' } }) })
  expect(await ask('/health')).toMatchObject({ status: 503, body: expect.stringContaining('"starting"') })
})

test.each(['/health', '/ca.pem', '/api/journal', '/'])('refuses %s under a foreign host name (DNS rebinding)', async (path) => {
  const answer = await ask(path, { headers: { host: 'rebound.evil.test:8080' } })
  expect(answer).toMatchObject({ status: 421, body: expect.stringContaining('rebound.evil.test') })
})

test('passes the rest to the lab without hop-by-hop headers', async () => {
  const answer = await ask('/api/clock?x=1', {
    method: 'DELETE',
    headers: { connection: 'x-hop', 'x-hop': '1', 'x-kept': '2', 'transfer-encoding': 'chunked' },
    body: 'body',
  })
  expect(answer.body).toBe('DELETE /api/clock?x=1 body')
  const seen = JSON.parse(String(answer.headers['x-seen'])) as IncomingHttpHeaders
  expect(seen).toMatchObject({ 'x-kept': '2', 'x-forwarded-host': `127.0.0.1:${gateway.httpPort}` })
  expect(seen).not.toHaveProperty('x-hop')
})

test('streams events of the lab as they come, and lets go when the client leaves', async () => {
  const incoming = await send('/events')
  const [first] = (await once(incoming, 'data')) as [Buffer]
  expect(first.toString()).toBe('data: 1\n\n')
  const left = closing(labEvents)
  closing(incoming)
  incoming.destroy()
  await left
})

test('answers 502 when the lab is down', async () => {
  gateway = await start({ lab: { host: '127.0.0.1', port: await closedPort() } })
  expect(await ask('/')).toMatchObject({ status: 502, body: 'The lab does not answer.\n' })
})

test.each(['client', 'deployment'])('closes both sides of a tunnel when the %s leaves', async (who) => {
  const echo = await rawEcho()
  gateway = await start({ resolve: () => ({ ...echo.address, deployment: 'echo' }) })
  const accepted = once(echo.server, 'connection') as Promise<[Socket]>
  const client = await tunnel(`${mailName}:443`)
  const [deployment] = await accepted
  const [leaving, staying] = who === 'client' ? [client, deployment] : [deployment, client]
  const closed = closing(staying)
  staying.resume()
  leaving.destroy()
  await closed
})

test('lets a client that closed its half read the rest of the answer', async () => {
  const echo = await rawEcho()
  gateway = await start({ resolve: () => ({ ...echo.address, deployment: 'echo' }) })
  const client = await tunnel(`${mailName}:443`)
  const sent = 'x'.repeat(4 * 1024 * 1024)
  client.end(sent)
  const echoed = await text(client)
  expect(echoed.endsWith(sent)).toBe(true)
})

test('stops at once although tunnels and event streams are open', async () => {
  const client = await overTls(await tunnel(`${mailName}:443`))
  const incoming = await send('/events')
  const closed = Promise.all([closing(client), closing(incoming)])
  await gateway[Symbol.asyncDispose]()
  await closed
  await expect(dial(gateway.httpPort)).rejects.toThrow('ECONNREFUSED')
})

let labEvents: IncomingMessage

async function start(change: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const mail = await tlsDeployment()
  const down = { host: '127.0.0.1', port: await closedPort(), deployment: 'down' }
  const names: Record<string, typeof mail> = { [mailName]: mail, 'down.contoso.com': down }
  const { gatewaySecret: secret, caPem, caSpkiSha256 } = authority
  const started = await startGateway({
    zone: 'internet',
    httpPort: 0,
    tlsPort: 0,
    secret,
    caPem,
    caSpkiSha256,
    resolve: (name) => names[name],
    lab: await startLab(),
    ready: async () => ({ status: 'ready', deployments: { wap: 'ready' } }),
    hostNames: () => Object.keys(names),
    log: createLog('silent'),
    ...change,
  })
  return cleanUp.use(started)
}

async function tlsDeployment() {
  const leaf = await authority.leafFor({ name: 'mail', hosts: [mailName] })
  const https = createHttpsServer({ key: leaf.keyPem, cert: leaf.certificatePem }, (incoming, response) =>
    response.end(`mail says ${incoming.url}`),
  )
  return { ...(await listenBehindGateway(https)), deployment: 'wap' }
}

async function plainDeployment() {
  const http = createHttpServer((incoming, response) => {
    response.setHeader('x-seen', JSON.stringify(incoming.headers))
    response.end(`plain says ${incoming.url} for ${incoming.headers.host}`)
  })
  return { ...(await listenBehindGateway(http)), deployment: 'wap' }
}

async function startLab() {
  const lab = createHttpServer(async (incoming, response) => {
    if (incoming.url === '/events') {
      labEvents = incoming
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      return
    }
    const seen = JSON.stringify(incoming.headers)
    const body = await text(incoming)
    response.setHeader('x-seen', seen)
    response.end(`${incoming.method} ${incoming.url} ${body}`)
  })
  return listen(lab)
}

async function rawEcho() {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined).pipe(socket))
  return { server, address: await listen(server) }
}

function listenBehindGateway(inner: Server): Promise<{ host: string; port: number }> {
  const accept = acceptConnections({
    secret: authority.gatewaySecret,
    onConnection: (socket, source) => {
      sources.push(source)
      inner.emit('connection', socket)
    },
  })
  return listen(createServer(accept))
}

async function listen(server: Server): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp.defer(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when the stream is closed, for whatever reason. */
function closing(stream: Readable): Promise<unknown> {
  stream.on('error', () => undefined)
  return new Promise((resolve) => stream.once('close', resolve))
}

function credentials(user: string): string {
  return `Basic ${Buffer.from(user).toString('base64')}`
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  cleanUp.defer(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** A connection whose every write leaves as many small segments. */
async function slicedDial(port: number): Promise<Socket> {
  const socket = await dial(port)
  const inner = await listen(
    createServer((plain) => {
      plain.on('data', async (chunk: Buffer) => {
        plain.pause()
        for (let at = 0; at < chunk.length; at += 100) {
          await new Promise((resolve) => socket.write(chunk.subarray(at, at + 100), resolve))
        }
        plain.resume()
      })
      socket.pipe(plain)
    }),
  )
  return dial(inner.port)
}

async function tunnel(target: string, authorization?: string): Promise<Socket> {
  const socket = await dial(gateway.httpPort)
  const field = authorization ? `proxy-authorization: ${authorization}\r\n` : ''
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${field}\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.pause()
  expect(answer.toString()).toBe('HTTP/1.1 200 Connection established\r\n\r\n')
  return socket
}

async function overTls(socket: Socket): Promise<TLSSocket> {
  const client = connectTls({ socket, servername: mailName, ca: authority.caPem })
  await once(client, 'secureConnect')
  return client
}

function get(client: TLSSocket, path: string): Promise<string> {
  client.write(`GET ${path} HTTP/1.1\r\nhost: ${mailName}\r\nconnection: close\r\n\r\n`)
  return text(client)
}

interface Asking {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

async function send(path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<IncomingMessage> {
  const outgoing = request({ host: '127.0.0.1', port: gateway.httpPort, path, method, headers, agent: false })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  return incoming
}

async function ask(path: string, asking?: Asking) {
  const incoming = await send(path, asking)
  return { status: incoming.statusCode, headers: incoming.headers, body: await text(incoming) }
}
