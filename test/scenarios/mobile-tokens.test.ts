import { createSign, generateKeyPairSync } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { OutlookMobile, signInOnPhone, type Tokens } from '../actors/outlook-mobile.ts'
import { alice, bob } from '../actors/people.ts'
import { type Answer, requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

/* Tokens that are somebody else's, of somebody else, for something else, or too old: at every hop, nobody gets in. */

const easUrl = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab
let app: OutlookMobile
let bobs: Tokens & { readonly id_token?: string }
let alices: Tokens
let mailbox: string

async function signIn(person: typeof alice | typeof bob): Promise<Tokens> {
  const own = new OutlookMobile(stack, person.upn)
  await using browser = await openHttpVisitor(worldOf(stack), 'internet')
  return own.redeem(await signInOnPhone(browser, own.authorizationUrl(), person))
}

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
  app = new OutlookMobile(stack, bob.upn)
  bobs = await signIn(bob)
  alices = await signIn(alice)
  mailbox = String((await app.provision(bobs.access_token, easUrl)).headers.location)
})
afterAll(() => open.disposeAsync())

type Claims = Record<string, unknown>
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The very token, with other claims under the old signature. */
function changed(token: string, claims: Claims): string {
  const [header, , signature] = token.split('.')
  return `${header}.${encoded({ ...decodeJwt(token), ...claims })}.${signature}`
}

/** All is right but the key. */
function selfSigned(token: string, claims: Claims = {}): string {
  const [header = ''] = token.split('.')
  const input = `${header}.${encoded({ ...decodeJwt(token), ...claims })}`
  return `${input}.${createSign('sha256').update(input).sign(privateKey, 'base64url')}`
}

async function ofGraph(): Promise<string> {
  const url = 'https://login.microsoftonline.com/common/oauth2/v2.0/token'
  const form = {
    grant_type: 'refresh_token',
    client_id: '27922004-5251-4030-b22d-91ecd9a37ea4',
    refresh_token: bobs.refresh_token,
    scope: 'https://graph.microsoft.com/.default',
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams(form).toString()
  const { text } = await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
  return String((JSON.parse(text) as { access_token?: string }).access_token)
}

const otherTenant = '11111111-2222-4333-8444-555555555555'
const tokens: readonly { readonly what: string; readonly token: () => string | Promise<string> }[] = [
  { what: 'nothing that is a token', token: () => 'abc' },
  {
    what: 'the user swapped',
    token: async () => changed(bobs.access_token, { upn: alice.upn, oid: decodeJwt(alices.access_token).oid }),
  },
  {
    what: 'no signature (alg none)',
    token: () => `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(decodeJwt(bobs.access_token))}.`,
  },
  { what: 'another key', token: () => selfSigned(bobs.access_token) },
  {
    what: 'another tenant',
    token: () => selfSigned(bobs.access_token, { tid: otherTenant, iss: `https://sts.windows.net/${otherTenant}/` }),
  },
  { what: 'Microsoft Graph as its audience', token: ofGraph },
  { what: 'the refresh token in its place', token: () => bobs.refresh_token },
  { what: 'a longer life than it was given', token: () => changed(bobs.access_token, { exp: 4_000_000_000 }) },
]

const hops: readonly { readonly where: string; readonly ask: (token: string) => Promise<Answer> }[] = [
  { where: 'the provisioning API', ask: (token) => app.provision(token, easUrl) },
  { where: 'the cached mailbox', ask: (token) => app.cloud('GET', `${mailbox}/messages`, token) },
  {
    where: 'a change of the cache',
    ask: (token) => app.cloud('POST', `${mailbox}/contacts`, token, { LastName: 'Intruder' }),
  },
  {
    where: 'ActiveSync online',
    ask: (token) => knock('https://outlook.office365.com/Microsoft-Server-ActiveSync', token),
  },
  { where: 'ActiveSync on-premises', ask: (token) => knock(easUrl, token) },
]

function knock(url: string, token: string): Promise<Answer> {
  return requestThrough(stack, 'internet', url, { method: 'OPTIONS', headers: { authorization: `Bearer ${token}` } })
}

describe.each(tokens)('a token with $what', ({ token }) => {
  test.each(hops)('is refused at $where, with the reason', async ({ ask }) => {
    const answer = await ask(await token())
    expect(answer.status).toBe(401)
    expect(String(answer.headers['www-authenticate'])).toContain('Bearer')
    expect(String(answer.headers['x-ms-diagnostics'])).toMatch(/^20000\d\d;reason="/)
    expect(answer.text).not.toContain(bob.upn)
  })
})

test('the app’s own token is for Exchange Online: servers on-premises refuse its audience', async () => {
  const answer = await knock(easUrl, bobs.access_token)
  expect([answer.status, String(answer.headers['x-ms-diagnostics'])]).toEqual([401, expect.stringMatching(/^2000003;/)])
})

test('somebody else’s good token opens somebody else’s mailbox, and not this one', async () => {
  for (const path of ['', '/messages', '/changes', '/search?query=expenses'])
    expect((await app.cloud('GET', `${mailbox}${path}`, alices.access_token)).status).toBe(404)
  expect((await app.cloud('POST', `${mailbox}/contacts`, alices.access_token, { LastName: 'X' })).status).toBe(404)
  expect((await app.cloud('DELETE', mailbox, alices.access_token)).status).toBe(404)
})

test('no refused token left anything behind, and none is in the journal', async () => {
  const contacts = await app.cloud('GET', `${mailbox}/contacts`, bobs.access_token)
  expect(contacts.text).not.toContain('Intruder')
  const journal = JSON.stringify(await lab.journal({ limit: '5000' }))
  expect(journal).not.toContain(bobs.access_token.slice(-60))
  expect(journal).not.toContain(bobs.refresh_token.slice(-60))
})

test('an expired token is refused at every hop', async () => {
  await lab.clock({ advance: 'PT3H' })
  for (const { where, ask } of hops) expect((await ask(bobs.access_token)).status, where).toBe(401)
})
