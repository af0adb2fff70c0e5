import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closing, type Stage, setStage } from './_stage.ts'

let stage: Stage

beforeEach(async () => {
  stage = await setStage()
})

afterEach(() => stage[Symbol.asyncDispose]())

test('serves the CA, the proxy configuration and health', async () => {
  expect(await stage.ask('/ca.pem')).toMatchObject({
    status: 200,
    body: stage.authority.caPem,
    headers: { 'content-type': 'application/x-pem-file' },
  })
  const configuration = await stage.ask('/proxy.pac')
  expect(configuration.body).toContain(`PROXY 127.0.0.1:${stage.gateway.httpPort}`)
  const health = await stage.ask('/health')
  expect(health.status).toBe(200)
  expect(JSON.parse(health.body)).toMatchObject({ status: 'ready', zone: 'internet', deployments: { wap: 'ready' } })
  expect(await stage.ask('/health', { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
})

test('answers health with 503 while a deployment is starting', async () => {
  await stage.start({ ready: async () => ({ status: 'starting', deployments: { wap: 'starting' } }) })
  expect(await stage.ask('/health')).toMatchObject({ status: 503, body: expect.stringContaining('"starting"') })
})

test.each(['/health', '/ca.pem', '/api/journal', '/'])(
  'refuses %s under a foreign host name (DNS rebinding)',
  async (path) => {
    const answer = await stage.ask(path, { headers: { host: 'rebound.evil.test:8080' } })
    expect(answer).toMatchObject({ status: 421, body: expect.stringContaining('rebound.evil.test') })
  },
)

test('passes the rest to the lab without hop-by-hop headers', async () => {
  const answer = await stage.ask('/api/clock?x=1', {
    method: 'DELETE',
    headers: { connection: 'x-hop', 'x-hop': '1', 'x-kept': '2', 'transfer-encoding': 'chunked' },
    body: 'body',
  })
  expect(answer.body).toBe('DELETE /api/clock?x=1 body')
  const seen = JSON.parse(String(answer.headers['x-seen'])) as IncomingHttpHeaders
  expect(seen).toMatchObject({ 'x-kept': '2', 'x-forwarded-host': `127.0.0.1:${stage.gateway.httpPort}` })
  expect(seen).not.toHaveProperty('x-hop')
})

test('streams events of the lab as they come, and lets go when the client leaves', async () => {
  const incoming = await stage.send('/events')
  const [first] = (await once(incoming, 'data')) as [Buffer]
  expect(first.toString()).toBe('data: 1\n\n')
  const left = closing(stage.heldEvents)
  closing(incoming)
  incoming.destroy()
  await left
})

test('answers 502 when the lab is down', async () => {
  await stage.start({ lab: { host: '127.0.0.1', port: await stage.closedPort() } })
  expect(await stage.ask('/')).toMatchObject({ status: 502, body: 'The lab does not answer.\n' })
})
