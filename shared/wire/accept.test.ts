import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Authority, openAuthority } from '#certs/authority.ts'
import { acceptConnections, type ConnectionSource } from './accept.ts'
import { encodeProxyHeader } from './proxy-protocol.ts'

let directory: string
let authority: Authority
let cleanUp = new AsyncDisposableStack()

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'accept-'))
  authority = await openAuthority({ directory, domains: ['contoso.com'] })
})

afterEach(async () => {
  await cleanUp.disposeAsync()
  cleanUp = new AsyncDisposableStack()
})

afterAll(() => rm(directory, { recursive: true, force: true }))

test('gives a TLS server the socket and the address that the header names', async () => {
  const { port, sources } = await tlsEcho()
  const transport = await dial(port)
  transport.write(header())
  expect(await sayOverTls(transport, 'hello')).toBe('hello')
  expect(sources).toEqual([{ address: '198.51.100.7', port: 4711, zone: 'internet' }])
})

test('gives a TLS server a header that arrives in one segment with the ClientHello, or byte by byte', async () => {
  const { port, sources } = await tlsEcho()
  const together = await dial(port)
  together.cork()
  together.write(header())
  const first = sayOverTls(together, 'together')
  setImmediate(() => together.uncork())
  expect(await first).toBe('together')
  const apart = await dial(port)
  for (const byte of header()) await new Promise((resolve) => apart.write(Buffer.of(byte), resolve))
  expect(await sayOverTls(apart, 'apart')).toBe('apart')
  expect(sources.map(({ zone }) => zone)).toEqual(['internet', 'internet'])
})

test('hands a direct connection on untouched, with the address of its peer', async () => {
  const { port, sources } = await tlsEcho()
  const transport = await dial(port)
  const { localPort } = transport
  expect(await sayOverTls(transport, 'direct')).toBe('direct')
  expect(sources).toEqual([{ address: '127.0.0.1', port: localPort }])
})

test('gives an HTTP server what follows the header', async () => {
  const http = createHttpServer((request, response) => response.setHeader('connection', 'close').end(request.url))
  const { port } = await listen((socket) => http.emit('connection', socket))
  const transport = await dial(port)
  transport.write(Buffer.concat([header(), Buffer.from('GET /one HTTP/1.1\r\nhost: x\r\n\r\n')]))
  expect(await text(transport)).toMatch(/^HTTP\/1\.1 200 OK.*\/one/s)
})

test.each([
  { name: 'with a forged MAC', bytes: () => header(Buffer.alloc(32)) },
  { name: 'that ends within the header', bytes: () => header().subarray(0, 30), end: true },
  { name: 'that says nothing', bytes: () => Buffer.alloc(0), end: true },
])('destroys a connection $name', async ({ bytes, end }) => {
  const { port, sources, refused } = await listen(() => undefined)
  const transport = await dial(port)
  transport.write(bytes())
  if (end) transport.end()
  expect(await text(transport).catch((error: Error) => error.message)).toMatch(/^$|ECONNRESET/)
  expect(sources).toEqual([])
  expect(refused).toHaveLength(1)
})

test('waits ten seconds for the rest of a header', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  cleanUp.defer(() => void vi.useRealTimers())
  const { port, server, refused } = await listen(() => undefined)
  const accepted = once(server, 'connection')
  const transport = await dial(port)
  transport.write(header().subarray(0, 30))
  await accepted
  vi.advanceTimersByTime(9999)
  expect(transport.closed).toBe(false)
  vi.advanceTimersByTime(1)
  expect(await text(transport).catch((error: Error) => error.message)).toMatch(/^$|ECONNRESET/)
  expect(refused).toEqual(['nothing usable in 10000 ms'])
})

function header(secret = authority.gatewaySecret): Buffer {
  return encodeProxyHeader(
    {
      sourceAddress: '198.51.100.7',
      sourcePort: 4711,
      destinationAddress: '127.0.0.1',
      destinationPort: 443,
      zone: 'internet',
    },
    secret,
  )
}

async function tlsEcho() {
  const leaf = await authority.leafFor({ name: 'mail', hosts: ['mail.contoso.com'] })
  const tls = createTlsServer({ key: leaf.keyPem, cert: leaf.certificatePem }, (socket) => socket.pipe(socket))
  return listen((socket) => tls.emit('connection', socket))
}

async function listen(take: (socket: Socket) => void) {
  const sources: ConnectionSource[] = []
  const refused: string[] = []
  const accept = acceptConnections({
    secret: authority.gatewaySecret,
    onRefused: (error) => refused.push(error.message),
    onConnection: (socket, source) => {
      sources.push(source)
      take(socket)
    },
  })
  const server: Server = createServer(accept)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp.defer(() => void server.close())
  return { port: (server.address() as AddressInfo).port, server, sources, refused }
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    cleanUp.defer(() => void socket.destroy())
  })
}

async function sayOverTls(transport: Socket, words: string): Promise<string> {
  const client = connectTls({ socket: transport, servername: 'mail.contoso.com', ca: authority.caPem })
  client.end(words)
  return text(client)
}
