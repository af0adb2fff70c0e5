import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { type HttpVisitor, openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
const sample = 'https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed'
let world: World
let lab: Lab
let who: HttpVisitor

beforeAll(async () => {
  world = worldOf(open.use(await startStack()))
  lab = labOf(world)
})

beforeEach(async () => {
  await lab.reset()
  who = open.use(await openHttpVisitor(world, 'internet'))
  await who.submit(await who.open(sample), { UserName: alice.upn, Password: alice.password })
  await token()
})

afterAll(() => open.disposeAsync())

/** What AD FS answers to somebody who is signed in; the clock goes on so that it takes nothing for a loop. */
async function token(): Promise<string> {
  await lab.clock({ advance: 'PT30S' })
  return (await who.open(sample)).html
}

async function searches(): Promise<readonly string[]> {
  const events = await lab.journal({ limit: '500' })
  return events.filter(({ deployment }) => deployment === 'directory').map(({ path }) => path)
}

test('while nothing changes, AD FS asks the directory only whether anything has', async () => {
  const before = (await searches()).filter((path) => path === '/users').length
  expect(await token()).toContain('name="wresult"')
  expect(await token()).toContain('name="wresult"')
  const after = await searches()
  expect(after.filter((path) => path === '/users').length).toBe(before)
  expect(after.filter((path) => path === '/users/changes').length).toBeGreaterThanOrEqual(2)
})

test('an account that is disabled gets no further token', async () => {
  await lab.call('PATCH', `/api/directory/users/${alice.upn}`, { enabled: false })
  expect(await token()).not.toContain('name="wresult"')
})

test('an account that is deleted gets no further token', async () => {
  await lab.call('DELETE', `/api/directory/users/${alice.upn}`)
  expect(await token()).not.toContain('name="wresult"')
})

test('a group and a name that change are in the next token', async () => {
  expect(await token()).not.toContain('Finance')
  await lab.call('PUT', `/api/directory/groups/Finance/members/${alice.upn}`)
  expect(await token()).toContain('Finance')
  await lab.call('DELETE', `/api/directory/groups/Finance/members/${alice.upn}`)
  expect(await token()).not.toContain('Finance')
})

test('a state that was restored counts at once, though its numbers have been there before', async () => {
  await lab.call('PUT', `/api/directory/groups/Finance/members/${alice.upn}`)
  expect(await token()).toContain('Finance')
  await lab.reset()
  await who.submit(await who.open(sample), { UserName: alice.upn, Password: alice.password })
  expect(await token()).not.toContain('Finance')
})

test('a directory that is broken breaks the token, whatever AD FS has read before', async () => {
  await lab.call('PUT', '/api/faults/directory', { faults: [{ match: { path: '/users' }, status: 503 }] })
  expect(await token()).not.toContain('name="wresult"')
})
