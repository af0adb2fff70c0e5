import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import type { BuildService, DeploymentContext } from '#shared/stack/deployment.ts'

const open = new AsyncDisposableStack()
let stack: Stack
const members: Record<string, DeploymentContext> = {}
const cycles: Record<string, unknown>[] = []

let domains = [
  { name: 'contoso.com', authentication: 'federated' },
  { name: 'fabrikam.com', authentication: 'passwordHashSync' },
  { name: 'wingtiptoys.com', authentication: 'passThrough' },
]

/** An Entra that takes everything, and keeps what it was sent. */
const fakeEntra: BuildService = async (context) => {
  const app = context.createApplication()
  app.post('/provisioning/:tenant/synchronize', async (request) => {
    await context.authenticateMachine(request, ['directory'])
    const body = request.body as { users: unknown[]; groups: unknown[]; devices: unknown[]; deletedAnchors: unknown[] }
    cycles.push(body)
    return { added: body.users.length, updated: 0, deleted: body.deletedAnchors.length, unchanged: 0 }
  })
  app.get('/provisioning/:tenant/domains', async (request) => {
    await context.authenticateMachine(request, ['directory'])
    return { domains }
  })
  app.get('/provisioning/:tenant/devices', async () => ({ issuers: [], devices: [] }))
  app.post('/provisioning/:tenant/passthrough/poll', async (_request, reply) => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return reply.code(204).send()
  })
  return { app, reset: async () => {} }
}

/** A member server that only calls. */
const caller: BuildService = async (context) => {
  members[context.name] = context
  return { app: context.createApplication(), reset: async () => {} }
}

beforeAll(async () => {
  const only = ['directory', 'entra', 'adfs', 'wap']
  stack = open.use(await startStack({ only, services: { entra: fakeEntra, adfs: caller, wap: caller } }))
})

afterAll(() => open.disposeAsync())

function manage(method: string, path: string, body: unknown): Promise<Response> {
  const address = stack.deployments.find((each) => each.plan.name === 'directory')?.management
  return fetch(`http://${address?.host}:${address?.port}${path}`, {
    method,
    headers: { 'fauxchange-management': '1', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

const context = (member: string) => {
  const found = members[member]
  if (!found) throw new Error(`${member} did not start`)
  return found
}

const logon = (identity: string, password: string, member = 'adfs') =>
  context(member).http.send('https://dc1.contoso.com/logon', {
    method: 'POST',
    authenticate: true,
    json: { identity, password },
  })

test('a logon tells a member server who it was, with groups and attributes', async () => {
  const answer = await logon('CONTOSO\\Bob', 'Bob-Pass2')
  expect(answer.status).toBe(200)
  const { user } = (await answer.json()) as { user: Record<string, unknown> }
  expect(user).toMatchObject({
    userPrincipalName: 'bob@contoso.com',
    samAccountName: 'bob',
    netbiosName: 'CONTOSO',
    enabled: true,
  })
  expect(user.groups).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'Finance' })]))
  expect(user.attributes).toMatchObject({ objectSID: [user.sid], userPrincipalName: ['bob@contoso.com'] })
})

test.each([
  { identity: 'bob@contoso.com', password: 'no', status: 'STATUS_WRONG_PASSWORD' },
  { identity: 'nobody@contoso.com', password: 'no', status: 'STATUS_NO_SUCH_USER' },
  { identity: 'FABRIKAM\\bob', password: 'Bob-Pass2', status: 'STATUS_NO_SUCH_USER' },
  { identity: 'frank@contoso.com', password: 'Frank-Pass8', status: 'STATUS_ACCOUNT_DISABLED' },
  { identity: 'grace@contoso.com', password: 'Grace-Pass9', status: 'STATUS_ACCOUNT_LOCKED_OUT' },
  { identity: 'heidi@contoso.com', password: 'Heidi-Pass10', status: 'STATUS_PASSWORD_EXPIRED' },
])('$identity → $status', async ({ identity, password, status }) => {
  const answer = await logon(identity, password)
  expect([answer.status, await answer.json()]).toEqual([401, expect.objectContaining({ status })])
})

test('a machine that is no member server is not answered', async () => {
  expect((await logon('bob@contoso.com', 'Bob-Pass2', 'wap')).status).toBe(401)
})

test('nobody is answered without a machine token', async () => {
  const answer = await context('adfs').http.send('https://dc1.contoso.com/users?userPrincipalName=bob@contoso.com')
  expect(answer.status).toBe(401)
})

test('the first cycle is full: synchronized people only, hashes for password hash synchronization only', async () => {
  const users = (cycles[0] as { full: boolean; users: Record<string, string>[] }).users
  const names = users.map((user) => user.userPrincipalName)
  expect(cycles[0]).toMatchObject({ full: true })
  expect(names).toContain('peggy@fabrikam.com')
  expect(names).not.toContain('judy@contoso.com')
  expect(users.filter((user) => user.passwordHash !== undefined).map((user) => user.userPrincipalName)).toEqual([
    'peggy@fabrikam.com',
  ])
  expect(JSON.stringify(cycles)).not.toContain('Peggy-Pass14')
})

test('a delta cycle sends what changed, and nothing when nothing did', async () => {
  await manage('PATCH', '/users/bob@contoso.com', { displayName: 'Robert' })
  const before = cycles.length
  await manage('POST', '/synchronize', {})
  await manage('POST', '/synchronize', {})
  expect(cycles.length).toBe(before + 1)
  expect((cycles.at(-1) as { users: unknown[] }).users).toEqual([expect.objectContaining({ displayName: 'Robert' })])
})

test('a domain that Entra ID checks passwords for from now on gets its hashes at the next cycle, and only that one', async () => {
  domains = domains.map((each) => ({ ...each, authentication: 'passwordHashSync' }))
  await manage('POST', '/synchronize', {})
  const { users } = cycles.at(-1) as { users: Record<string, string>[] }
  const names = users.map(({ userPrincipalName = '' }) => userPrincipalName)
  expect(names).toEqual(expect.arrayContaining(['alice@contoso.com', 'trent@wingtiptoys.com']))
  expect(names).not.toContain('peggy@fabrikam.com')
  expect(users.every(({ passwordHash = '' }) => passwordHash.startsWith('v1;PPH1_MD4,'))).toBe(true)
})

async function changeNumber(): Promise<unknown> {
  const answer = await context('adfs').http.send('https://dc1.contoso.com/users/changes', { authenticate: true })
  return ((await answer.json()) as { changeNumber: unknown }).changeNumber
}

test('the change number stays while nothing changes, and comes with every account', async () => {
  // A right password after a wrong one is a change: the count starts anew.
  await logon('bob@contoso.com', 'Bob-Pass2')
  const number = await changeNumber()
  await logon('bob@contoso.com', 'Bob-Pass2')
  const found = await context('adfs').http.send('https://dc1.contoso.com/users?samAccountName=bob', {
    authenticate: true,
  })
  await found.text()
  expect([await changeNumber(), found.headers['fauxchange-change-number']]).toEqual([number, number])
})

test.each([
  { what: 'a wrong password, which is counted', change: () => logon('bob@contoso.com', 'wrong') },
  { what: 'a name', change: () => manage('PATCH', '/users/bob@contoso.com', { displayName: 'Bobby' }) },
  { what: 'a disabled account', change: () => manage('PATCH', '/users/bob@contoso.com', { enabled: false }) },
  { what: 'a password', change: () => manage('PATCH', '/users/bob@contoso.com', { password: 'Other-Pass2' }) },
  { what: 'a membership', change: () => manage('PUT', '/groups/Mobile%20Pilot/members/bob@contoso.com', {}) },
  { what: 'the end of one', change: () => manage('DELETE', '/groups/Mobile%20Pilot/members/bob@contoso.com', {}) },
  { what: 'a deleted account', change: () => manage('DELETE', '/users/bob@contoso.com', {}) },
])('the change number is another after $what', async ({ change }) => {
  const before = await changeNumber()
  await change()
  expect(await changeNumber()).not.toBe(before)
})
