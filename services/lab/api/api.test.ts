import type { FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'
import { openLab, Peer } from '../_lab.ts'

const push = {
  id: 'p1',
  number: 42,
  application: 'Outlook',
  address: '203.0.113.10',
  createdAt: '',
  expiresAt: '',
  state: 'pending',
}
const phone = {
  userPrincipalName: 'alice@contoso.com',
  methods: [{ type: 'push', id: 'm1', display: 'iPhone', isDefault: true }],
  totp: { code: '123456', previousCode: '654321', secondsLeft: 12 },
  pushes: [push],
  sms: [],
}

function withPhones(app: FastifyInstance): void {
  app.get('/mfa/:upn', async (request, reply) =>
    (request.params as { upn: string }).upn === 'alice@contoso.com' ? phone : reply.code(404).send({ error: 'nobody' }),
  )
  app.post('/mfa/:upn/approve', async (request, reply) => {
    const { number = push.number } = request.body as { number?: number }
    return number === push.number ? { id: 'p1', state: 'approved' } : reply.code(409).send({ error: 'wrong number' })
  })
  app.post('/mfa/:upn/deny', async (_request, reply) => reply.code(404).send({ error: 'nothing waits' }))
  app.get('/signins', async (request) => ({ signIns: [{ query: request.query }] }))
}

const cycle = { startedAt: '', result: 'success', counts: { added: 1, updated: 0, deleted: 0, unchanged: 0 } }
const account = { displayName: 'Zoe', enabled: true, passwordExpired: false, lockedOut: false, synchronized: true }

function withAccounts(app: FastifyInstance): void {
  app.get('/users', async () => ({ users: [{ ...account, userPrincipalName: 'zoe@contoso.com' }] }))
  app.post('/users', async (request, reply) => reply.code(201).send({ ...account, ...(request.body as object) }))
  app.patch('/users/:upn', async (request) => ({
    ...account,
    userPrincipalName: (request.params as { upn: string }).upn,
    ...(request.body as object),
  }))
  app.delete('/users/:upn', async (_request, reply) => reply.code(404).send({ error: 'There is no such user.' }))
  app.put('/groups/:name/members/:upn', async (request) => ({ ...(request.params as object) }))
  app.delete('/groups/:name/members/:upn', async () => ({}))
  app.post('/synchronize', async (request) => ({
    ...cycle,
    kind: (request.body as { full: boolean }).full ? 'initial' : 'delta',
  }))
  app.get('/synchronizations', async () => ({ cycles: [{ ...cycle, kind: 'delta' }] }))
}

async function open() {
  const entra = new Peer('entra', withPhones)
  const directory = new Peer('directory', withAccounts)
  const adfs = new Peer('adfs')
  return { entra, directory, adfs, ...(await openLab([directory, entra, adfs])) }
}

describe('reset', () => {
  test('puts every deployment back, the directory when Entra ID is done, and the clock first of all', async () => {
    await using lab = await open()
    await lab.call('/api/clock', { method: 'POST', body: { advance: 'P1D' } })
    let entraWas = 0
    lab.entra.whenReset = () => new Promise((resolve) => setImmediate(resolve))
    lab.directory.whenReset = async () => {
      entraWas = lab.entra.resets
    }
    const answer = await lab.call('/api/reset', { method: 'POST' })
    expect(answer.status).toBe(200)
    const deployments = { directory: 'reset', entra: 'reset', adfs: 'reset', lab: 'reset' }
    expect(answer.json()).toEqual({ status: 'reset', deployments })
    expect(entraWas).toBe(1)
    for (const { clock } of [lab.entra, lab.directory, lab.adfs, lab.self]) expect(clock.state.offset).toBe(0)
    expect(lab.entra.calls.slice(-2)).toEqual(['DELETE /clock', 'POST /reset'])
  })

  test('is no success while one deployment fails, and says which', async () => {
    await using lab = await open()
    lab.adfs.whenReset = async () => {
      throw new Error('disk full')
    }
    const answer = await lab.call('/api/reset', { method: 'POST', body: {} })
    expect(answer.status).toBe(502)
    expect(answer.json()).toMatchObject({ detail: [{ deployment: 'adfs', error: 'disk full' }] })
    expect(lab.directory.resets).toBe(1)
  })

  test('two at once run one after the other', async () => {
    await using lab = await open()
    const running = { now: 0, most: 0 }
    lab.entra.whenReset = async () => {
      running.now += 1
      running.most = Math.max(running.most, running.now)
      await new Promise((resolve) => setImmediate(resolve))
      running.now -= 1
    }
    const answers = await Promise.all([1, 2, 3].map(() => lab.call('/api/reset', { method: 'POST' })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(running.most).toBe(1)
    expect(lab.entra.resets).toBe(3)
  })
})

describe('clock', () => {
  test('moves, stops and releases every deployment alike', async () => {
    await using lab = await open()
    const set = await lab.call('/api/clock', { method: 'POST', body: { now: '2030-01-01T00:00:00Z', freeze: true } })
    expect(set.json()).toMatchObject({ now: '2030-01-01T00:00:00.000Z', frozen: true })
    const advanced = await lab.call('/api/clock', { method: 'POST', body: { advance: 'PT1H' } })
    expect(advanced.json()).toMatchObject({ now: '2030-01-01T01:00:00.000Z', frozen: true })
    for (const { clock } of [lab.entra, lab.directory, lab.adfs])
      expect(clock.now().toISOString()).toBe('2030-01-01T01:00:00.000Z')
    const released = await lab.call('/api/clock', { method: 'POST', body: { freeze: false } })
    expect(released.json()).toMatchObject({ frozen: false })
    expect(lab.adfs.clock.state).toEqual(lab.entra.clock.state)
    expect((await lab.call('/api/clock')).json().now).toMatch(/^2030-01-01T01:00:0/)
  })

  test('waits for what fell due, and lets the directory call peers that have the new time', async () => {
    await using lab = await open()
    const seen: string[] = []
    lab.directory.clock.at(new Date(lab.directory.clock.now().getTime() + 1_800_000), async () => {
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(lab.entra.clock.now().toISOString().slice(0, 13))
    })
    const { now } = (await lab.call('/api/clock', { method: 'POST', body: { advance: 'PT1H' } })).json()
    expect(seen).toEqual([now.slice(0, 13)])
  })

  test('says which deployment did not take the time', async () => {
    await using lab = await open()
    lab.adfs.isDown = true
    const answer = await lab.call('/api/clock', { method: 'POST', body: { freeze: true } })
    expect(answer.status).toBe(502)
    expect(answer.json().detail).toEqual([{ deployment: 'adfs', error: 'connection refused' }])
  })
})

describe('journal', () => {
  test('joins what happened in several deployments, newest last, and reads on from a cursor', async () => {
    await using lab = await open()
    lab.entra.record('a', { linksOut: ['state:1'], user: 'alice@contoso.com' })
    await lab.call('/api/clock', { method: 'POST', body: { advance: 'PT1S' } })
    lab.adfs.record('b', { linksIn: ['state:1'] })
    const first = (await lab.call('/api/journal')).json()
    const events = first.events.filter(({ deployment }: { deployment: string }) => deployment !== 'lab')
    expect(events.map(({ id, flowId }: { id: string; flowId: string }) => `${id} in ${flowId}`)).toEqual([
      'a in a',
      'b in a',
    ])
    expect(first.missing).toEqual([])
    lab.adfs.record('c')
    const next = (await lab.call(`/api/journal?since=${first.cursor}`)).json()
    expect(next.events.map(({ id }: { id: string }) => id)).toEqual(['c'])
    const mine = (await lab.call('/api/journal?user=alice@contoso.com&deployment=adfs')).json()
    expect(mine.events.map(({ id }: { id: string }) => id)).toEqual(['b'])
    const flows = (await lab.call('/api/flows?text=login')).json().flows
    expect(flows.map((flow: { id: string; events: number }) => [flow.id, flow.events])).toEqual([
      ['a', 2],
      ['c', 1],
    ])
  })

  test.each(['since=yesterday', 'limit=-1', 'limit=many', 'colour=red'])('refuses ?%s', async (query) => {
    await using lab = await open()
    const answer = await lab.call(`/api/journal?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.json().error).toMatch(/\w+/)
  })

  test('names a deployment that gives no answer', async () => {
    await using lab = await open()
    lab.entra.isDown = true
    expect((await lab.call('/api/journal')).json().missing).toEqual([
      { deployment: 'entra', error: 'connection refused' },
    ])
  })

  test('what is done in the lab is in it, what is only looked at is not', async () => {
    await using lab = await open()
    await lab.call('/api/mfa/alice@contoso.com')
    await lab.call('/api/mfa/alice@contoso.com/approve', { method: 'POST', body: {} })
    const { events } = (await lab.call('/api/journal?deployment=lab')).json()
    expect(events).toMatchObject([
      {
        method: 'POST',
        path: '/api/mfa/alice@contoso.com/approve',
        user: 'alice@contoso.com',
        decisions: ['pushApproved'],
      },
    ])
  })
})

describe('phone', () => {
  test.each([
    { what: 'shows it', path: '', body: undefined, status: 200, json: phone },
    {
      what: 'approves with the right number',
      path: '/approve',
      body: { number: 42 },
      status: 200,
      json: { state: 'approved' },
    },
    {
      what: 'approves without a number or a body',
      path: '/approve',
      body: '',
      status: 200,
      json: { state: 'approved' },
    },
    {
      what: 'tells of a wrong number',
      path: '/approve',
      body: { number: 41 },
      status: 409,
      json: { error: 'wrong number' },
    },
    { what: 'refuses a number that is none', path: '/approve', body: { number: 'x' }, status: 400, json: {} },
    { what: 'tells that nothing waits', path: '/deny', body: {}, status: 404, json: { error: 'nothing waits' } },
  ])('$what', async ({ path, body, status, json }) => {
    await using lab = await open()
    const method = path === '' ? 'GET' : 'POST'
    const answer = await lab.call(`/api/mfa/alice%40contoso.com${path}`, { method, body })
    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject(json)
  })

  test('an unknown person is 404, an Entra ID that does not answer 503', async () => {
    await using lab = await open()
    expect((await lab.call('/api/mfa/nobody@contoso.com')).status).toBe(404)
    lab.entra.isDown = true
    expect((await lab.call('/api/mfa/alice@contoso.com')).status).toBe(503)
  })
})

test.each([
  {
    method: 'GET',
    path: '/api/directory/users',
    status: 200,
    json: { users: [{ userPrincipalName: 'zoe@contoso.com' }] },
  },
  {
    method: 'POST',
    path: '/api/directory/users',
    body: { userPrincipalName: 'new@contoso.com', password: 'x' },
    status: 201,
    json: { userPrincipalName: 'new@contoso.com' },
  },
  {
    method: 'POST',
    path: '/api/directory/users',
    body: { password: 'x' },
    status: 400,
    json: { detail: [{ at: 'body.userPrincipalName' }] },
  },
  {
    method: 'PATCH',
    path: '/api/directory/users/zoe%40contoso.com',
    body: { enabled: false },
    status: 200,
    json: { userPrincipalName: 'zoe@contoso.com', enabled: false },
  },
  {
    method: 'DELETE',
    path: '/api/directory/users/zoe@contoso.com',
    status: 404,
    json: { error: 'There is no such user.' },
  },
  { method: 'PUT', path: '/api/directory/groups/All%20Staff/members/zoe@contoso.com', status: 200, json: {} },
  { method: 'DELETE', path: '/api/directory/groups/All%20Staff/members/zoe@contoso.com', status: 200, json: {} },
  { method: 'POST', path: '/api/synchronize', status: 200, json: { kind: 'delta' } },
  { method: 'POST', path: '/api/synchronize', body: { full: true }, status: 200, json: { kind: 'initial' } },
  { method: 'GET', path: '/api/synchronizations', status: 200, json: { cycles: [{ kind: 'delta' }] } },
  {
    method: 'GET',
    path: '/api/signins?user=a%26b@contoso.com',
    status: 200,
    json: { signIns: [{ query: { user: 'a&b@contoso.com' } }] },
  },
  { method: 'GET', path: '/api/nothing', status: 404, json: { detail: 'GET /api/nothing' } },
  { method: 'DELETE', path: '/api/clock', status: 404, json: { detail: 'DELETE /api/clock' } },
  { method: 'POST', path: '/api/clock', body: '{', status: 400, json: { error: 'The body is not JSON.' } },
  { method: 'POST', path: '/api/clock', status: 400, json: { detail: [{ at: 'body' }] } },
] as const)('$method $path: $status', async ({ method, path, status, json, ...more }) => {
  await using lab = await open()
  const answer = await lab.call(path, { method, ...more })
  expect(answer.json()).toMatchObject(json)
  expect(answer.status).toBe(status)
})

test('reads JSON that curl -d sends as a form', async () => {
  await using lab = await open()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await lab.call('/api/clock', { method: 'POST', headers, body: '{"advance":"PT1H"}' })
  expect(answer.status).toBe(200)
})

test('accounts: the scenario’s people with passwords, how they stand now, and who came since', async () => {
  await using lab = await open()
  const { accounts } = (await lab.call('/api/accounts')).json()
  const named = (upn: string) => accounts.find((each: { userPrincipalName: string }) => each.userPrincipalName === upn)
  expect(named('alice@contoso.com')).toMatchObject({
    password: 'Alice-Pass1',
    identity: 'federated',
    mailbox: 'online',
    mfa: ['push', 'totp', 'sms'],
    notes: ['deleted'],
  })
  expect(named('peggy@fabrikam.com')).toMatchObject({ identity: 'passwordHashSync' })
  expect(named('breakglass@contoso.onmicrosoft.com')).toMatchObject({ identity: 'cloudOnly', notes: [] })
  expect(named('zoe@contoso.com')).toMatchObject({ password: null, notes: ['created in the lab'] })
})

test('deployments: what is ready, what is not, and why', async () => {
  await using lab = await open()
  lab.entra.status = 'starting'
  lab.adfs.isDown = true
  const { deployments } = (await lab.call('/api/deployments')).json()
  expect(deployments.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`)).toEqual([
    'directory ready',
    'entra starting',
    'adfs connection refused',
    'lab ready',
  ])
})

test('faults: set for one deployment, seen in all, checked before they are sent', async () => {
  await using lab = await open()
  const faults = [{ match: { path: '/adfs/ls' }, count: 1, status: 503 }]
  expect((await lab.call('/api/faults/adfs', { method: 'PUT', body: { faults } })).json()).toEqual({ faults })
  expect(lab.adfs.faults.strike({ method: 'GET', host: '', path: '/adfs/ls/' })).toEqual(faults[0])
  expect((await lab.call('/api/faults')).json().deployments).toEqual({ adfs: [], directory: [], entra: [], lab: [] })
  expect((await lab.call('/api/faults/adfs', { method: 'PUT', body: { faults: [{ match: {} }] } })).status).toBe(400)
  expect((await lab.call('/api/faults/unknown')).status).toBe(404)
})

test('urls: each says who answers in which zone', async () => {
  await using lab = await open()
  const { urls, gateways } = (await lab.call('/api/urls')).json()
  expect(urls.length).toBeGreaterThan(5)
  expect(gateways.map(({ zone }: { zone: string }) => zone)).toEqual(['internet', 'corp'])
})

describe('pages of other origins', () => {
  test.each([
    { what: 'a foreign Origin', headers: { origin: 'https://evil.example' }, status: 403 },
    {
      what: 'a cross-site form',
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      status: 403,
    },
    { what: 'a rebound name', headers: { host: 'evil.example' }, status: 421 },
    { what: 'a rebound name behind the gateway', headers: { 'x-forwarded-host': 'evil.example' }, status: 421 },
  ] as { what: string; headers: Record<string, string>; status: number }[])(
    '$what is refused',
    async ({ headers, status }) => {
      await using lab = await open()
      const answer = await lab.call('/api/reset', { method: 'POST', headers })
      expect(answer.status).toBe(status)
      expect(answer.json().error).toMatch(/\w+/)
      expect(lab.entra.resets).toBe(0)
    },
  )

  test('the lab’s own page is served', async () => {
    await using lab = await open()
    const headers = { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }
    expect((await lab.call('/api/reset', { method: 'POST', headers })).status).toBe(200)
  })
})
