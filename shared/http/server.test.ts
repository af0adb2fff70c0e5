import { type AddressInfo, connect } from 'node:net'
import { expect, test } from 'vitest'
import { StackClock } from '../clock.ts'
import { Gap, ProtocolError } from '../errors.ts'
import { FaultTable } from '../faults.ts'
import { Journal } from '../journal.ts'
import { createLog } from '../log.ts'
import { systemRandom } from '../random.ts'
import { CallerRegistry } from './callers.ts'
import { createApplication } from './server.ts'

class Refusal extends ProtocolError {
  readonly status = 403
  readonly code = 'refused'
}

function application() {
  const clock = new StackClock()
  const journal = new Journal(clock)
  const faults = new FaultTable()
  const parts = { deployment: 'test', callers: new CallerRegistry('corp'), journal, faults, random: systemRandom }
  const app = createApplication({ ...parts, clock, log: createLog('silent') })
  app.get('/redirect', (_request, reply) =>
    reply.redirect('https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wctx=abc', 302),
  )
  app.get('/refuse', async () => {
    throw new Refusal('No.', 'the user has no mailbox')
  })
  app.get('/gap', async () => {
    throw new Gap('telepathy', 'README.md')
  })
  app.get('/crash', async () => {
    throw new Error('secret detail')
  })
  app.post('/form', async (request) => {
    request.recording.note({ step: 'WEB-ONPREM-3', decision: 'accepted', user: 'bob@contoso.com' })
    return 'ok'
  })
  return { app, journal, faults, clock }
}

test('the journal has the event before the answer arrives, with steps, user and decision', async () => {
  const { app, journal } = application()
  await app.inject({
    method: 'POST',
    url: '/form',
    payload: 'password=hunter2',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  const [event] = journal.since(0)
  expect(event).toMatchObject({
    path: '/form',
    status: 200,
    steps: ['WEB-ONPREM-3'],
    decisions: ['accepted'],
    user: 'bob@contoso.com',
  })
  expect(JSON.stringify(event)).not.toContain('hunter2')
})

test('values of unknown query parameters are fingerprints in the journal', async () => {
  const { app, journal } = application()
  await app.inject('/redirect?wa=wsignin1.0&code=topsecret')
  const [event] = journal.since(0)
  expect(event?.query).toMatchObject({ wa: 'wsignin1.0', code: expect.stringMatching(/^#[0-9a-f]{10}$/) })
  expect(JSON.stringify(journal.since(0))).not.toContain('topsecret')
})

test("a redirect's target and state are links to the hop that follows", async () => {
  const { app, journal } = application()
  await app.inject('/redirect')
  await app.inject({ url: '/adfs/ls/?wa=wsignin1.0&wctx=abc', headers: { host: 'adfs.contoso.com' } })
  const [first, second] = journal.since(0)
  const shared = first?.linksOut.filter((link) => second?.linksIn.includes(link)) ?? []
  expect(shared.map((link) => link.split(':')[0])).toEqual(['url', 'wctx'])
  expect(first?.location).toBe('https://adfs.contoso.com/adfs/ls/')
})

test.each([
  { path: '/refuse', status: 403, body: 'No.\n', reason: 'the user has no mailbox' },
  {
    path: '/gap',
    status: 501,
    body: 'Fauxchange does not implement telepathy. See README.md.\n',
    reason: 'gap: telepathy',
  },
])('$path answers $status; the reason goes to the journal only', async ({ path, status, body, reason }) => {
  const { app, journal } = application()
  const answer = await app.inject(path)
  expect([answer.statusCode, answer.body]).toEqual([status, body])
  expect(journal.since(0)[0]?.reasons).toEqual([reason])
})

test('a crash says nothing about itself to the client', async () => {
  const { app, journal } = application()
  const answer = await app.inject('/crash')
  expect([answer.statusCode, answer.body]).toEqual([500, '500 Internal Server Error\n'])
  expect(journal.since(0)[0]?.decisions).toEqual(['crash'])
})

test('a fault strikes as often as it is counted', async () => {
  const { app, faults } = application()
  faults.replace([{ match: { path: '/form', method: 'POST' }, count: 1, status: 503, headers: { 'x-cause': 'lab' } }])
  const struck = await app.inject({ method: 'POST', url: '/form' })
  const spared = await app.inject({ method: 'POST', url: '/form' })
  expect([struck.statusCode, struck.headers['x-cause'], spared.statusCode]).toEqual([503, 'lab', 200])
})

test('Retry-After holds: whoever comes too early has the same answer, and is counted', async () => {
  const { app, faults, clock } = application()
  await clock.freeze()
  faults.replace([{ match: { path: '/form' }, count: 1, status: 429, retryAfterSeconds: 30 }])
  const ask = async () => {
    const { statusCode, headers } = await app.inject({ method: 'POST', url: '/form' })
    return [statusCode, headers['retry-after']]
  }
  expect(await ask()).toEqual([429, '30'])
  await clock.advance(10_000)
  expect(await ask()).toEqual([429, '20'])
  await clock.advance(20_000)
  expect(await ask()).toEqual([200, undefined])
  expect(faults.list()).toMatchObject([{ hits: 1, tooEarly: 1, left: 0 }])
})

test.each([
  { how: 'by its query', url: '/form?login_hint=bob@contoso.com', payload: 'a=b', struck: true },
  { how: 'by its form', url: '/form', payload: 'UserName=Bob%40contoso.com', struck: true },
  { how: 'as what the handler found out', url: '/form', payload: 'password=x', struck: true },
  { how: 'as somebody else', url: '/form', payload: 'x=y', fault: 'carol@contoso.com', struck: false },
])('a fault for one person, whom the request names $how: $struck', async ({ url, payload, fault, struck }) => {
  const { app, faults } = application()
  faults.replace([{ match: { user: fault ?? 'bob@contoso.com' }, status: 503, body: 'struck' }])
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await app.inject({ method: 'POST', url, headers, payload })
  expect([answer.statusCode, answer.body]).toEqual(struck ? [503, 'struck'] : [200, 'ok'])
})

test('headers by which services name themselves are believed on direct connections only', async () => {
  const { app, journal } = application()
  await app.inject({ url: '/redirect', headers: { 'fauxchange-service': 'wap', 'fauxchange-parent': 'p1' } })
  expect(journal.since(0)[0]).toMatchObject({ actor: 'wap', parent: 'p1' })
})

test.each([
  { line: 'GET //v2.0/keys?a=1', host: 'login.microsoftonline.com', path: '//v2.0/keys' },
  { line: 'GET //', host: 'login.microsoftonline.com', path: '//' },
  { line: 'GET /:80', host: 'login.microsoftonline.com', path: '/:80' },
  { line: 'GET /x', host: 'two words', path: '/x' },
  { line: 'GET /x', host: '[::1', path: '/x' },
  { line: 'GET /x', host: '', path: '/x' },
  { line: 'GET /%', host: 'login.microsoftonline.com', path: '/%' },
  { line: 'GET http://elsewhere.example/x', host: 'login.microsoftonline.com', path: '/x' },
  { line: 'OPTIONS *', host: 'login.microsoftonline.com', path: '/*' },
])('"$line" of "$host" is answered and recorded', async ({ line, host, path }) => {
  const { app, journal } = application()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(`${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  const answer = (await socket.toArray()).join('')
  await app.close()
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  expect(journal.since(0).map((event) => event.path)).toEqual([path])
})
