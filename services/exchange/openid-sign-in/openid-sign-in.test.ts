import { createHash } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { type Browser, openStage, type Peers, type Stage, testKeys } from '../_stage.ts'
import { readState, writeState } from './state.ts'

const outlook = 'outlook.office.com'
const exchangeOnline = '00000002-0000-0ff1-ce00-000000000000'
const code = '0.AXkA-a-code'

let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey
let stranger: SigningKey
let scenario: Scenario

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
  stranger = await keys.key('Stranger')
  scenario = await loadDefaultScenario()
})

afterAll(() => keys.remove())

interface World {
  signers: readonly SigningKey[]
}

async function openOutlook(world: World = { signers: [entra] }): Promise<Stage> {
  const peers: Peers = (url) => {
    if (url.href !== 'https://login.microsoftonline.com/common/discovery/keys') return { status: 404, body: '{}' }
    return { status: 200, body: JSON.stringify({ keys: world.signers.map((signer) => signer.publicJwk) }) }
  }
  return openStage({ name: 'exchange-online', peers, scenario })
}

/** What the browser carries to Entra ID. */
async function begin(browser: Browser, url = '/owa/'): Promise<URLSearchParams> {
  const { headers } = await browser.get(url)
  return new URL(headers.location as string).searchParams
}

interface Token {
  readonly key?: SigningKey
  readonly kid?: string
  readonly algorithm?: 'RS256' | 'HS256' | 'none'
  readonly person?: string
  readonly claims?: Record<string, unknown>
  readonly drop?: string
}

function hashOfCode(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
}

async function idToken({ clock }: Stage, nonce: string | null, token: Token = {}): Promise<string> {
  const { key = entra, algorithm = 'RS256', person = 'alice@contoso.com', claims = {}, drop } = token
  const user = scenario.users.find((each) => each.userPrincipalName === person)
  const now = clock.seconds()
  const payload: Record<string, unknown> = {
    aud: exchangeOnline,
    iss: `https://sts.windows.net/${scenario.tenant.id}/`,
    iat: now,
    nbf: now,
    exp: now + 3600,
    nonce,
    oid: user?.entraObjectId,
    tid: scenario.tenant.id,
    upn: person,
    amr: ['pwd', 'mfa'],
    c_hash: hashOfCode(code),
    ...claims,
  }
  if (drop) delete payload[drop]
  if (algorithm === 'none') return new UnsecuredJWT(payload).encode()
  const secret = algorithm === 'HS256' ? Buffer.from(JSON.stringify(key.publicJwk)) : key.privateKey
  const kid = token.kid ?? key.publicJwk.kid
  return new SignJWT(payload).setProtectedHeader({ alg: algorithm, typ: 'JWT', kid }).sign(secret)
}

async function answerFor(stage: Stage, request: URLSearchParams, token: Token = {}): Promise<Record<string, string>> {
  return {
    code,
    id_token: await idToken(stage, request.get('nonce'), token),
    state: request.get('state') ?? '',
    session_state: 'a-session',
    correlation_id: 'a-correlation',
  }
}

async function signIn(stage: Stage, browser: Browser): Promise<void> {
  const { statusCode, headers } = await browser.post('/owa/', await answerFor(stage, await begin(browser)))
  expect([statusCode, headers.location]).toEqual([302, '/owa/'])
}

const lastEvent = (stage: Stage) => stage.events().at(-1)

test('WEB-ONLINE-1 and 2: without a session the browser is sent to Entra ID, parameters as OWA writes them', async () => {
  await using stage = await openOutlook()
  const opened = await stage.browser(outlook).get('/owa/?realm=contoso.com&login_hint=alice%40contoso.com')
  const clientRequestId = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
  expect(opened.statusCode).toBe(302)
  expect(opened.headers.location).toMatch(
    new RegExp(
      `^https://login\\.microsoftonline\\.com/common/oauth2/authorize\\?client_id=${exchangeOnline}` +
        `&redirect_uri=https%3a%2f%2foutlook\\.office\\.com%2fowa%2f&resource=${exchangeOnline}` +
        `&response_mode=form_post&response_type=code\\+id_token&scope=openid&msafed=1&msaredir=1` +
        `&client-request-id=${clientRequestId}&protectedtoken=true` +
        `&claims=%7b%22id_token%22%3a%7b%22xms_cc%22%3a%7b%22values%22%3a%5b%22CP1%22%5d%7d%7d%7d` +
        `&domain_hint=contoso\\.com&login_hint=alice%40contoso\\.com` +
        `&nonce=639080496000000000\\.${clientRequestId}&state=[\\w-]{100,}$`,
    ),
  )
  expect(lastEvent(stage)?.steps).toEqual(['WEB-ONLINE-1', 'WEB-ONLINE-2'])
  const query = new URL(opened.headers.location as string).searchParams
  expect(readState(query.get('state'))).toEqual({
    nonce: query.get('nonce'),
    returnPath: '/owa/?realm=contoso.com&login_hint=alice%40contoso.com',
  })
})

test('the redirect sets ClientId, OIDC and the nonce cookie, to be sent with a post from elsewhere', async () => {
  await using stage = await openOutlook()
  const { headers } = await stage.browser(outlook).get('/owa/')
  const nonce = new URL(headers.location as string).searchParams.get('nonce') ?? ''
  const hash = createHash('sha256').update(nonce).digest('base64url')
  expect(headers['set-cookie']).toEqual([
    expect.stringMatching(/^ClientId=[0-9A-F]{32}; Max-Age=31536000; Path=\/; Secure; SameSite=None$/),
    'OIDC=1; Path=/; HttpOnly; Secure; SameSite=None',
    `OpenIdConnect.nonce.v3.${hash}=${nonce}; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=None`,
  ])
})

test.each([
  ['outlook.office365.com', '/owa/', 'https://outlook.office365.com/owa/'],
  ['outlook.office.com', '/ecp/', 'https://outlook.office.com/ecp/'],
  ['outlook.office.com', '/mail/', 'https://outlook.office.com/owa/'],
  ['outlook.office.com', '/mail/inbox', 'https://outlook.office.com/owa/'],
])('https://%s%s comes back to %s', async (host, url, redirectUri) => {
  await using stage = await openOutlook()
  expect((await begin(stage.browser(host), url)).get('redirect_uri')).toBe(redirectUri)
})

test('other names of the deployment have no Outlook on the web', async () => {
  await using stage = await openOutlook()
  expect((await stage.browser('autodiscover-s.outlook.com').get('/owa/')).statusCode).toBe(404)
})

test('WEB-ONLINE-6: an id_token of Entra ID opens the mailbox of that very user', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  await signIn(stage, browser)
  expect(lastEvent(stage)).toMatchObject({ steps: ['WEB-ONLINE-6'], user: 'alice@contoso.com' })
  const page = await browser.get('/owa/')
  expect(page.statusCode).toBe(200)
  expect(page.body).toContain('Alice Adams')
  expect(page.body).toContain('Launch plan: can you look at slide 7?')
  expect(page.headers['strict-transport-security']).toBeDefined()
  expect(browser.cookieNames).toEqual(
    expect.arrayContaining([
      ...['OpenIdConnect.token.v1', 'UC', 'X-OWA-CANARY', 'DefaultAnchorMailbox', 'domainName', 'exchangecookie'],
      ...['OutlookSession', 'RoutingKeyCookie', 'O365Consumer'],
    ]),
  )
  expect(browser.cookieNames.filter((name) => /nonce|RedirectHistory/.test(name))).toEqual([])
})

test('one session serves /owa, /ecp and /mail', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  await signIn(stage, browser)
  expect((await browser.get('/ecp/')).body).toContain('alice@contoso.com')
  expect((await browser.get('/mail/')).headers.location).toBe('/owa/')
})

interface Refused {
  readonly what: string
  readonly token?: Token
  readonly form?: (form: Record<string, string>) => Record<string, string>
  readonly location: string
  readonly decision: string
}

const past = Math.floor(Date.parse('2026-03-02T10:00:00Z') / 1000)
const future = Math.floor(Date.parse('2026-03-02T14:00:00Z') / 1000)
const without = (name: string) => (form: Record<string, string>) => {
  const { [name]: _, ...rest } = form
  return rest
}

test.each<Refused>([
  {
    what: 'a foreign key',
    token: { key: undefined as never, kid: 'unknown' },
    location: 'BadTokenSignature',
    decision: 'badTokenSignature',
  },
  {
    what: 'a foreign key under the name of a real one',
    token: { kid: 'theirs' },
    location: 'BadTokenSignature',
    decision: 'badTokenSignature',
  },
  { what: 'alg none', token: { algorithm: 'none' }, location: 'BadTokenSignature', decision: 'badTokenSignature' },
  {
    what: 'HS256 with the public key',
    token: { algorithm: 'HS256' },
    location: 'BadTokenSignature',
    decision: 'badTokenSignature',
  },
  {
    what: 'another audience',
    token: { claims: { aud: '00000003-0000-0000-c000-000000000000' } },
    location: 'TokenForAnotherApplication',
    decision: 'tokenForAnother',
  },
  {
    what: 'another issuer',
    token: { claims: { iss: 'https://sts.windows.net/11111111-1111-1111-1111-111111111111/' } },
    location: 'WrongTokenIssuer',
    decision: 'wrongTokenIssuer',
  },
  {
    what: 'another tenant',
    token: { claims: { tid: '11111111-1111-1111-1111-111111111111' } },
    location: 'WrongTokenIssuer',
    decision: 'wrongTokenIssuer',
  },
  {
    what: 'an expired token',
    token: { claims: { iat: past, nbf: past, exp: past + 3600 } },
    location: 'TokenExpired',
    decision: 'tokenExpired',
  },
  {
    what: 'a token of the future',
    token: { claims: { nbf: future, exp: future + 3600 } },
    location: 'TokenNotYetValid',
    decision: 'tokenNotYetValid',
  },
  { what: 'no exp', token: { drop: 'exp' }, location: 'UnreadableToken', decision: 'unreadableToken' },
  { what: 'no nonce', token: { drop: 'nonce' }, location: 'NonceMismatch', decision: 'nonceMismatch' },
  {
    what: 'another nonce',
    token: { claims: { nonce: '639080496000000000.11111111-1111-1111-1111-111111111111' } },
    location: 'NonceMismatch',
    decision: 'nonceMismatch',
  },
  { what: 'no oid', token: { drop: 'oid' }, location: 'NoUserInToken', decision: 'noUserInToken' },
  {
    what: 'another c_hash',
    token: { claims: { c_hash: hashOfCode('another code') } },
    location: 'BadCodeHash',
    decision: 'badCodeHash',
  },
  { what: 'no c_hash', token: { drop: 'c_hash' }, location: 'BadCodeHash', decision: 'badCodeHash' },
  { what: 'no code', form: without('code'), location: 'BadCodeHash', decision: 'badCodeHash' },
  {
    what: 'no JWT',
    form: (form) => ({ ...form, id_token: 'hello' }),
    location: 'UnreadableToken',
    decision: 'unreadableToken',
  },
  {
    what: 'a changed claim',
    form: (form) => ({ ...form, id_token: tampered(form.id_token ?? '') }),
    location: 'BadTokenSignature',
    decision: 'badTokenSignature',
  },
  {
    what: 'an unknown oid',
    token: { claims: { oid: '11111111-1111-1111-1111-111111111111' } },
    location: 'NoMailbox',
    decision: 'noMailbox',
  },
  {
    what: 'an account without a mailbox',
    token: { person: 'victor@contoso.com' },
    location: 'NoMailbox',
    decision: 'noMailbox',
  },
  {
    what: 'an account with its mailbox on-premises',
    token: { person: 'bob@contoso.com' },
    location: 'MailboxOnPremises',
    decision: 'mailboxOnPremises',
  },
])('refuses $what', async ({ what, token = {}, form = (given) => given, location, decision }) => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  const request = await begin(browser)
  const forged = {
    ...token,
    ...(what.startsWith('a foreign key') && { key: stranger }),
    ...(token.kid === 'theirs' && { kid: entra.publicJwk.kid }),
  }
  const refused = await browser.post('/owa/', form(await answerFor(stage, request, forged)))
  expect(refused.statusCode).toBe(302)
  expect(refused.headers.location).toBe(
    `/owa/auth/errorfe.aspx?redirectType=0&httpCode=500&msg=${location}&owaError=Microsoft.Exchange.Clients.${location}Exception`,
  )
  expect(browser.cookieNames).toEqual(['ClientId', 'OIDC', 'X-OWA-RedirectHistory'])
  expect(lastEvent(stage)).toMatchObject({ steps: ['WEB-ONLINE-6'], decisions: [decision] })
  expect(lastEvent(stage)?.reasons[0]).toMatch(/.{10,}/)
  const page = await browser.get(refused.headers.location as string)
  expect([page.statusCode, page.body.includes('Something went wrong')]).toEqual([500, true])
})

function tampered(token: string): string {
  const [header, payload = '', signature] = token.split('.')
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), upn: 'admin@contoso.com' }
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
}

test('the page for a mailbox on-premises leads there', async () => {
  await using stage = await openOutlook()
  const page = await stage.browser(outlook).get('/owa/auth/errorfe.aspx?httpCode=500&msg=MailboxOnPremises')
  expect(page.body).toContain('href="https://mail.contoso.com/owa/"')
})

test('refuses an answer that comes for the second time', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  const form = await answerFor(stage, await begin(browser))
  expect((await browser.post('/owa/', form)).headers.location).toBe('/owa/')
  expect((await browser.post('/owa/', form)).headers.location).toContain('msg=StaleSignIn')
})

test('refuses a replay even where the nonce cookie was put back', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  const request = await begin(browser)
  const nonce = request.get('nonce') ?? ''
  const form = await answerFor(stage, request)
  await browser.post('/owa/', form)
  const thief = stage.browser(outlook)
  thief.setCookie(`OpenIdConnect.nonce.v3.${createHash('sha256').update(nonce).digest('base64url')}`, nonce)
  expect((await thief.post('/owa/', form)).headers.location).toContain('msg=TokenReplayed')
  expect(thief.cookieNames.filter((name) => name.includes('token'))).toEqual([])
})

test('refuses an answer in a browser that did not ask', async () => {
  await using stage = await openOutlook()
  const form = await answerFor(stage, await begin(stage.browser(outlook)))
  const other = stage.browser(outlook)
  expect((await other.post('/owa/', form)).headers.location).toContain('msg=StaleSignIn')
})

test('refuses the state of an earlier sign-in with a fresh token', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  const earlier = await begin(browser)
  const form = await answerFor(stage, await begin(browser))
  const mixed = await browser.post('/owa/', { ...form, state: earlier.get('state') ?? '' })
  expect(mixed.headers.location).toContain('msg=NonceMismatch')
})

test('refuses a nonce that is older than an hour', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  const request = await begin(browser)
  await stage.clock.advance(60 * 60_000)
  expect((await browser.post('/owa/', await answerFor(stage, request))).headers.location).toContain('msg=StaleSignIn')
})

test.each(['', 'AAAA', 'not base64!', 'Y2RgYGAGYiYgZjQAEgzmZsYWJiamFhamhkYmJkaWxpZGegZQ'])(
  'a state that OWA did not write (%j) starts the sign-in again, without a session',
  async (state) => {
    await using stage = await openOutlook()
    const browser = stage.browser(outlook)
    const form = await answerFor(stage, await begin(browser))
    const again = await browser.post('/owa/', { ...form, state })
    expect([again.statusCode, again.headers.location]).toEqual([302, '/owa/'])
    expect(browser.cookieNames.filter((name) => name.includes('token'))).toEqual([])
    expect(lastEvent(stage)?.decisions).toEqual(['unreadableState'])
  },
)

test('gives up after three answers without a page', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  for (let round = 0; round < 3; round++) {
    browser.deleteCookies(/token/)
    expect((await browser.post('/owa/', await answerFor(stage, await begin(browser)))).headers.location).toBe('/owa/')
  }
  browser.deleteCookies(/token/)
  const fourth = await browser.post('/owa/', await answerFor(stage, await begin(browser)))
  expect(fourth.headers.location).toContain('msg=TooManyRedirects')
  expect(browser.cookieNames.filter((name) => /token|RedirectHistory/.test(name))).toEqual([])
})

test('shows what Entra ID says when it refuses, as text', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  const request = await begin(browser)
  const form = {
    error: 'access_denied',
    error_description: 'AADSTS53003: <script>alert(1)</script>',
    state: request.get('state') ?? '',
  }
  const page = await browser.post('/owa/', form)
  expect(page.statusCode).toBe(403)
  expect(page.body).toContain('access_denied: AADSTS53003: &lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page.body).not.toContain('<script')
  expect(browser.cookieNames.filter((name) => /token|nonce/.test(name))).toEqual([])
})

test('reads the keys again when Entra ID signs with a new one', async () => {
  const world: World = { signers: [entra] }
  await using stage = await openOutlook(world)
  await signIn(stage, stage.browser(outlook))
  const next = await keys.key('Entra 2')
  world.signers = [entra, next]
  const browser = stage.browser(outlook)
  const accepted = await browser.post('/owa/', await answerFor(stage, await begin(browser), { key: next }))
  expect(accepted.headers.location).toBe('/owa/')
  expect(stage.asked).toHaveLength(2)
})

const redirectTo = (url: string) => `/owa/?state=1&redirectTo=${Buffer.from(url).toString('base64url')}`

test.each([
  ['/owa/?realm=contoso.com&authRedirect=true', '/owa/?realm=contoso.com&authRedirect=true'],
  [redirectTo('https://outlook.office.com/mail/'), 'https://outlook.office.com/mail/'],
  [redirectTo('https://outlook.office365.com/mail/'), 'https://outlook.office365.com/mail/'],
  [redirectTo('https://evil.example/mail/'), '/owa/'],
  [redirectTo('http://outlook.office.com/mail/'), '/owa/'],
  [redirectTo('https://outlook.office.com@evil.example/'), '/owa/'],
  [redirectTo('https://outlook.office.com.evil.example/'), '/owa/'],
  [redirectTo('//evil.example/'), '/owa/'],
  [redirectTo('javascript:alert(1)'), '/owa/'],
  ['//evil.example', '/owa/'],
  ['/\\evil.example', '/owa/'],
  ['/\t/evil.example', '/owa/'],
  ['https://evil.example/', '/owa/'],
  ['', '/owa/'],
])('state is not believed: return path %s leads to %s', async (returnPath, location) => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  const request = await begin(browser)
  const state = writeState({ nonce: request.get('nonce') ?? '', returnPath })
  const { headers } = await browser.post('/owa/', { ...(await answerFor(stage, request)), state })
  expect(headers.location).toBe(location)
})

test.each([
  { after: [359], status: 200 },
  { after: [360], status: 302 },
  { after: [300, 300, 300, 300, 180], status: 302 },
])('a session after minutes $after answers $status', async ({ after, status }) => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  await signIn(stage, browser)
  let page = await browser.get('/owa/')
  for (const minutes of after) {
    await stage.clock.advance(minutes * 60_000)
    page = await browser.get('/owa/')
  }
  expect(page.statusCode).toBe(status)
})

test('a changed session cookie is none', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  await signIn(stage, browser)
  const value = browser.cookie('OpenIdConnect.token.v1') ?? ''
  browser.setCookie('OpenIdConnect.token.v1', `${value.slice(0, -2)}AA`)
  expect((await browser.get('/owa/')).headers.location).toContain('/common/oauth2/authorize?')
})

test('signing out ends the session here and leads to Entra ID', async () => {
  await using stage = await openOutlook()
  const browser = stage.browser(outlook)
  await signIn(stage, browser)
  await browser.get('/owa/')
  const { headers } = await browser.get('/owa/logoff.owa')
  expect(headers.location).toBe(
    'https://login.microsoftonline.com/common/oauth2/logout?post_logout_redirect_uri=https%3a%2f%2foutlook.office.com%2fowa%2fauth%2fsignout.aspx',
  )
  expect(browser.cookieNames).toEqual(['ClientId', 'OIDC'])
})
