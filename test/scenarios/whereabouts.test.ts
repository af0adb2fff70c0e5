import { ProxyAgent, request } from 'undici'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, peggy } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

const elsewhere = '198.51.100.66'
const usual = '203.0.113.10'
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

const put = async (upn: string, address: string | null) =>
  expect((await lab.call('PUT', `/api/whereabouts/${upn}`, { address })).status).toBe(200)

async function addressesOf(upn: string): Promise<readonly string[]> {
  const { json } = await lab.call('GET', `/api/sign-ins?user=${upn}`)
  return (json as { signIns: { ipAddress: string }[] }).signIns.map(({ ipAddress }) => ipAddress)
}

/** Whether AD FS takes the password, from outside; `name` as it is typed. */
async function isAccepted(name: string): Promise<boolean> {
  await using who = await openHttpVisitor(worldOf(stack), 'internet')
  await who.submit(await who.open('https://mail.contoso.com/owa'), { UserName: name, Password: bob.password })
  const answer = (await lab.journal({ deployment: 'adfs' })).findLast(({ method }) => method === 'POST')
  return answer?.decisions.includes('credentialsAccepted') === true
}

test.each([bob.upn, 'CONTOSO\\bob'])(
  'AD FS refuses %s at a banned address, where the lab has put him',
  async (name) => {
    const banned = { addBannedAddresses: [`${elsewhere}/32`] }
    expect((await lab.call('PATCH', '/api/adfs/properties', banned)).status).toBe(200)
    expect(await isAccepted(name)).toBe(true)
    await put(bob.upn, elsewhere)
    expect(await isAccepted(name)).toBe(false)
    const refused = (await lab.journal({ deployment: 'adfs' })).at(-1)
    expect(refused?.reasons.join()).toContain(`${elsewhere} is banned`)
    await put(bob.upn, null)
    expect(await isAccepted(name)).toBe(true)
  },
)

test('rules of AD FS see the address as x-ms-forwarded-client-ip, once the person is known', async () => {
  const type = 'http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-forwarded-client-ip'
  const method = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod'
  const rules = `c:[Type == "${type}", Value == "${elsewhere}"]
 => issue(Type = "${method}", Value = "http://schemas.microsoft.com/claims/multipleauthn");`
  const { status } = await lab.call('PATCH', '/api/adfs/rules', { additionalAuthenticationRules: rules })
  expect(status).toBe(200)
  const asked = async () => {
    const before = (await lab.journal({ deployment: 'adfs' })).length
    await isAccepted(bob.upn)
    const events = (await lab.journal({ deployment: 'adfs' })).slice(before)
    return events.some(({ reasons }) =>
      reasons.some((reason) => reason.includes('global additional authentication rules')),
    )
  }
  expect(await asked()).toBe(false)
  await put(bob.upn, elsewhere)
  expect(await asked()).toBe(true)
})

test('Basic through Exchange Online is judged and logged there, and at the connection again afterwards', async () => {
  const knock = () => {
    const authorization = `Basic ${Buffer.from(`${peggy.upn}:${peggy.password}`).toString('base64')}`
    const url = 'https://outlook.office365.com/EWS/Exchange.asmx'
    return requestThrough(stack, 'internet', url, { method: 'OPTIONS', headers: { authorization } })
  }
  await put(peggy.upn, elsewhere)
  await knock()
  expect((await addressesOf(peggy.upn))[0]).toBe(elsewhere)
  const hop = (await lab.journal({ deployment: 'exchange-online' })).at(-1)
  expect(hop, 'the journal tells connections').toMatchObject({ clientAddress: usual, user: peggy.upn })
})

test('tokens and the sign-in log have the address; a snapshot brings it back to every deployment', async () => {
  const signIn = async () => {
    const url = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token'
    const grant = { grant_type: 'password', username: peggy.upn, password: peggy.password, client_id: client }
    const body = new URLSearchParams({ ...grant, scope: 'https://outlook.office.com/EWS.AccessAsUser.All' }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
    const { access_token: token = '' } = JSON.parse(answer.text) as { access_token?: string }
    return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { ipaddr: string }).ipaddr
  }
  await put(peggy.upn, elsewhere)
  expect([await signIn(), (await addressesOf(peggy.upn))[0]]).toEqual([elsewhere, elsewhere])
  await lab.call('PUT', '/api/snapshots/away')
  await put(peggy.upn, null)
  expect([await signIn(), (await addressesOf(peggy.upn))[0]]).toEqual([usual, usual])
  await lab.call('POST', '/api/snapshots/away/restore')
  expect(await signIn()).toBe(elsewhere)
  expect(await seenThrough(`${peggy.upn}`)).toBe(elsewhere)
})

test('a proxy user name names the person: her address holds before anybody knows who asks', async () => {
  await put(alice.upn, elsewhere)
  expect(await seenThrough(alice.upn)).toBe(elsewhere)
  expect(await seenThrough(bob.upn)).toBe(usual)
  await lab.reset()
  expect(await seenThrough(alice.upn)).toBe(usual)
})

/** What the journal has of a request whose client names `person` to the gateway, and nobody to the server. */
async function seenThrough(person: string): Promise<string | undefined> {
  const proxy = new URL(stack.proxy('internet'))
  proxy.username = person
  proxy.password = 'x'
  const dispatcher = new ProxyAgent({ uri: proxy.href, requestTls: { ca: stack.authority.caPem } })
  const url = 'https://login.microsoftonline.com/common/discovery/instance?api-version=1.1'
  await (await request(url, { dispatcher })).body.dump()
  await dispatcher.close()
  return (await lab.journal({ deployment: 'entra' })).at(-1)?.clientAddress
}

const client = 'd3590ed6-52b3-4102-aeff-aad2292ab01c'
