import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { OutlookMobile, signInOnPhone, type Tokens } from '../actors/outlook-mobile.ts'
import { alice, bob } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { type World, worldOf } from '../actors/world.ts'
import { stepsOf } from './_steps.ts'

const easUrl = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
const open = new AsyncDisposableStack()
let stack: Stack
let world: World
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  world = worldOf(stack)
  lab = labOf(world)
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

async function signedIn({ upn, password }: { upn: string; password: string }) {
  const app = new OutlookMobile(stack, upn)
  await using browser = await openHttpVisitor(world, 'internet')
  const code = await signInOnPhone(browser, app.authorizationUrl(), { upn, password })
  return { app, tokens: await app.redeem(code) }
}

interface View {
  readonly id: string
  readonly status: string
  readonly reason?: string
  readonly remoteStatus?: number
  readonly automaticReplies?: string
}

async function provisioned(app: OutlookMobile, { access_token: token }: Tokens): Promise<View> {
  const answer = await app.provision(token, easUrl)
  expect([answer.status, answer.text]).toEqual([202, expect.stringContaining('"id"')])
  return JSON.parse(answer.text) as View
}

async function cached(app: OutlookMobile, tokens: Tokens, id: string, what: 'messages' | 'events' | 'contacts') {
  const answer = await app.cloud('GET', `/shadow/v2.0/mailboxes/${id}/${what}`, tokens.access_token)
  expect(answer.status).toBe(200)
  return (JSON.parse(answer.text) as { value: Record<string, string>[] }).value
}

test('MOBILE-ONPREM-1…20 a mailbox on-premises, synchronized by the cloud on behalf of the person', async () => {
  const detected = await new OutlookMobile(stack, bob.upn).detect()
  expect(detected.services[0]).toMatchObject({ onprem: easUrl })
  const { app, tokens } = await signedIn(bob)
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    aud: 'https://outlook.office365.com',
    appid: '27922004-5251-4030-b22d-91ecd9a37ea4',
  })
  const mailbox = await provisioned(app, tokens)
  expect(mailbox).toMatchObject({ status: 'ready' })
  const subjects = (await cached(app, tokens, mailbox.id, 'messages')).map(({ Subject }) => Subject)
  const { json } = await lab.call('GET', `/api/exchange/exchange-onprem/mailboxes/${bob.upn}/messages`)
  const inbox = (json as { messages: { subject: string; receivedAt: string }[] }).messages
  const young = inbox.filter(({ receivedAt }) => stack.clock.now().getTime() - Date.parse(receivedAt) < 28 * 86_400_000)
  expect(young.length).toBeGreaterThan(0)
  expect(subjects).toEqual(expect.arrayContaining(young.map(({ subject }) => subject)))
  const seen = (await lab.journal({ limit: '2000' })).flatMap(({ steps }) => steps)
  for (const step of [16, 17, 18, 19, 20]) expect(seen).toContain(`MOBILE-ONPREM-${step}`)
  expect(await stepsOf(lab, bob.upn, 'MOBILE-ONPREM')).toEqual(expect.arrayContaining([1, 2, 4, 5, 6]))
})

test('MOBILE-ONPREM-17, -19: the second token is for the servers on-premises, and the app never has it', async () => {
  const { app, tokens } = await signedIn(bob)
  await provisioned(app, tokens)
  const events = await lab.journal({ limit: '2000' })
  const grant = events.find(
    ({ deployment, decisions }) => deployment === 'entra' && decisions.includes('actsOnBehalfOf'),
  )
  expect(grant?.detail.client).toBe('Office 365 Exchange Online')
  const eas = events.filter(({ deployment, path }) => deployment === 'exchange-onprem' && path.includes('ActiveSync'))
  expect(eas.length).toBeGreaterThan(3)
  expect(eas.every(({ status, user }) => status === 200 || user === undefined)).toBe(true)
})

test('MOBILE-ONPREM-19 new mail comes by itself, the token is renewed, and it ends with the sign-in', async () => {
  const { app, tokens } = await signedIn(bob)
  const { id } = await provisioned(app, tokens)
  const mime = Buffer.from('From: a@elsewhere.example\r\nTo: bob@contoso.com\r\nSubject: Later\r\n\r\nText').toString(
    'base64',
  )
  await lab.call('POST', `/api/exchange/exchange-onprem/mailboxes/${bob.upn}/messages`, { mime })
  await lab.clock({ advance: 'PT16M' })
  const synchronized = await app.cloud('POST', `/shadow/v2.0/mailboxes/${id}/synchronize`, tokens.access_token)
  expect(JSON.parse(synchronized.text)).toMatchObject({ status: 'ready' })
  expect((await cached(app, tokens, id, 'messages')).map(({ Subject }) => Subject)).toContain('Later')
})

test('a server that is down is said, tried again, and nothing is lost', async () => {
  const { app, tokens } = await signedIn(bob)
  const faults = [{ match: { path: '/Microsoft-Server-ActiveSync' }, status: 503 }]
  await lab.call('PUT', '/api/faults/exchange-onprem', { faults })
  const failed = await provisioned(app, tokens)
  expect(failed).toMatchObject({ status: 'failed', reason: 'remoteStatus', remoteStatus: 503 })
  await lab.call('PUT', '/api/faults/exchange-onprem', { faults: [] })
  const again = await app.cloud('POST', `/shadow/v2.0/mailboxes/${failed.id}/synchronize`, tokens.access_token)
  expect(JSON.parse(again.text)).toMatchObject({ status: 'ready' })
})

test.each([
  { what: 'a server outside', url: 'https://evil.example/Microsoft-Server-ActiveSync' },
  { what: 'another server of the stack', url: 'https://login.microsoftonline.com/Microsoft-Server-ActiveSync' },
  { what: 'another path', url: 'https://mail.contoso.com/ecp/' },
  { what: 'a user in the URL', url: 'https://a@mail.contoso.com/Microsoft-Server-ActiveSync' },
])('the cloud calls nobody at $what', async ({ url }) => {
  const { app, tokens } = await signedIn(bob)
  const before = (await lab.journal({ limit: '2000' })).length
  expect((await app.provision(tokens.access_token, url)).status).toBe(400)
  const after = await lab.journal({ limit: '2000' })
  expect(after.length - before).toBe(1)
})

test('without a token, with a forged one, for a mailbox that is online, and for another’s cache: refused', async () => {
  const { app, tokens } = await signedIn(bob)
  const { id } = await provisioned(app, tokens)
  expect((await app.provision('', easUrl)).status).toBe(401)
  expect((await app.provision(`${tokens.access_token.slice(0, -8)}AAAAAAAA`, easUrl)).status).toBe(401)
  const authorization = `Basic ${Buffer.from(`${bob.upn}:${bob.password}`).toString('base64')}`
  const byPassword = { headers: { authorization } }
  const cache = `https://outlook.office365.com/shadow/v2.0/mailboxes/${id}/messages`
  expect((await requestThrough(stack, 'internet', cache, byPassword)).status).toBe(401)
  const other = await signedIn(alice)
  expect((await other.app.provision(other.tokens.access_token, easUrl)).status).toBe(409)
  const read = await other.app.cloud('GET', `/shadow/v2.0/mailboxes/${id}/messages`, other.tokens.access_token)
  expect(read.status).toBe(404)
})

test('nobody acts as Exchange Online without its machine: not with a user’s token, nor a made-up one', async () => {
  const { tokens } = await signedIn(bob)
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    requested_token_use: 'on_behalf_of',
    client_id: '00000002-0000-0ff1-ce00-000000000000',
    assertion: tokens.access_token,
    scope: 'https://mail.contoso.com/EAS.AccessAsUser.All',
  }).toString()
  for (const bearer of ['made-up', tokens.access_token]) {
    const url = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token'
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${bearer}` }
    const answer = await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
    expect([answer.status, JSON.parse(answer.text).error]).toEqual([401, 'invalid_client'])
  }
})

test('once the account is gone the cache is kept for thirty days of the clock, and for nobody', async () => {
  const { app, tokens } = await signedIn(bob)
  const { id } = await provisioned(app, tokens)
  expect((await app.cloud('DELETE', `/shadow/v2.0/mailboxes/${id}`, tokens.access_token)).status).toBe(204)
  expect((await app.cloud('GET', `/shadow/v2.0/mailboxes/${id}`, tokens.access_token)).status).toBe(404)
  expect((await provisioned(app, tokens)).id).toBe(id)
  expect((await app.cloud('DELETE', `/shadow/v2.0/mailboxes/${id}`, tokens.access_token)).status).toBe(204)
  await lab.clock({ advance: 'P31D' })
  const later = await signedIn(bob)
  expect((await provisioned(later.app, later.tokens)).id).not.toBe(id)
})
