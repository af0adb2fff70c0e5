import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpVisitor } from '#test/actors/http-visitor.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { azureCli, nativeLanding } from '../clients/_microsoft-clients.ts'
import { authorizeUrl, tokenRequests } from '../token/_token-requests.ts'

const open = new AsyncDisposableStack()
let authority: TestAuthority
let visitor: HttpVisitor
let idToken: string

const url = (more: Record<string, string> = {}) =>
  authorizeUrl({ client_id: azureCli, redirect_uri: nativeLanding, scope: 'openid profile User.Read', ...more })

beforeAll(async () => {
  authority = open.use(await openAuthority())
  await authority.stack.clock.freeze()
  visitor = open.use(await authority.visitor())
  const page = await visitor.submit(await visitor.open(url()), { loginfmt: peggy.upn, passwd: peggy.password })
  const landed = await visitor.submit(page, { LoginOptions: '3' })
  idToken = await redeem(new URL(landed.url))
  await authority.stack.clock.advance(60_000)
})

afterAll(() => open.disposeAsync())

async function redeem(landed: URL): Promise<string> {
  const code = landed.searchParams.get('code') ?? ''
  const request = { grant_type: 'authorization_code', client_id: azureCli, redirect_uri: nativeLanding, code }
  return (await tokenRequests(authority).token(request)).body.id_token ?? ''
}

const peggyHinted = { login_hint: peggy.upn }

test.each<{ asks: Record<string, string>; want: string; because: string }>([
  { asks: {}, want: 'code', because: 'the browser is signed in' },
  { asks: { prompt: 'none' }, want: 'code', because: 'there is a session' },
  { asks: { prompt: 'no_session' }, want: 'code', because: "it is MSAL's word for none" },
  { asks: { prompt: 'create' }, want: 'code', because: 'accounts are not made here' },
  { asks: { prompt: 'login' }, want: 'Sign in', because: 'the session does not count' },
  { asks: { prompt: 'login', ...peggyHinted }, want: 'Enter password', because: 'whoever is hinted at signs in again' },
  { asks: { prompt: 'select_account' }, want: 'Pick an account', because: 'the person chooses' },
  { asks: { prompt: 'consent' }, want: 'Permissions requested', because: 'she is asked again' },
  { asks: { prompt: 'admin_consent' }, want: 'Permissions requested', because: 'it is a word of v1 for consent' },
  { asks: { login_hint: 'trent@wingtiptoys.com' }, want: 'Enter password', because: 'somebody else is meant' },
  {
    asks: { prompt: 'none', login_hint: 'trent@wingtiptoys.com' },
    want: 'login_required',
    because: 'that one has no session',
  },
  { asks: { domain_hint: 'fabrikam.com' }, want: 'code', because: 'the session is of that domain' },
  { asks: { domain_hint: 'wingtiptoys.com' }, want: 'Sign in', because: 'no session is of that domain' },
  { asks: { max_age: '61' }, want: 'code', because: 'the sign-in is younger' },
  { asks: { max_age: '59' }, want: 'Enter password', because: 'the sign-in is older' },
  { asks: { max_age: '0' }, want: 'Enter password', because: 'nothing is as young' },
  { asks: { max_age: '59', prompt: 'none' }, want: 'login_required', because: 'it is older, and no page may be shown' },
  { asks: { sid: 'of nobody' }, want: 'interaction_required', because: 'there is no such session' },
])('$asks → $want: $because', async ({ asks, want }) => {
  const page = await visitor.open(url(asks))
  const { searchParams } = new URL(page.url)
  const heading = /<h1[^>]*>([^<]*)/.exec(page.html)?.[1]
  const outcome = searchParams.has('code') ? 'code' : (searchParams.get('error') ?? heading)
  expect(outcome).toBe(want)
})

test('id_token_hint and sid mean the session they came of, in silence', async () => {
  const { sid } = decodeJwt(idToken)
  const hints: Record<string, string>[] = [{ id_token_hint: idToken }, { sid: String(sid) }]
  for (const hint of hints) {
    const landed = new URL((await visitor.open(url({ ...hint, prompt: 'none', max_age: '3600' }))).url)
    const claims = decodeJwt(await redeem(landed))
    expect([claims.sid, claims.oid]).toEqual([sid, decodeJwt(idToken).oid])
    // Whoever asks how old the sign-in may be is told how old it is.
    expect(claims.auth_time).toBe(authority.stack.clock.seconds() - 60)
  }
  const nobody = await authority.visitor()
  const refused = await nobody.open(url({ id_token_hint: idToken, prompt: 'none' }))
  expect(new URL(refused.url).searchParams.get('error')).toBe('login_required')
  await nobody[Symbol.asyncDispose]()
})

test('claims: what is asked for by name is told, nothing else', async () => {
  const claims = JSON.stringify({
    id_token: { auth_time: { essential: true }, upn: null, nonsense: null },
    userinfo: { name: null },
  })
  const told = decodeJwt(await redeem(new URL((await visitor.open(url({ claims, prompt: 'none' }))).url)))
  expect(told).toMatchObject({ upn: peggy.upn, auth_time: expect.any(Number) })
  expect(told).not.toHaveProperty('nonsense')
  const plain = decodeJwt(await redeem(new URL((await visitor.open(url({ prompt: 'none' }))).url)))
  expect(plain).not.toHaveProperty('upn')
})
