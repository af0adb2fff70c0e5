import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { departure } from '#shared/wire/server-gone.ts'
import { closing, get, mailName, type Stage, setStage } from './_stage.ts'
import type { Upstream } from './options.ts'

let stage: Stage

beforeEach(async () => {
  stage = await setStage()
})

afterEach(() => stage[Symbol.asyncDispose]())

/** Takes connections as the operating system does for a process that is stopped, and answers nothing. */
async function hungServer() {
  const taken: Socket[] = []
  const server = createServer((socket) => {
    taken.push(socket.on('error', () => undefined))
  })
  return { address: await stage.listen(server), taken }
}

async function leadTo(first: { host: string; port: number }, gone?: AbortSignal): Promise<Upstream> {
  const working = stage.mail
  const upstream = { ...first, deployment: 'wap', gone, otherwise: working }
  await stage.start({ resolve: (name) => (name === mailName ? upstream : undefined) })
  return upstream
}

test.each([
  { way: 'a tunnel', open: () => stage.tunnel(`${mailName}:443`) },
  { way: 'the TLS port', open: () => stage.dial(stage.gateway.tlsPort) },
])('$way: a server that takes the connection and says nothing is passed over', async ({ open }) => {
  const { address, taken } = await hungServer()
  await leadTo(address)
  const client = await stage.overTls(await open())
  expect(await get(client, '/owa')).toContain('mail says /owa')
  expect(taken).toHaveLength(1)
})

test('a tunnel ends when its server is found to be gone, so that the client asks again', async () => {
  const controller = departure()
  await leadTo(stage.mail, controller.signal)
  const client = await stage.overTls(await stage.tunnel(`${mailName}:443`))
  client.write(`GET /one HTTP/1.1\r\nhost: ${mailName}\r\n\r\n`)
  await once(client, 'data')
  const closed = closing(client)
  controller.abort()
  await closed
})

test('a server that refuses is passed over at once', async () => {
  await leadTo({ host: '127.0.0.1', port: await stage.closedPort() })
  expect(await get(await stage.overTls(await stage.tunnel(`${mailName}:443`)), '/x')).toContain('mail says /x')
})
