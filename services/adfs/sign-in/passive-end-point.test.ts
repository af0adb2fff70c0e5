import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { verifySaml11Assertion } from '#shared/saml/verify-saml11.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { readRequestSecurityTokenResponse } from '#shared/ws-federation/security-token-response.ts'
import { inputsOf, type Page } from '../_browser.ts'
import { code, defaultMethods } from '../_doubles.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'

const owa =
  '/adfs/ls/?wa=wsignin1.0&wtrealm=https%3a%2f%2fmail.contoso.com%2fowa%2f&wctx=rm%3d0%26id%3dpassive%26ru%3d%252fowa%252f'
const sample = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:wsfed'
const entra =
  '/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=estsredirect%3d2%26estsrequest%3drQIIA'
const alice = 'alice@contoso.com'
const password = 'Alice-Pass1'
const multiple = 'http://schemas.microsoft.com/claims/multipleauthn'
let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs()
})

afterAll(() => stage[Symbol.asyncDispose]())

beforeEach(() => {
  Object.assign(stage.mfa, { methods: defaultMethods(), result: 'Success', answers: ['Success'] })
  stage.mfa.calls.length = 0
  stage.directory.statuses.clear()
})

function assertionIn(page: Page, audience: string) {
  const { wresult = '' } = inputsOf(page.html)
  return verifySaml11Assertion(readRequestSecurityTokenResponse(wresult).assertionXml, {
    trustedCertificates: [signingCertificate],
    issuers: ['http://adfs.contoso.com/adfs/services/trust'],
    audiences: [audience],
    now: stage.clock.now(),
    clockSkewSeconds: 0,
  })
}

let signingCertificate: string
beforeAll(async () => {
  const { html } = await stage.browser().open('/FederationMetadata/2007-06/FederationMetadata.xml')
  const [, certificate = ''] = /use="signing".*?<X509Certificate>([^<]+)</s.exec(html) ?? []
  signingCertificate = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----`
})

async function lastEvents(): Promise<string> {
  return (await stage.journal())
    .slice(-3)
    .flatMap(({ decisions, reasons }) => [...decisions, ...reasons])
    .join('\n')
}

function formsOnly(scenario: Scenario): Scenario {
  const primaryAuthentication = { intranet: ['FormsAuthentication'], extranet: ['FormsAuthentication'] } as const
  return { ...scenario, adfs: { ...scenario.adfs, primaryAuthentication } }
}

describe('the forms page', () => {
  test('has the ids and names that automation relies on, and keeps every parameter (B2)', async () => {
    const page = await stage.browser().open(owa)
    expect(page.status).toBe(200)
    expect(page.html).toContain('<title>Sign In</title>')
    for (const id of [
      'loginArea',
      'loginMessage',
      'errorText',
      'userNameInput',
      'passwordInput',
      'optionForms',
      'options',
      'optionSelection',
      'kmsiArea',
      'whatLedHere',
    ]) {
      expect(page.html.split(`id="${id}"`)).toHaveLength(2)
    }
    expect(page.html).toMatch(/<input id="userNameInput" name="UserName" type="email"/)
    expect(page.html).toMatch(/<input id="optionForms" type="hidden" name="AuthMethod" value="FormsAuthentication">/)
    expect(page.html).toMatch(/<span id="submitButton" class="submit" role="button" tabindex="0">/)
    expect(page.html).toContain('<noscript><input type="submit" class="submit" value="Sign in"></noscript>')
    const [, action = ''] = /id="loginForm"[^>]*action="([^"]*)"/.exec(page.html) ?? []
    expect(action.replaceAll('&amp;', '&')).toMatch(new RegExp(`^${escaped(owa)}&client-request-id=[0-9a-f-]{36}$`))
  })

  test('keeps a client-request-id that came with the request, and fills in the user name', async () => {
    const page = await stage.browser().open(`${owa}&client-request-id=6f1c&username=alice%40contoso.com`)
    expect(page.html).toContain('client-request-id=6f1c&amp;username=alice%40contoso.com"')
    expect(page.html).toContain('value="alice@contoso.com"')
  })

  test('escapes what a request brings along', async () => {
    const page = await stage.browser().open(`${owa}&username=%22%3E%3Cscript%3Ealert(1)%3C/script%3E`)
    expect(page.html).not.toContain('<script>alert')
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
  })
})

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

describe('credentials', () => {
  const wrong = 'Incorrect user ID or password. Type the correct user ID and password, and try again.'

  test.each([
    { user: alice, given: 'wrong', status: undefined, text: wrong, reason: 'STATUS_WRONG_PASSWORD' },
    { user: 'nobody@contoso.com', given: 'x', status: undefined, text: wrong, reason: 'STATUS_NO_SUCH_USER' },
    { user: alice, given: password, status: 'STATUS_ACCOUNT_DISABLED', text: wrong, reason: 'STATUS_ACCOUNT_DISABLED' },
    {
      user: alice,
      given: password,
      status: 'STATUS_ACCOUNT_LOCKED_OUT',
      text: wrong,
      reason: 'STATUS_ACCOUNT_LOCKED_OUT',
    },
    {
      user: alice,
      given: password,
      status: 'STATUS_PASSWORD_EXPIRED',
      text: 'Your password has expired.',
      reason: 'STATUS_PASSWORD_EXPIRED',
    },
    {
      user: 'alice',
      given: password,
      status: undefined,
      text: 'domain\\user',
      reason: 'the user name has no known form',
    },
    { user: alice, given: '', status: undefined, text: 'Enter your password.', reason: 'no password was typed' },
  ])('$user with $given ($status): "$text" and no session (B3)', async ({ user, given, status, text, reason }) => {
    if (status) stage.directory.statuses.set(alice, status)
    const browser = stage.browser()
    const page = await browser.submit(await browser.open(owa), { UserName: user, Password: given })
    expect(page.status).toBe(200)
    expect(/id="errorText"[^>]*>([^<]*)</.exec(page.html)?.[1]?.replaceAll('&quot;', '"')).toContain(text)
    expect(page.cookies).toEqual([])
    expect(page.html).toContain(`value="${user}"`)
    expect(page.html).not.toContain(given === '' ? 'no such text' : `value="${given}"`)
    expect(await lastEvents()).toContain(reason)
  })

  test.each([alice, 'CONTOSO\\alice', 'contoso\\ALICE'])(
    '%s signs in: 302 to the same address with MSISAuth (B4)',
    async (user) => {
      const browser = stage.browser()
      const form = await browser.open(owa)
      const answer = await browser.submit(form, { UserName: user, Password: password })
      expect(answer.status).toBe(302)
      const [, action = ''] = /id="loginForm"[^>]*action="([^"]*)"/.exec(form.html) ?? []
      expect(answer.headers.location).toBe(`https://adfs.contoso.com:443${action.replaceAll('&amp;', '&')}`)
      expect(answer.cookies).toEqual([
        expect.stringMatching(/^MSISAuth=[\w-]{43}; Path=\/adfs; HttpOnly; Secure; SameSite=None$/),
      ])
      expect((await browser.follow(answer)).html).toContain('name="hiddenform"')
    },
  )

  test('the journal knows the steps and the person, and no password', async () => {
    const browser = stage.browser()
    await browser.signIn(owa, alice, password)
    const events = (await stage.journal()).slice(-3)
    expect(events.map(({ steps }) => steps)).toEqual([
      ['WEB-ONPREM-3'],
      ['WEB-ONPREM-3'],
      ['WEB-ONPREM-4', 'WEB-ONPREM-5'],
    ])
    expect(events.map(({ decisions }) => decisions.at(-1))).toEqual(['formsPage', 'credentialsAccepted', 'tokenIssued'])
    expect(events.at(-1)).toMatchObject({ user: alice, detail: { relyingParty: 'Outlook on the web' } })
    expect(JSON.stringify(await stage.journal())).not.toContain(password)
  })
})

describe('the response', () => {
  test('posts a signed SAML 1.1 token to the end point of the trust, wctx byte for byte (B5)', async () => {
    const wctx = 'a=b&c=%2f+"<>\' é\u{1F4E7};~x'
    const browser = stage.browser()
    const page = await browser.signIn(
      `/adfs/ls/?wa=wsignin1.0&wtrealm=https://mail.contoso.com/owa/&wctx=${encodeURIComponent(wctx)}`,
      alice,
      password,
    )
    expect(page.html).toContain('<form method="POST" name="hiddenform" action="https://mail.contoso.com:443/owa/">')
    expect(inputsOf(page.html)).toMatchObject({ wa: 'wsignin1.0', wctx })
    const assertion = assertionIn(page, 'https://mail.contoso.com/owa/')
    const user = stage.directory.users.get(alice)
    expect(Object.fromEntries(assertion.attributes)).toEqual({
      'http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid': [user?.sid],
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': [alice],
    })
    expect(assertion.authenticationMethod).toBe('urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport')
    expect(page.cookies.map((cookie) => cookie.split('=')[0])).toEqual([
      'MSISAuthenticated',
      'MSISLoopDetectionCookie',
      'MSISSignOut',
    ])
  })

  test('has no wctx when the request has none', async () => {
    const page = await stage.browser().signIn(sample, alice, password)
    expect(Object.keys(inputsOf(page.html))).toEqual(['wa', 'wresult'])
  })

  test('for Entra ID carries UPN, ImmutableID, issuerid and the authentication methods', async () => {
    const page = await stage.browser().signIn(entra, alice, password)
    expect(page.html).toContain('action="https://login.microsoftonline.com:443/login.srf"')
    const assertion = assertionIn(page, 'urn:federation:MicrosoftOnline')
    const immutableId = stage.directory.users.get(alice)?.attributes.objectGUID?.[0]
    expect(assertion.nameId).toBe(immutableId)
    expect(Object.fromEntries(assertion.attributes)).toEqual({
      'http://schemas.xmlsoap.org/claims/UPN': [alice],
      'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID': [immutableId],
      'http://schemas.microsoft.com/ws/2008/06/identity/claims/issuerid': ['http://contoso.com/adfs/services/trust/'],
      'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork': ['true'],
      'http://schemas.microsoft.com/claims/authnmethodsreferences': [
        'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      ],
    })
    expect((await stage.journal()).slice(-1)[0]?.steps).toEqual(['SIGN-IN-credentials'])
  })

  test.each([
    { wreply: 'http://localhost:5000/signin-wsfed', action: 'http://localhost:5000/signin-wsfed' },
    { wreply: 'https://evil.example/', action: 'http://localhost:5000/' },
    { wreply: 'http://localhost:5000@evil.example/', action: 'http://localhost:5000/' },
  ])('wreply=$wreply is answered at $action', async ({ wreply, action }) => {
    const page = await stage.browser().signIn(`${sample}&wreply=${encodeURIComponent(wreply)}`, alice, password)
    expect(page.html).toContain(`name="hiddenform" action="${action}"`)
  })
})

describe('single sign-on', () => {
  test('serves another relying party without a page (B6), and ends after eight hours', async () => {
    const browser = stage.browser()
    await browser.signIn(owa, alice, password)
    expect((await browser.open(sample)).html).toContain('name="hiddenform"')
    await stage.clock.advance(8 * 3600_000)
    expect((await browser.open(sample)).html).toContain('userNameInput')
    await stage.clock.restart()
  })

  test.each(['wfresh=0', 'prompt=login'])('%s asks again, once for each request (B6)', async (parameter) => {
    const browser = stage.browser()
    await browser.signIn(owa, alice, password)
    const again = await browser.signIn(`${owa}&${parameter}&client-request-id=a1`, alice, password)
    expect(again.html).toContain('name="hiddenform"')
    expect((await browser.open(`${owa}&${parameter}&client-request-id=a1`)).html).toContain('userNameInput')
    expect((await browser.open(owa)).html).toContain('name="hiddenform"')
  })

  test('wfresh in minutes is the greatest age of the credentials', async () => {
    const browser = stage.browser()
    await browser.signIn(owa, alice, password)
    await stage.clock.advance(10 * 60_000)
    expect((await browser.open(`${owa}&wfresh=11`)).html).toContain('name="hiddenform"')
    expect((await browser.open(`${owa}&wfresh=9`)).html).toContain('userNameInput')
    await stage.clock.restart()
  })

  test('the instant of authentication stays that of the password', async () => {
    const browser = stage.browser()
    await browser.signIn(owa, alice, password)
    await stage.clock.advance(3600_000)
    const page = await browser.open(owa)
    const age =
      stage.clock.now().getTime() - assertionIn(page, 'https://mail.contoso.com/owa/').authenticationInstant.getTime()
    expect(age).toBeGreaterThanOrEqual(3600_000)
    await stage.clock.restart()
  })

  test('ends with the account', async () => {
    const browser = stage.browser()
    await browser.signIn(owa, alice, password)
    const user = stage.directory.users.get(alice)
    if (!user) throw new Error('no alice')
    stage.directory.users.set(alice, { ...user, enabled: false })
    expect((await browser.open(owa)).html).toContain('MSIS3173')
    stage.directory.users.set(alice, user)
    expect((await browser.open(owa)).html).toContain('userNameInput')
  })

  test('a forged cookie is no session', async () => {
    const browser = stage.browser()
    browser.cookies.set('MSISAuth', 'A'.repeat(43))
    expect((await browser.open(owa)).html).toContain('userNameInput')
  })

  test('the sixth token within 20 seconds is refused (B10)', async () => {
    await stage.clock.freeze()
    const browser = stage.browser()
    await browser.signIn(owa, alice, password)
    for (let token = 2; token <= 5; token += 1) expect((await browser.open(owa)).html).toContain('hiddenform')
    const page = await browser.open(owa)
    expect(page.html).toContain('MSIS7042')
    expect(page.html).toContain('&#39;6&#39; requests in the last &#39;20&#39; seconds')
    await stage.clock.advance(20_000)
    expect((await browser.open(owa)).html).toContain('hiddenform')
    await stage.clock.restart()
  })
})

describe('refusals', () => {
  test.each([
    { url: '/adfs/ls/?wa=wsignin1.0&wtrealm=urn:unknown', code: 'MSIS7007', status: 200 },
    { url: '/adfs/ls/?wa=wsignin1.0&wtrealm=https://mail.contoso.com/owa', code: 'MSIS7007', status: 200 },
    { url: '/adfs/ls/?wa=wsignin1.0', code: 'MSIS7007', status: 200 },
    { url: '/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:saml', code: 'MSIS7007', status: 200 },
    { url: '/adfs/ls/?wa=wsignin1.0&wtrealm=urn:AppProxy:com', code: 'MSIS7007', status: 200 },
    { url: `${owa}&wauth=urn:unknown`, code: 'MSIS7102', status: 200 },
    { url: '/adfs/ls/', code: 'MSIS7065', status: 200 },
    { url: '/adfs/elsewhere', code: 'MSIS7065', status: 200 },
    { url: '/adfs/ls/?wa=wattr1.0', code: 'MSIS7000', status: 500 },
  ])('$url is answered with $code (B1)', async ({ url, code: wanted, status }) => {
    const page = await stage.browser().open(url)
    expect(page).toMatchObject({ status })
    expect(page.html).toContain('id="errorArea"')
    expect(page.html).toContain(wanted)
    expect(page.html).toMatch(/Activity ID: [0-9a-f-]{36}/)
    expect(page.headers.location).toBeUndefined()
  })

  test('a directory that does not answer is an error page, and no session', async () => {
    stage.directory.broken = true
    const browser = stage.browser()
    const page = await browser.submit(await browser.open(owa), { UserName: alice, Password: password })
    stage.directory.broken = false
    expect(page).toMatchObject({ status: 500, cookies: [] })
    expect(page.html).toContain('MSIS7012')
    expect(await lastEvents()).toContain('the directory answered 500 to a logon')
  })

  test.each(['/adfs/services/trust/13/kerberosmixed', '/adfs/services/trust/2005/issuedtokenmixedsymmetricbasic256'])(
    '%s is a gap that names its row',
    async (url) => {
      const page = await stage.browser().open(url)
      expect(page.status).toBe(501)
      expect(page.html).toContain('services/adfs/README.md')
    },
  )

  test('a provider that is missing is a gap, one that is enabled has a place of its own, one that is not or is unknown MSIS7102', async () => {
    const choose = (method: string) => stage.browser().post(owa, { AuthMethod: method })
    expect(await choose('AzurePrimaryAuthentication')).toMatchObject({ status: 501 })
    expect((await choose('SecurIDAuthentication')).html).toContain('MSIS7102')
    const location = /^https:\/\/certauth\.adfs\.contoso\.com:443\/adfs\/ls\/\?wa=wsignin1\.0/
    expect((await choose('CertificateAuthentication')).headers.location).toMatch(location)
    await using forms = await startAdfs(formsOnly)
    expect((await forms.browser().post(owa, { AuthMethod: 'CertificateAuthentication' })).html).toContain('MSIS7102')
  })

  test('the certificate host answers sign-ins alone, and asks for a certificate', async () => {
    const page = await stage.browser().open('https://certauth.adfs.contoso.com/adfs/ls/?wa=wsignin1.0')
    expect(page.html).toContain('MSIS7121')
    const others = [
      '/adfs/services/trust/mex',
      '/adfs/oauth2/token',
      '/FederationMetadata/2007-06/FederationMetadata.xml',
    ]
    for (const path of others) {
      expect((await stage.browser().open(`https://certauth.adfs.contoso.com${path}`)).status).toBe(404)
    }
  })

  test("paths outside /adfs are the HTTP stack's 404", async () => {
    expect(await stage.browser().open('/')).toMatchObject({ status: 404 })
  })
})

describe('location', () => {
  const network = 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork'

  test('a proven proxy makes the request external (B8, B9)', async () => {
    const page = await stage.browser('outside').signIn(entra, alice, password)
    expect(assertionIn(page, 'urn:federation:MicrosoftOnline').attributes.get(network)).toEqual(['false'])
  })

  test('X-MS-* from a client without the certificate of a proxy is ignored, and the journal says so', async () => {
    const forged = { 'x-ms-proxy': 'EVIL', 'x-ms-forwarded-client-ip': '10.0.0.1', 'x-ms-proxyauth-token': 'forged' }
    const page = await stage.browser('inside', forged).signIn(entra, alice, password)
    expect(assertionIn(page, 'urn:federation:MicrosoftOnline').attributes.get(network)).toEqual(['true'])
    const events = await lastEvents()
    expect(events).toContain('proxyHeadersIgnored')
    expect(events).toContain('shows no certificate of a proxy trust')
  })
})

describe('additional authentication', () => {
  test('is asked from outside, and the token says so afterwards (B9)', async () => {
    const browser = stage.browser('outside')
    const page = await browser.signIn(`${owa}&wauth=${multiple}`, alice, password)
    expect(page.status).toBe(200)
    for (const id of [
      'authMethod',
      'context',
      'verificationCodeInput',
      'signInButton',
      'errorText',
      'options',
      'optionSelection',
      'AzureMfaAuthentication',
    ]) {
      expect(page.html.split(`id="${id}"`)).toHaveLength(2)
    }
    expect(page.html).toContain('Welcome CONTOSO\\alice')
    expect(page.html).toContain(
      '<input id="authMethod" type="hidden" name="AuthMethod" value="AzureMfaAuthentication">',
    )
    const before = browser.cookies.get('MSISAuth')
    const answer = await browser.submit(page, { VerificationCode: code })
    expect(answer.status).toBe(302)
    expect(browser.cookies.get('MSISAuth')).not.toBe(before)
    const token = assertionIn(await browser.follow(answer), 'https://mail.contoso.com/owa/')
    expect(token.authenticationMethod).toBe(multiple)
    const [begin] = stage.mfa.calls.filter(({ operation }) => operation === 'BeginTwoWayAuthentication')
    expect(begin?.body).toMatchObject({
      userPrincipalName: alice,
      authMethodId: 'PhoneAppOTP',
      callerIp: '203.0.113.10',
      callerName: 'AD FS',
    })
  })

  test('is remembered by the session, and passed on to Entra ID', async () => {
    const browser = stage.browser('outside')
    await browser.follow(await browser.submit(await browser.signIn(owa, alice, password), { VerificationCode: code }))
    const { attributes } = assertionIn(await browser.open(entra), 'urn:federation:MicrosoftOnline')
    expect(attributes.get('http://schemas.microsoft.com/claims/authnmethodsreferences')).toEqual([
      'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      multiple,
      'http://schemas.microsoft.com/ws/2012/12/authmethod/phoneappotp',
    ])
    expect(
      attributes.get('http://schemas.microsoft.com/ws/2017/04/identity/claims/multifactorauthenticationinstant'),
    ).toHaveLength(1)
  })

  test('is not asked inside', async () => {
    const page = await stage.browser().signIn(owa, alice, password)
    expect(page.html).toContain('hiddenform')
    expect(stage.mfa.calls).toEqual([])
  })

  test('a push shows its number, waits, and ends in the session', async () => {
    stage.mfa.answers = ['Pending', 'Success']
    const browser = stage.browser('outside')
    const start = await browser.signIn(owa, alice, password)
    expect(start.html).toContain('Approve a request on my Microsoft Authenticator app (Alice&#39;s iPhone)')
    const push = await browser.submit(start, { AuthMethodId: 'PhoneAppNotification' }, 'options')
    expect(push.html).toContain('<p id="validEntropyNumber" class="bigNumber">07</p>')
    expect(push.html).toContain('data-state="waiting"')
    expect(push.html).toContain('value="Continue"')
    const pending = await browser.submit(push)
    expect(pending.html).toContain('data-state="waiting"')
    expect(inputsOf(pending.html).Context).toBe(inputsOf(push.html).Context)
    expect((await browser.follow(await browser.submit(pending))).html).toContain('hiddenform')
  })

  test.each([
    { answer: 'Denied', code: undefined },
    { answer: 'TimedOut', code: undefined },
    { answer: 'NoSuchSession', code },
    { answer: 'TooManyAttempts', code },
  ])('$answer ends the attempt, without a second factor in the session', async ({ answer, code: typed }) => {
    stage.mfa.answers = [answer]
    if (!typed) stage.mfa.methods = defaultMethods().slice(0, 1)
    const browser = stage.browser('outside')
    const page = await browser.submit(
      await browser.signIn(owa, alice, password),
      typed ? { VerificationCode: typed } : {},
    )
    expect(page.html).toMatch(/id="errorText"[^>]*>Authentication attempt failed\./)
    expect(page.html).toContain('id="tryAgainButton"')
    expect(await lastEvents()).toContain(answer)
    expect((await browser.open(owa)).html).not.toContain('hiddenform')
  })

  test.each([
    { typed: '000000', answers: ['Success'], text: 'The verification code is not correct', reason: 'WrongCode' },
    { typed: 'abc', answers: ['Success'], text: 'The verification code is not correct', reason: 'WrongCode' },
    { typed: code, answers: ['CodeAlreadyUsed'], text: 'has already been used', reason: 'CodeAlreadyUsed' },
  ])('$typed is answered with "$text", and the same page takes another', async ({ typed, answers, text, reason }) => {
    stage.mfa.answers = answers
    const browser = stage.browser('outside')
    const page = await browser.submit(await browser.signIn(owa, alice, password), { VerificationCode: typed })
    expect(page).toMatchObject({ status: 200, cookies: [] })
    expect(page.html).toContain(text)
    expect(await lastEvents()).toContain(reason)
    stage.mfa.answers = ['Success']
    expect((await browser.submit(page, { VerificationCode: '123 456' })).status).toBe(302)
  })

  test.each(['UserNotFound', 'UserNotLicensed', 'NoMethods'])(
    '%s shows that no method is available',
    async (result) => {
      Object.assign(stage.mfa, { result, methods: [] })
      const browser = stage.browser('outside')
      const page = await browser.signIn(owa, alice, password)
      expect(page.html).toContain('The selected authentication method is not available for &#39;CONTOSO\\alice&#39;.')
      expect(await lastEvents()).toContain(`${alice}: ${result}`)
      expect((await browser.open(owa)).html).not.toContain('hiddenform')
    },
  )

  test('a context that was forged, changed, expired or made for another session is refused', async () => {
    const victim = stage.browser('outside')
    const page = await victim.signIn(owa, alice, password)
    const context = inputsOf(page.html).Context ?? ''
    const thief = stage.browser('outside')
    const own = await thief.signIn(owa, 'bob@contoso.com', 'Bob-Pass2')
    for (const forged of [context, `${context.slice(0, -4)}AAAA`, 'AAAA']) {
      stage.mfa.calls.length = 0
      const answer = await thief.submit(own, { Context: forged, VerificationCode: code })
      expect(answer.html).toContain('Authentication attempt failed.')
      expect(stage.mfa.calls).toEqual([])
    }
    await stage.clock.advance(11 * 60_000)
    expect((await victim.submit(page, { VerificationCode: code })).html).toContain('Authentication attempt failed.')
    expect(await lastEvents()).toContain('context: expired')
    await stage.clock.restart()
  })

  test('an answer without a session is asked for credentials', async () => {
    const page = await stage
      .browser('outside')
      .post(owa, { AuthMethod: 'AzureMfaAuthentication', Context: 'x', VerificationCode: code })
    expect(page.html).toContain('userNameInput')
  })
})

describe('sign-out', () => {
  test('ends the session and frames every visited relying party (B20)', async () => {
    const browser = stage.browser()
    await browser.signIn(owa, alice, password)
    await browser.open(sample)
    const page = await browser.open('/adfs/ls/?wa=wsignout1.0')
    expect(page.html).toContain('You have successfully signed out.')
    expect(page.html).toContain('src="https://mail.contoso.com/owa/?wa=wsignoutcleanup1.0"')
    expect(page.html).toContain('src="http://localhost:5000/?wa=wsignoutcleanup1.0"')
    expect(page.headers['content-security-policy']).toContain(
      'frame-src https://mail.contoso.com http://localhost:5000',
    )
    expect(browser.cookies.has('MSISAuth')).toBe(false)
    expect((await browser.open(owa)).html).toContain('userNameInput')
  })

  test('kills the session itself, not only the cookie', async () => {
    const browser = stage.browser()
    await browser.signIn(owa, alice, password)
    const kept = browser.cookies.get('MSISAuth') ?? ''
    await browser.open('/adfs/ls/?wa=wsignoutcleanup1.0')
    browser.cookies.set('MSISAuth', kept)
    expect((await browser.open(owa)).html).toContain('userNameInput')
  })

  test.each([
    { wreply: 'https://mail.contoso.com/owa/auth', followed: true },
    { wreply: 'https://evil.example/', followed: false },
    { wreply: 'javascript:alert(1)', followed: false },
  ])('goes on to $wreply: $followed', async ({ wreply, followed }) => {
    const page = await stage.browser().open(`/adfs/ls/?wa=wsignout1.0&wreply=${encodeURIComponent(wreply)}`)
    expect(page.html.includes('id="continueLink"')).toBe(followed)
  })
})
