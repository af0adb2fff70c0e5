import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { type HttpVisitor, openHttpVisitor, type Visit } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { peggy } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
let world: World
let lab: Lab

beforeAll(async () => {
  world = worldOf(open.use(await startStack()))
  lab = labOf(world)
})

beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

async function atEntra(upn: string, password: string): Promise<Visit> {
  await using who: HttpVisitor = await openHttpVisitor(world, 'internet')
  const page = await who.submit(await who.open('https://outlook.office.com/owa/'), { loginfmt: upn, login: upn })
  return page.html.includes('name="passwd"') ? who.submit(page, { passwd: password }) : page
}

const newcomer = { userPrincipalName: 'newcomer@fabrikam.com', password: 'Newcomer-Pass1', displayName: 'New Comer' }

interface Cycle {
  readonly kind: string
  readonly result: string
  readonly counts: { readonly added: number; readonly updated: number; readonly deleted: number }
}

async function synchronize(): Promise<Cycle> {
  const { status, json } = await lab.call('POST', '/api/synchronize', {})
  expect(status).toBe(200)
  return json as Cycle
}

test('ENV-2 a new user is unknown to Entra until the next cycle', async () => {
  expect((await lab.call('POST', '/api/directory/users', newcomer)).status).toBe(201)
  expect((await atEntra(newcomer.userPrincipalName, newcomer.password)).html).toContain('50034')
  expect((await synchronize()).counts).toMatchObject({ added: 1, deleted: 0 })
  expect((await atEntra(newcomer.userPrincipalName, 'wrong')).html).toContain('50126')
  expect((await atEntra(newcomer.userPrincipalName, newcomer.password)).html).not.toContain('50126')
})

test('ENV-2 a changed password travels: the old one stops, the new one works', async () => {
  await lab.call('PATCH', `/api/directory/users/${peggy.upn}`, { password: 'Another-Pass1' })
  expect((await atEntra(peggy.upn, peggy.password)).html).toContain('idTxtBx_SAOTCC_OTC')
  expect((await synchronize()).counts).toMatchObject({ updated: 1 })
  expect((await atEntra(peggy.upn, peggy.password)).html).toContain('50126')
  expect((await atEntra(peggy.upn, 'Another-Pass1')).html).toContain('idTxtBx_SAOTCC_OTC')
})

test('ENV-2 a cycle runs by itself every thirty minutes of the clock', async () => {
  await lab.call('PATCH', `/api/directory/users/${peggy.upn}`, { enabled: false })
  expect((await atEntra(peggy.upn, peggy.password)).html).not.toContain('50057')
  await lab.clock({ advance: 'PT31M' })
  expect((await atEntra(peggy.upn, peggy.password)).html).toContain('50057')
})

test('ENV-2 a deleted user is gone after the cycle', async () => {
  expect((await lab.call('DELETE', `/api/directory/users/${peggy.upn}`)).status).toBe(200)
  expect((await synchronize()).counts).toMatchObject({ deleted: 1 })
  expect((await atEntra(peggy.upn, peggy.password)).html).toContain('50034')
})

test('ENV-2 group membership travels', async () => {
  const membership = `/api/directory/groups/Mobile%20Pilot/members/${peggy.upn}`
  expect((await lab.call('PUT', membership)).status).toBe(200)
  expect((await synchronize()).counts).toMatchObject({ updated: 1 })
  expect((await synchronize()).counts).toMatchObject({ added: 0, updated: 0, deleted: 0 })
})

test('a reset brings the scenario back, in Active Directory and in Entra', async () => {
  await lab.call('DELETE', `/api/directory/users/${peggy.upn}`)
  await synchronize()
  await lab.reset()
  expect((await atEntra(peggy.upn, peggy.password)).html).toContain('idTxtBx_SAOTCC_OTC')
})
