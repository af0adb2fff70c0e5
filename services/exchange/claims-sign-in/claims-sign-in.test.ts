import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { issueSaml11Assertion, type Saml11AssertionView } from '#shared/saml/issue-saml11.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { writeRequestSecurityTokenResponse } from '#shared/ws-federation/security-token-response.ts'
import { type Browser, metadataOf, openStage, type Peers, type Stage, testKeys } from '../_stage.ts'

const mail = 'mail.contoso.com'
const audience = 'https://mail.contoso.com/owa/'
const primarySid = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid'
const upn = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'
const wrongAudienceOrKey = '/owa/auth/errorfe.aspx?msg=WrongAudienceUriOrBadSigningCert'

let keys: Awaited<ReturnType<typeof testKeys>>
let adfs: SigningKey
let stranger: SigningKey
let scenario: Scenario

beforeAll(async () => {
  keys = await testKeys()
  adfs = await keys.key('ADFS Signing')
  stranger = await keys.key('Stranger')
  scenario = await loadDefaultScenario()
})

afterAll(() => keys.remove())

interface World {
  metadata: string
  readonly disabled: Set<string>
}

function peersOf(world: World): Peers {
  return (url, request) => {
    if (url.hostname === 'adfs.contoso.com') return { status: 200, body: world.metadata }
    if (url.hostname !== 'dc1.contoso.com' || !request.authenticate) return { status: 401, body: '{}' }
    const user = scenario.users.find((each) => each.sid === url.searchParams.get('sid'))
    if (!user) return { status: 404, body: '{"error":"no such user"}' }
    const { objectGuid, userPrincipalName } = user
    const enabled = !world.disabled.has(userPrincipalName)
    return { status: 200, body: JSON.stringify({ user: { objectGuid, userPrincipalName, enabled } }) }
  }
}

async function openMail(world: Partial<World> = {}, changed?: Scenario): Promise<Stage & { world: World }> {
  const whole = { metadata: await metadataOf(adfs), disabled: new Set<string>(), ...world }
  const stage = await openStage({ name: 'exchange-onprem', peers: peersOf(whole), scenario: changed ?? scenario })
  return Object.assign(stage, { world: whole })
}

let issued = 0

interface Token extends Partial<Saml11AssertionView> {
  readonly key?: SigningKey
  readonly person?: string
}

async function wresultFor({ clock }: Stage, { key = adfs, person = 'bob@contoso.com', ...changes }: Token = {}) {
  const now = clock.now()
  const user = scenario.users.find((each) => each.userPrincipalName === person)
  const expires = new Date(now.getTime() + 60 * 60_000)
  const view = {
    assertionId: `_${String(++issued).padStart(8, '0')}-0000-4000-8000-000000000000`,
    issuer: 'http://adfs.contoso.com/adfs/services/trust',
    issueInstant: now,
    notBefore: now,
    notOnOrAfter: expires,
    audience,
    claims: [
      { type: primarySid, value: user?.sid ?? 'S-1-5-21-1-2-3-9999' },
      { type: upn, value: person },
    ],
    authenticationMethod: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    authenticationInstant: now,
    ...changes,
  }
  const assertion = await issueSaml11Assertion(view, key)
  return writeRequestSecurityTokenResponse({ assertion, audience: view.audience, created: now, expires })
}

function answer(wresult: string, ru = '%2fowa%2f'): Record<string, string> {
  return { wa: 'wsignin1.0', wresult, wctx: `rm=0&id=passive&ru=${ru}` }
}

async function signIn(stage: Stage, browser: Browser): Promise<void> {
  const accepted = await browser.post('/owa/', answer(await wresultFor(stage)))
  expect([accepted.statusCode, accepted.headers.location]).toEqual([302, '/owa/'])
}

const lastEvent = (stage: Stage) => stage.events().at(-1)

test('WEB-ONPREM-1 /owa gets its slash, without any mail', async () => {
  await using stage = await openMail()
  const opened = await stage.browser(mail).get('/owa?path=/mail/inbox')
  expect([opened.statusCode, opened.headers.location, opened.body]).toEqual([302, '/owa/?path=/mail/inbox', ''])
  expect(lastEvent(stage)?.steps).toEqual(['WEB-ONPREM-1'])
})

test.each([
  ['/owa/', 'owa', '%252fowa%252f'],
  ['/owa/?path=/mail/inbox', 'owa', '%252fowa%252f%253fpath%253d%252fmail%252finbox'],
  ['/ecp/', 'ecp', '%252fecp%252f'],
])('WEB-ONPREM-2 %s without a session goes to AD FS as the WIF module writes it', async (url, directory, ru) => {
  await using stage = await openMail()
  const { statusCode, headers } = await stage.browser(mail).get(url)
  expect(statusCode).toBe(302)
  expect(headers.location).toBe(
    `https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=https%3a%2f%2fmail.contoso.com%2f${directory}%2f&wctx=rm%3d0%26id%3dpassive%26ru%3d${ru}&wct=2026-03-02T12%3a00%3a00Z`,
  )
  expect(lastEvent(stage)?.steps).toEqual(['WEB-ONPREM-1', 'WEB-ONPREM-2'])
})

test('the realm follows the host that was asked, port included', async () => {
  await using stage = await openMail()
  const { headers } = await stage.browser(`${mail}:8443`).get('/owa/')
  expect(headers.location).toContain('wtrealm=https%3a%2f%2fmail.contoso.com%3a8443%2fowa%2f')
})

test('a request that Web Application Proxy passed on was opened there', async () => {
  await using stage = await openMail()
  await stage.browser(mail).get('/owa/', { 'fauxchange-service': 'wap' })
  expect(lastEvent(stage)?.steps).toEqual(['WEB-ONPREM-2'])
})

test('WEB-ONPREM-5 and 6: an assertion of AD FS opens the mailbox of that very user', async () => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  await signIn(stage, browser)
  expect(lastEvent(stage)).toMatchObject({
    steps: ['WEB-ONPREM-5'],
    decisions: ['signedIn'],
    user: 'bob@contoso.com',
  })
  const page = await browser.get('/owa/')
  expect(page.statusCode).toBe(200)
  expect(page.body).toContain('Bob Brandt')
  expect(page.body).toContain('Re: Expenses for March')
  expect(lastEvent(stage)).toMatchObject({ steps: ['WEB-ONPREM-6'], user: 'bob@contoso.com' })
  expect(browser.cookieNames).toEqual(
    expect.arrayContaining(['FedAuth', 'TimeWindow', 'TimeWindowKey', 'TimeWindowIV', 'TimeWindowSig', 'X-OWA-CANARY']),
  )
})

test('session cookies are for one directory, for HTTPS, and out of reach of scripts', async () => {
  await using stage = await openMail()
  const { headers } = await stage.browser(mail).post('/owa/', answer(await wresultFor(stage)))
  const cookies = [headers['set-cookie'] ?? []].flat()
  expect(cookies).toHaveLength(5)
  for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/owa\/; HttpOnly; Secure; SameSite=Lax$/)
})

test('/ecp has a session of its own, by the same path', async () => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  await signIn(stage, browser)
  expect((await browser.get('/ecp/')).headers.location).toContain('wtrealm=https%3a%2f%2fmail.contoso.com%2fecp%2f')
  const wresult = await wresultFor(stage, { audience: 'https://mail.contoso.com/ecp/' })
  expect((await browser.post('/ecp/', answer(wresult, '%2fecp%2f'))).headers.location).toBe('/ecp/')
  const panel = await browser.get('/ecp/')
  expect([panel.statusCode, panel.body.includes('bob@contoso.com')]).toEqual([200, true])
})

interface Refused {
  readonly what: string
  readonly token: (stage: Stage) => Promise<string>
  readonly location: string
  readonly decision: string
}

const elsewhere =
  (minutes: number) =>
  ({ clock }: Stage) =>
    new Date(clock.now().getTime() + minutes * 60_000)

test.each<Refused>([
  {
    what: 'another audience',
    token: (stage) => wresultFor(stage, { audience: 'urn:sample:wsfed' }),
    location: wrongAudienceOrKey,
    decision: 'wrongAudienceOrCertificate',
  },
  {
    what: 'a key that AD FS does not publish',
    token: (stage) => wresultFor(stage, { key: stranger }),
    location: wrongAudienceOrKey,
    decision: 'wrongAudienceOrCertificate',
  },
  {
    what: 'another user put in after signing',
    token: async (stage) => (await wresultFor(stage)).replace('bob@contoso.com', 'dave@contoso.com'),
    location: wrongAudienceOrKey,
    decision: 'wrongAudienceOrCertificate',
  },
  {
    what: 'the signature cut out',
    token: async (stage) => (await wresultFor(stage)).replace(/<ds:Signature .*<\/ds:Signature>/s, ''),
    location: wrongAudienceOrKey,
    decision: 'wrongAudienceOrCertificate',
  },
  {
    what: 'another issuer',
    token: (stage) => wresultFor(stage, { issuer: 'http://evil.example/adfs/services/trust' }),
    location: 'msg=WrongTokenIssuer',
    decision: 'wrongTokenIssuer',
  },
  {
    what: 'an expired assertion',
    token: (stage) => wresultFor(stage, { notBefore: elsewhere(-70)(stage), notOnOrAfter: elsewhere(-2)(stage) }),
    location: 'msg=TokenExpired',
    decision: 'tokenExpired',
  },
  {
    what: 'an assertion of tomorrow',
    token: (stage) => wresultFor(stage, { notBefore: elsewhere(10)(stage) }),
    location: 'msg=TokenNotYetValid',
    decision: 'tokenNotYetValid',
  },
  {
    what: 'no primarysid claim',
    token: (stage) => wresultFor(stage, { claims: [{ type: upn, value: 'bob@contoso.com' }] }),
    location: 'msg=NoUserInToken',
    decision: 'noUserInToken',
  },
  {
    what: 'an unknown security identifier',
    token: (stage) => wresultFor(stage, { person: 'nobody@contoso.com' }),
    location: 'msg=NoMailbox',
    decision: 'noMailbox',
  },
  {
    what: 'an account without a mailbox',
    token: (stage) => wresultFor(stage, { person: 'victor@contoso.com' }),
    location: 'msg=NoMailbox',
    decision: 'noMailbox',
  },
  { what: 'no XML', token: async () => 'hello', location: 'msg=UnreadableToken', decision: 'unreadableToken' },
  { what: 'nothing', token: async () => '', location: 'msg=UnreadableToken', decision: 'unreadableToken' },
])('refuses $what', async ({ token, location, decision }) => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  const refused = await browser.post('/owa/', answer(await token(stage)))
  expect(refused.statusCode).toBe(302)
  expect(refused.headers.location).toMatch(/^\/owa\/auth\/errorfe\.aspx\?/)
  expect(refused.headers.location).toContain(location)
  expect(browser.cookieNames).toEqual([])
  expect(lastEvent(stage)).toMatchObject({ steps: ['WEB-ONPREM-5'], decisions: [decision] })
  expect(lastEvent(stage)?.reasons[0]).toMatch(/.{10,}/)
  const page = await browser.get(refused.headers.location as string)
  expect(page.body).toContain('Something went wrong')
})

test('refuses an assertion that was accepted before, in any browser', async () => {
  await using stage = await openMail()
  const wresult = await wresultFor(stage)
  expect((await stage.browser(mail).post('/owa/', answer(wresult))).headers.location).toBe('/owa/')
  const thief = stage.browser(mail)
  const replayed = await thief.post('/owa/', answer(wresult))
  expect(replayed.headers.location).toContain('msg=TokenReplayed')
  expect(thief.cookieNames).toEqual([])
  await stage.clock.advance(59 * 60_000)
  expect((await thief.post('/owa/', answer(wresult))).headers.location).toContain('msg=TokenReplayed')
})

test('an assertion is judged by the clock of the stack', async () => {
  await using stage = await openMail()
  const wresult = await wresultFor(stage)
  await stage.clock.advance(61 * 60_000 + 1000)
  expect((await stage.browser(mail).post('/owa/', answer(wresult))).headers.location).toContain('msg=TokenExpired')
})

test('refuses an account that was disabled meanwhile', async () => {
  await using stage = await openMail({ disabled: new Set(['bob@contoso.com']) })
  const { headers } = await stage.browser(mail).post('/owa/', answer(await wresultFor(stage)))
  expect(headers.location).toContain('msg=AccountDisabled')
})

test('sends a person whose mailbox is online there', async () => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  const { headers } = await browser.post('/owa/', answer(await wresultFor(stage, { person: 'alice@contoso.com' })))
  expect(headers.location).toBe('https://outlook.office.com/owa/?realm=contoso.com')
  expect(browser.cookieNames).toEqual([])
})

test('reads the metadata again when AD FS signs with a new certificate, and not for every stranger', async () => {
  await using stage = await openMail()
  await signIn(stage, stage.browser(mail))
  const asked = () => stage.asked.filter((url) => url.includes('FederationMetadata')).length
  expect(asked()).toBe(1)
  const next = await keys.key('ADFS Signing 2')
  stage.world.metadata = await metadataOf(adfs, next)
  const accepted = await stage.browser(mail).post('/owa/', answer(await wresultFor(stage, { key: next })))
  expect([accepted.headers.location, asked()]).toEqual(['/owa/', 2])
  for (let attempt = 0; attempt < 3; attempt++)
    await stage.browser(mail).post('/owa/', answer(await wresultFor(stage, { key: stranger })))
  expect(asked()).toBe(2)
  await stage.clock.advance(5_000)
  await stage.browser(mail).post('/owa/', answer(await wresultFor(stage, { key: stranger })))
  expect(asked()).toBe(3)
})

test('takes the certificate in the token only when its thumbprint is configured', async () => {
  const { onPremises } = scenario.exchange
  const configured = {
    ...scenario,
    exchange: {
      ...scenario.exchange,
      onPremises: {
        ...onPremises,
        adfs: { ...onPremises.adfs, signCertificateThumbprints: [adfs.thumbprint.toLowerCase()] },
      },
    },
  }
  await using stage = await openMail({}, configured)
  await signIn(stage, stage.browser(mail))
  const other = await stage.browser(mail).post('/owa/', answer(await wresultFor(stage, { key: stranger })))
  expect(other.headers.location).toBe(wrongAudienceOrKey)
  expect(stage.asked.filter((url) => url.includes('FederationMetadata'))).toEqual([])
})

test.each([
  ['https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0', '/owa/'],
  ['https://adfs.contoso.com/', '/owa/'],
  ['https://adfs.contoso.com', '/owa/'],
  ['https://evil.example/page', undefined],
  ['not a URL', undefined],
])('an answer that comes from %s leads to %s', async (referer, location) => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  const { statusCode, headers } = await browser.post('/owa/', answer(await wresultFor(stage)), { referer })
  expect(headers.location).toBe(location)
  if (!location) expect([statusCode, browser.cookieNames]).toEqual([440, []])
})

test.each([
  ['%2fowa%2f%3fpath%3d%2fmail%2fdrafts', '/owa/?path=/mail/drafts'],
  ['%2f%2fevil.example%2f', '/owa/'],
  ['%2f%5cevil.example%2f', '/owa/'],
  ['%5c%5cevil.example%2f', '/owa/'],
  ['https%3a%2f%2fevil.example%2f', '/owa/'],
  ['%2f%09%2fevil.example', '/owa/'],
  ['%2fowa%2f..%2f..%2f%2fevil.example', '/owa/'],
  ['%2fowa%2f%0d%0aSet-Cookie:a=b', '/owa/'],
  ['javascript%3aalert(1)', '/owa/'],
  ['', '/owa/'],
])('after ru=%s the browser goes to %s', async (ru, location) => {
  await using stage = await openMail()
  const { headers } = await stage.browser(mail).post('/owa/', answer(await wresultFor(stage), ru))
  expect(headers.location).toBe(location)
})

test.each([
  ['a POST that is no sign-in', (browser: Browser) => browser.post('/owa/', { a: 'b' })],
  ['a script', (browser: Browser) => browser.get('/owa/', { 'x-requested-with': 'XMLHttpRequest' })],
  ['a request for JSON', (browser: Browser) => browser.get('/owa/', { accept: 'application/json' })],
  ['a service call', (browser: Browser) => browser.post('/owa/service.svc?action=FindItem', {})],
])('%s without a session gets 440 Login Timeout', async (_what, send) => {
  await using stage = await openMail()
  const refused = await send(stage.browser(mail))
  expect([refused.statusCode, refused.statusMessage, refused.headers.location]).toEqual([
    440,
    'Login Timeout',
    undefined,
  ])
})

test.each(['FedAuth', 'TimeWindow', 'TimeWindowKey', 'TimeWindowIV', 'TimeWindowSig'])(
  'a session without %s, or with another, is none',
  async (name) => {
    await using stage = await openMail()
    const browser = stage.browser(mail)
    await signIn(stage, browser)
    const value = browser.cookie(name) ?? ''
    browser.setCookie(name, `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`, '/owa/')
    expect((await browser.get('/owa/')).headers.location).toContain('/adfs/ls/?wa=wsignin1.0')
    browser.deleteCookies(new RegExp(`^${name}$`))
    expect((await browser.get('/owa/')).headers.location).toContain('/adfs/ls/?wa=wsignin1.0')
  },
)

test('TimeWindow cookies of another session do not prolong this one', async () => {
  await using stage = await openMail()
  const [one, other] = [stage.browser(mail), stage.browser(mail)]
  await signIn(stage, one)
  await stage.clock.advance(10 * 60 * 60_000)
  await signIn(stage, other)
  for (const name of ['TimeWindow', 'TimeWindowKey', 'TimeWindowIV', 'TimeWindowSig'])
    one.setCookie(name, other.cookie(name) ?? '', '/owa/')
  expect((await one.get('/owa/')).headers.location).toContain('/adfs/ls/?wa=wsignin1.0')
})

test.each([
  { after: [5 * 60, 5 * 60], ends: false, what: 'used within the idle time' },
  { after: [6 * 60], ends: true, what: 'idle for six hours' },
  { after: [300, 300, 300, 300, 179], ends: false, what: 'just below 23 hours old' },
  { after: [300, 300, 300, 300, 180], ends: true, what: '23 hours old, however busy' },
])('a session $what ends: $ends', async ({ after, ends }) => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  await signIn(stage, browser)
  let page = await browser.get('/owa/')
  for (const minutes of after) {
    await stage.clock.advance(minutes * 60_000)
    page = await browser.get('/owa/')
  }
  expect(page.statusCode).toBe(ends ? 302 : 200)
  if (ends) expect(page.headers.location).toBe('/owa/auth/TimeoutLogout.aspx?ru=%2fowa%2f')
  if (ends) expect(browser.cookieNames.filter((name) => /FedAuth|TimeWindow/.test(name))).toEqual([])
})

test('signing out ends the session here and leads to AD FS', async () => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  await signIn(stage, browser)
  await browser.get('/owa/')
  const { statusCode, headers } = await browser.get('/owa/logoff.owa')
  expect([statusCode, headers.location]).toEqual([302, 'https://adfs.contoso.com/adfs/ls/?wa=wsignout1.0'])
  expect(browser.cookieNames).toEqual(['X-OWA-JS-PSD', 'AppcacheVer', 'ClientId'])
})

test('signing out of Outlook on the web ends the session of the control panel too', async () => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  await signIn(stage, browser)
  const wresult = await wresultFor(stage, { audience: 'https://mail.contoso.com/ecp/' })
  await browser.post('/ecp/', answer(wresult, '%2fecp%2f'))
  expect((await browser.get('/ecp/')).statusCode).toBe(200)
  await browser.get('/owa/logoff.owa')
  expect((await browser.get('/ecp/')).headers.location).toContain('/adfs/ls/?wa=wsignin1.0')
})

test('wsignoutcleanup1.0 from the frame of AD FS ends the session', async () => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  await signIn(stage, browser)
  const cleaned = await browser.get('/owa/?wa=wsignoutcleanup1.0')
  expect([cleaned.statusCode, cleaned.headers['content-type'], browser.cookieNames]).toEqual([200, 'image/gif', []])
  // With this header the browser would refuse to show it in the frame.
  expect(cleaned.headers).not.toHaveProperty('x-frame-options')
})

test('a reset ends every session', async () => {
  await using stage = await openMail()
  const browser = stage.browser(mail)
  await signIn(stage, browser)
  await stage.reset()
  expect((await browser.get('/owa/')).headers.location).toContain('/adfs/ls/?wa=wsignin1.0')
})

test.each([
  ['dc1.contoso.com', 'msg=DirectoryUnreachable'],
  ['adfs.contoso.com', 'msg=SigningKeysUnreachable'],
])('says so when %s does not answer', async (host, location) => {
  const whole = peersOf({ metadata: await metadataOf(adfs), disabled: new Set() })
  const peers: Peers = (url, request) => {
    if (url.hostname === host) throw new Error('connection refused')
    return whole(url, request)
  }
  await using stage = await openStage({ name: 'exchange-onprem', peers, scenario })
  const { headers } = await stage.browser(mail).post('/owa/', answer(await wresultFor(stage)))
  expect(headers.location).toContain(location)
})

test('what Set-OrganizationConfig says of AD FS counts for the next sign-in, and is taken back as easily', async () => {
  await using stage = await openMail()
  const setOrganization = (Parameters: object) => {
    const payload = { CmdletInput: { CmdletName: 'Set-OrganizationConfig', Parameters } }
    return stage.management.inject({ method: 'POST', url: '/cmdlets', payload })
  }
  const outcome = async () => {
    const { headers } = await stage.browser(mail).post('/owa/', answer(await wresultFor(stage)))
    return String(headers.location)
  }
  const refused = 'msg=WrongAudienceUriOrBadSigningCert'
  await setOrganization({ AdfsAudienceUris: ['https://other.contoso.com/owa/'] })
  expect(await outcome()).toContain(refused)
  await setOrganization({ AdfsAudienceUris: [`https://${mail}/owa/`], AdfsSignCertificateThumbprint: '00'.repeat(20) })
  expect(await outcome()).toContain(refused)
  await setOrganization({ AdfsSignCertificateThumbprint: adfs.thumbprint })
  expect(await outcome()).toBe('/owa/')
  expect((await setOrganization({ AdfsSignCertificateThumbprint: 'none' })).statusCode).toBe(400)
  expect((await setOrganization({ AdfsIssuer: 'adfs' })).statusCode).toBe(400)
  await setOrganization({ AdfsIssuer: 'https://sts.contoso.com/adfs/ls/' })
  const { headers } = await stage.browser(mail).get('/owa/')
  expect(headers.location).toMatch(/^https:\/\/sts\.contoso\.com\/adfs\/ls\/\?/)
})
