import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, peggy, trent } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

const online = 'https://outlook.office365.com/Microsoft-Server-ActiveSync'
const onPremises = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
const webServices = 'https://outlook.office365.com/EWS/Exchange.asmx'
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

interface Person {
  readonly upn: string
  readonly password: string
}

async function knock(url: string, { upn, password }: Person, there = stack) {
  const authorization = `Basic ${Buffer.from(`${upn}:${password}`).toString('base64')}`
  return requestThrough(there, 'internet', url, { method: 'OPTIONS', headers: { authorization } })
}

async function cmdlet(deployment: 'exchange-online' | 'exchange-onprem', CmdletName: string, Parameters: object) {
  const body = { deployment, CmdletName, Parameters }
  const { status, json } = await lab.call('POST', '/api/exchange/cmdlets', body)
  expect([status, json]).toEqual([200, expect.anything()])
}

async function askedAdfs(): Promise<number> {
  const events = await lab.journal()
  return events.filter(({ deployment, path }) => deployment === 'adfs' && path.includes('usernamemixed')).length
}

test.each([
  { who: 'a federated user', person: alice, adfs: 1 },
  { who: 'a user with a synchronized hash', person: peggy, adfs: 0 },
  { who: 'a user with pass-through authentication', person: trent, adfs: 0 },
])('Basic of $who is accepted online, and a wrong password is not', async ({ person, adfs }) => {
  expect((await knock(online, person)).status).not.toBe(401)
  expect(await askedAdfs()).toBe(adfs)
  const refused = await knock(online, { ...person, password: 'wrong' })
  expect([refused.status, refused.text, refused.headers['www-authenticate']]).toEqual([401, '', 'Basic Realm=""'])
})

test('MOBILE-ONLINE-L the pilot is blocked before AD FS sees anything, then everybody; other protocols go on', async () => {
  await cmdlet('exchange-online', 'New-AuthenticationPolicy', { Name: 'Block', AllowBasicAuthWebServices: true })
  await cmdlet('exchange-online', 'Set-User', { Identity: alice.upn, AuthenticationPolicy: 'Block' })
  expect((await knock(online, alice)).status).toBe(401)
  expect(await askedAdfs()).toBe(0)
  expect((await knock(webServices, alice)).status).not.toBe(401)
  expect((await knock(online, peggy)).status).not.toBe(401)
  await cmdlet('exchange-online', 'Set-OrganizationConfig', { DefaultAuthenticationPolicy: 'Block' })
  expect((await knock(online, peggy)).status).toBe(401)
  await cmdlet('exchange-online', 'Set-AuthenticationPolicy', { Identity: 'Block', AllowBasicAuthActiveSync: true })
  expect((await knock(online, alice)).status).not.toBe(401)
  const refusal = (await lab.journal()).find(({ reasons }) => reasons.some((reason) => reason.includes('"Block"')))
  expect(refusal).toMatchObject({ deployment: 'exchange-online', status: 401 })
})

test('on-premises the directory decides, and a policy blocks before it', async () => {
  expect((await knock(onPremises, bob)).status).not.toBe(401)
  expect((await knock(onPremises, { upn: 'CONTOSO\\bob', password: bob.password })).status).not.toBe(401)
  const wrong = await knock(onPremises, { ...bob, password: 'wrong' })
  expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([401, 'Basic realm="mail.contoso.com"'])
  await cmdlet('exchange-onprem', 'New-AuthenticationPolicy', { Name: 'Modern', BlockLegacyAuthActiveSync: true })
  await cmdlet('exchange-onprem', 'Set-User', { Identity: bob.upn, AuthenticationPolicy: 'Modern' })
  expect((await knock(onPremises, bob)).status).toBe(401)
})

test('Conditional Access blocks legacy clients after the password, and the sign-in log says by what', async () => {
  const scenario = await loadDefaultScenario()
  const { entra } = scenario
  const policies = entra.conditionalAccess.policies.map((policy) =>
    policy.displayName.startsWith('Block mail clients') ? { ...policy, state: 'enabled' as const } : policy,
  )
  const blocking = { ...scenario, entra: { ...entra, conditionalAccess: { policies } } }
  await using strict = await startStack({ scenario: blocking })
  expect((await knock(online, peggy)).status).not.toBe(401)
  expect((await knock(online, peggy, strict)).status).toBe(401)
  const { json } = await labOf(worldOf(strict)).call('GET', `/api/sign-ins?user=${peggy.upn}`)
  expect(json).toMatchObject({ signIns: [{ clientAppUsed: 'Exchange ActiveSync', status: { errorCode: 53003 } }] })
})

test.each([
  'Basic',
  'Basic !!!',
  `Basic ${Buffer.from('no colon').toString('base64')}`,
  `Basic ${Buffer.from(':no name').toString('base64')}`,
])('%s is refused unread', async (authorization) => {
  const answer = await requestThrough(stack, 'internet', online, { method: 'OPTIONS', headers: { authorization } })
  expect(answer.status).toBe(401)
})
