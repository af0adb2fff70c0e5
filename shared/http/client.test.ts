import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpsServer, type Server } from 'node:https'
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Authority, openAuthority } from '#certs/authority.ts'
import { departure } from '../wire/server-gone.ts'
import { type Address, HttpClient, type HttpClientOptions, Unreachable } from './client.ts'

let open: AsyncDisposableStack
let authority: Authority

beforeEach(async () => {
  open = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'client-'))
  open.defer(() => rm(directory, { recursive: true }))
  authority = await openAuthority({ directory, domains: ['contoso.com'] })
})

afterEach(() => open.disposeAsync())

async function listen(server: Server | NetServer): Promise<Address> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.defer(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

async function serve(answer: Parameters<typeof createHttpsServer>[1]): Promise<Address> {
  const leaf = await authority.leafFor({ name: 'adfs', hosts: ['adfs.contoso.com'] })
  return listen(createHttpsServer({ key: leaf.keyPem, cert: leaf.certificatePem }, answer))
}

function clientFor(resolve: HttpClientOptions['resolve']): HttpClient {
  const { caPem } = authority
  return open.use(new HttpClient({ service: 'wap', caPem, resolve, machineToken: async () => '' }))
}

test('requests under several Host names share one connection to their peer', async () => {
  const seen: { readonly host: string | undefined; readonly port: number | undefined }[] = []
  const address = await serve((request, response) => {
    seen.push({ host: request.headers.host, port: request.socket.remotePort })
    response.end()
  })
  const client = clientFor(() => address)
  const hosts = ['adfs.contoso.com', 'mail.contoso.com', undefined]
  for (const host of hosts) {
    const answer = await client.send('https://adfs.contoso.com/', host === undefined ? {} : { headers: { host } })
    await answer.text()
    // Undici leaves a connection alone for a turn of the event loop after each answer.
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(seen.map(({ host }) => host)).toEqual(['adfs.contoso.com', 'mail.contoso.com', 'adfs.contoso.com'])
  expect(new Set(seen.map((each) => each.port)).size).toBe(1)
})

/** The first server takes requests and answers none, until it is found to be gone; then the second is asked. */
async function hungAndWorking() {
  const controller = departure()
  const asked = { hung: [] as string[], working: [] as string[] }
  const taken = Promise.withResolvers<void>()
  const hung = await serve((request) => {
    asked.hung.push(`${request.method} ${request.url}`)
    taken.resolve()
  })
  const working = await serve((request, response) => {
    asked.working.push(`${request.method} ${request.url}`)
    response.end('worked')
  })
  const { signal } = controller
  const client = clientFor(() => (signal.aborted ? working : { ...hung, gone: signal, otherwise: working }))
  return { client, asked, abandon: () => taken.promise.then(() => controller.abort()) }
}

test('a question whose server is gone meanwhile is asked at another', async () => {
  const { client, asked, abandon } = await hungAndWorking()
  const [answer] = await Promise.all([client.send('https://adfs.contoso.com/users?x=1'), abandon()])
  expect(await answer.text()).toBe('worked')
  expect(asked).toEqual({ hung: ['GET /users?x=1'], working: ['GET /users?x=1'] })
})

test('what may have had an effect is not done twice', async () => {
  const { client, asked, abandon } = await hungAndWorking()
  const sent = client.send('https://adfs.contoso.com/logon', { method: 'POST', json: { identity: 'alice' } })
  await expect(Promise.all([sent, abandon()])).rejects.toThrow(Unreachable)
  expect(asked).toEqual({ hung: ['POST /logon'], working: [] })
})

test('a server that takes connections and never begins TLS is passed over', async () => {
  const silent = await listen(createServer((socket) => void socket.on('error', () => undefined)))
  const working = await serve((_request, response) => response.end('worked'))
  const client = clientFor(() => ({ ...silent, otherwise: working }))
  const answer = await client.send('https://adfs.contoso.com/logon', { method: 'POST', json: {} })
  expect(await answer.text()).toBe('worked')
})
