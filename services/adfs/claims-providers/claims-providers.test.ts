import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestSigner, testSigner } from '#shared/saml/_signers.ts'
import { type Browser, inputsOf, type Page } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import {
  erin,
  fabrikam,
  fabrikamTrust,
  role,
  samlpAnswer,
  samlpLogout,
  upn,
  wingtip,
  wingtipTrust,
  withProviders,
  wsfedAnswer,
} from './_partner.ts'

const wsfedApp = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed&wctx=here'
const appTrust = 'a0000000-0000-4000-8000-000000000001'
const passRole = `c:[Type == "${role}"] => issue(claim = c); c:[Type == "${upn}"] => issue(claim = c);`
const open = new AsyncDisposableStack()
let stage: AdfsStage
let signer: TestSigner
let stranger: TestSigner
/** With which AD FS signs. */
let certificate: string
let browser: Browser

beforeAll(async () => {
  ;[signer, stranger] = await Promise.all([testSigner('CN=Fabrikam'), testSigner('CN=Stranger')])
  const key = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  stage = open.use(await startAdfs(withProviders(fabrikamTrust(signer), wingtipTrust(signer))))
  certificate = (await stage.authority.signingKeyFor(key)).certificatePem
})

afterAll(() => open.disposeAsync())

beforeEach(async () => {
  await stage.reset()
  browser = stage.browser()
  const { items } = (await stage.manage('/relying-parties')).json as {
    items: { objectIdentifier: string; identifiers: string[] }[]
  }
  const app = items.find(({ identifiers }) => identifiers.includes('urn:sample:wsfed'))?.objectIdentifier ?? appTrust
  await stage.manage(`/relying-parties/${app}`, { method: 'PATCH', json: { issuanceTransformRules: passRole } })
})

function locationOf(page: Page): string {
  expect(page.status).toBe(302)
  return String(page.headers.location)
}

async function lastReason(): Promise<string> {
  return (await stage.journal()).flatMap(({ reasons }) => reasons).at(-1) ?? ''
}

async function toFabrikam(url = wsfedApp): Promise<string> {
  return locationOf(await browser.open(`${url}&whr=${encodeURIComponent(fabrikam)}`))
}

async function toWingtip(url = wsfedApp): Promise<string> {
  return locationOf(await browser.open(`${url}&whr=${encodeURIComponent(wingtip)}`))
}

describe('home realm discovery', () => {
  test('shows everybody whose users the relying party takes, by the names and ids of AD FS', async () => {
    const { html, status } = await browser.open(wsfedApp)
    expect(status).toBe(200)
    expect(html).toContain('id="hrdArea"')
    expect(html).toMatch(
      /<form id="hrd" method="post"[^>]*action="\/adfs\/ls\/\?wa=wsignin1\.0&amp;wtrealm=urn%3asample%3awsfed&amp;wctx=here&amp;client-request-id=/,
    )
    expect(html).toContain('Sign in with one of these accounts')
    const values = [...html.matchAll(/name="HomeRealmSelection" value="([^"]*)"/g)].map((match) => match[1])
    expect(values).toEqual(['AD AUTHORITY', fabrikam, wingtip])
    expect(html).toContain('id="emailInput" name="Email"')
  })

  test('a choice leads back to the request with the choice, and is remembered for thirty days', async () => {
    const page = await browser.open(wsfedApp)
    const chosen = await browser.submit(page, { HomeRealmSelection: 'AD AUTHORITY' }, 'hrd')
    expect(locationOf(chosen)).toMatch(/&RedirectToIdentityProvider=AD\+AUTHORITY$/)
    const cookie = chosen.cookies.find((each) => each.startsWith('MSISIPSelectionPersistent=')) ?? ''
    expect(cookie).toMatch(/Path=\/adfs;.*HttpOnly; Secure/)
    const days = (Date.parse(/Expires=([^;]*)/.exec(cookie)?.[1] ?? '') - stage.clock.now().getTime()) / 86_400_000
    expect(Math.round(days)).toBe(30)
    expect((await browser.follow(chosen)).html).toContain('userNameInput')
    expect((await browser.open(wsfedApp)).html, 'asked no more').toContain('userNameInput')
    const other = await browser.open(`${wsfedApp}&whr=${encodeURIComponent(fabrikam)}`)
    expect(locationOf(other), 'unless the request says otherwise').toContain('https://sts.fabrikam.example/adfs/ls/')
  })

  test('an address leads to the provider of its suffix; an unknown one shows the page again', async () => {
    const page = await browser.open(wsfedApp)
    const unknown = await browser.submit(page, { Email: 'x@nowhere.example', HomeRealmByEmail: 'Next' }, 'hrdByEmail')
    expect(unknown.html).toContain('There is no sign-in for this account here.')
    expect(unknown.html).toContain('value="x@nowhere.example"')
    const known = await browser.submit(page, { Email: 'Erin@Fabrikam.EXAMPLE', HomeRealmByEmail: 'Next' }, 'hrdByEmail')
    expect(locationOf(known)).toContain(`RedirectToIdentityProvider=${encodeURIComponent(fabrikam)}`)
    expect(locationOf(await browser.follow(known))).toContain('https://sts.fabrikam.example/adfs/ls/')
  })

  test('a provider that is not on the page cannot be chosen', async () => {
    const page = await browser.open(wsfedApp)
    const made = await browser.submit(page, { HomeRealmSelection: 'https://evil.example/' }, 'hrd')
    expect(made.html).toContain('id="hrdArea"')
    expect(made.cookies.join()).not.toContain('MSISIPSelection')
  })

  test.each([
    { query: `whr=${encodeURIComponent(fabrikam)}` },
    { query: 'domain_hint=fabrikam.example' },
    { query: 'username=erin%40fabrikam.example' },
    { query: 'login_hint=erin%40fabrikam.example' },
  ])('$query skips the page', async ({ query }) => {
    expect(locationOf(await browser.open(`${wsfedApp}&${query}`))).toContain('https://sts.fabrikam.example/adfs/ls/')
  })

  test('Scoping/IDPList of a SAML request does so as well, and IsPassive never shows it', async () => {
    const { redirectUrl, samlMessage, responseIn, statusesIn } = await import('../saml/_service-provider.ts')
    const message = (id: string, attributes: string, children: string) =>
      redirectUrl(samlMessage({ id, issueInstant: stage.clock.now(), attributes, children }))
    const list = `<samlp:Scoping><samlp:IDPList><samlp:IDPEntry ProviderID="${wingtip}"/></samlp:IDPList></samlp:Scoping>`
    expect(locationOf(await browser.open(message('_a', '', list)))).toContain('https://idp.wingtip.example/sso?')
    const silent = await browser.open(message('_b', 'IsPassive="true"', ''))
    expect(statusesIn(responseIn(silent))).toEqual(['Responder', 'NoPassive'])
  })

  test('ClaimsProviderName of the relying party shortens the list, to nothing if need be', async () => {
    const { items } = (await stage.manage('/relying-parties')).json as {
      items: { objectIdentifier: string; identifiers: string[] }[]
    }
    const id = items.find(({ identifiers }) => identifiers.includes('urn:sample:wsfed'))?.objectIdentifier
    const limit = (claimsProviderNames: string[]) =>
      stage.manage(`/relying-parties/${id}`, { method: 'PATCH', json: { claimsProviderNames } })
    await limit(['Fabrikam'])
    expect(locationOf(await browser.open(wsfedApp))).toContain('https://sts.fabrikam.example/adfs/ls/')
    const posted = await browser.post(wsfedApp, {
      AuthMethod: 'FormsAuthentication',
      UserName: 'alice@contoso.com',
      Password: 'Alice-Pass1',
    })
    expect(locationOf(posted), 'a posted password is of no use').toContain('https://sts.fabrikam.example/adfs/ls/')
    const other = await browser.open(`${wsfedApp}&whr=${encodeURIComponent(wingtip)}`)
    expect(other.html).toContain('MSIS7012')
    expect(await lastReason()).toContain('whose users the relying party does not take')
  })

  test('a session of Active Directory does not do where the request names a partner', async () => {
    await browser.signIn(`${wsfedApp}&RedirectToIdentityProvider=AD+AUTHORITY`, 'alice@contoso.com', 'Alice-Pass1')
    expect((await browser.open(wsfedApp)).html).toContain('hiddenform')
    expect(await toFabrikam()).toContain('https://sts.fabrikam.example/adfs/ls/')
  })
})

describe('a partner that speaks WS-Federation (wsfed)', () => {
  test('is asked with the wishes of the relying party', async () => {
    const multiple = encodeURIComponent('http://schemas.microsoft.com/claims/multipleauthn')
    const location = await toFabrikam(`${wsfedApp}&wfresh=0&wauth=${multiple}&username=erin%40fabrikam.example`)
    expect(Object.fromEntries(new URL(location).searchParams)).toEqual({
      wa: 'wsignin1.0',
      wtrealm: 'http://adfs.contoso.com/adfs/services/trust',
      wctx: expect.stringMatching(/^[0-9a-f-]{36}$/),
      wct: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      wfresh: '0',
      wauth: 'http://schemas.microsoft.com/claims/multipleauthn',
      username: 'erin@fabrikam.example',
    })
  })

  test('its token becomes a session, its claims pass the acceptance rules, then those of the relying party', async () => {
    const answer = await browser.post('/adfs/ls/', await wsfedAnswer(await toFabrikam(), signer))
    expect(answer.cookies.some((each) => each.startsWith('MSISAuth='))).toBe(true)
    expect(
      answer.cookies.some((each) => /^MSISContext[0-9a-f]+=;/.test(each)),
      'context spent',
    ).toBe(true)
    const { html } = await browser.follow(answer)
    const { wresult = '', wctx } = inputsOf(html)
    expect(wctx).toBe('here')
    expect(wresult).toContain('>erin@fabrikam.example<')
    expect(wresult).toContain('<saml:AttributeValue>Buyer</saml:AttributeValue><saml:AttributeValue>Auditor<')
    expect((await browser.open(wsfedApp)).html, 'single sign-on without another question').toContain('hiddenform')
    expect((await stage.journal()).find(({ decisions }) => decisions.includes('tokenIssued'))?.user).toBe(
      'erin@fabrikam.example',
    )
  })

  test('claims that no acceptance rule lets through are gone', async () => {
    const mallory = { name: 'mallory', claims: { [upn]: 'alice@contoso.com', [role]: 'Admin', 'urn:other': 'x' } }
    const answer = await browser.post('/adfs/ls/', await wsfedAnswer(await toFabrikam(), signer, mallory))
    const { wresult = '' } = inputsOf((await browser.follow(answer)).html)
    expect(wresult).toContain('>Admin<')
    expect(wresult).not.toContain('alice@contoso.com')
    expect((await stage.journal()).find(({ decisions }) => decisions.includes('tokenIssued'))?.user).toBe('mallory')
  })

  test('wfresh=0 asks the partner again, and its new token is fresh once', async () => {
    const fresh = `${wsfedApp}&wfresh=0`
    const signIn = async () => browser.post('/adfs/ls/', await wsfedAnswer(await toFabrikam(fresh), signer))
    expect((await browser.follow(await signIn())).html).toContain('hiddenform')
    expect(await toFabrikam(fresh)).toContain('wfresh=0')
  })

  test('signing out tells it in a frame, and the session is over', async () => {
    await browser.follow(await browser.post('/adfs/ls/', await wsfedAnswer(await toFabrikam(), signer)))
    const { html } = await browser.open('/adfs/ls/?wa=wsignout1.0')
    expect(html).toContain('src="https://sts.fabrikam.example/adfs/ls/?wa=wsignout1.0"')
    expect((await browser.open(wsfedApp)).html).toContain('hrdArea')
  })

  test.each<{
    case: string
    reason: RegExp
    more?: Readonly<Record<string, unknown>>
    by?: 'stranger'
    change?: (wresult: string) => string
  }>([
    { case: 'of a stranger’s key', reason: /trusted|verif/, by: 'stranger' },
    { case: 'for another audience', reason: /issued for "urn:other"/, more: { audience: 'urn:other' } },
    { case: 'of another issuer', reason: /issued by "urn:nobody"/, more: { issuer: 'urn:nobody' } },
    { case: 'that was changed', reason: /./, change: (text) => text.replace('Buyer', 'Owner') },
    {
      case: 'signed with SHA-1',
      reason: /rsa-sha1/,
      more: { signatureAlgorithm: 'rsa-sha1', digestAlgorithm: 'sha1' },
    },
    { case: 'that is none', reason: /./, change: () => '<t/>' },
    { case: 'with an entity', reason: /./, change: (text) => `<!DOCTYPE t [<!ENTITY a "b">]>${text}` },
  ])('a token $case is refused with MSIS7066', async ({ reason, more, by, change = (same) => same }) => {
    const fields = await wsfedAnswer(await toFabrikam(), by ? stranger : signer, erin, more)
    const answer = await browser.post('/adfs/ls/', { ...fields, wresult: change(fields.wresult ?? '') })
    expect(answer.html).toContain('MSIS7066')
    expect(answer.cookies.join()).not.toContain('MSISAuth=')
    expect(await lastReason()).toMatch(reason)
  })

  test('a token is good once, for its time, in the browser that asked for it', async () => {
    const location = await toFabrikam()
    const fields = await wsfedAnswer(location, signer)
    const elsewhere = await stage.browser().post('/adfs/ls/', fields)
    expect(elsewhere.html, 'another browser').toContain('MSIS7001')
    expect((await browser.post('/adfs/ls/', fields)).status).toBe(302)
    expect((await browser.post('/adfs/ls/', fields)).html, 'the context is spent').toContain('MSIS7001')
    const second = new URL(await toFabrikam(`${wsfedApp}&wfresh=0`)).searchParams.get('wctx') ?? ''
    const replayed = await browser.post('/adfs/ls/', { ...fields, wctx: second })
    expect(replayed.html, 'the assertion again').toContain('MSIS7066')
    expect(await lastReason()).toContain('used before')
    const late = await wsfedAnswer(await toFabrikam(`${wsfedApp}&wfresh=0`), signer, erin, { lifetime: 60 })
    await stage.clock.advance(7 * 60_000)
    expect((await browser.post('/adfs/ls/', late)).html, 'expired').toContain('MSIS7066')
    await stage.clock.restart()
  })

  test('the trust disabled or its certificate changed ends the sign-in', async () => {
    const fields = await wsfedAnswer(await toFabrikam(), signer)
    await stage.manage(`/claims-providers/${fabrikamTrust(signer).objectIdentifier}`, {
      method: 'PATCH',
      json: { enabled: false },
    })
    expect((await browser.post('/adfs/ls/', fields)).html).toContain('MSIS7001')
  })
})

describe('a partner that speaks SAML 2.0 (samlp)', () => {
  test('is asked by redirect; its response becomes a session and a token', async () => {
    const location = await toWingtip()
    expect(location).toMatch(/^https:\/\/idp\.wingtip\.example\/sso\?SAMLRequest=.*&RelayState=[0-9a-f-]{36}$/)
    const answer = await browser.post('/adfs/ls/', await samlpAnswer(location, signer))
    const { wresult = '' } = inputsOf((await browser.follow(answer)).html)
    expect(wresult).toContain('>erin@fabrikam.example<')
    expect(wresult).toContain(
      'AuthenticationMethod="urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"',
    )
  })

  test.each<{ case: string; more: Readonly<Record<string, unknown>>; reason: RegExp }>([
    { case: 'another recipient', more: { recipient: 'https://elsewhere.example/' }, reason: /meant for/ },
    { case: 'another request', more: { inResponseTo: '_another' }, reason: /answers _another/ },
    { case: 'another audience', more: { audience: 'urn:other' }, reason: /issued for/ },
    { case: 'no signature', more: { signAssertion: false }, reason: /sign/ },
  ])('a response for $case is refused with MSIS7066', async ({ more, reason }) => {
    const answer = await browser.post('/adfs/ls/', await samlpAnswer(await toWingtip(), signer, erin, more))
    expect(answer.html).toContain('MSIS7066')
    expect(await lastReason()).toMatch(reason)
  })

  test('single logout reaches it, and its answer ends the logout', async () => {
    await browser.follow(await browser.post('/adfs/ls/', await samlpAnswer(await toWingtip(), signer)))
    const asked = locationOf(await browser.open('/adfs/ls/?wa=wsignout1.0'))
    expect(asked).toMatch(/^https:\/\/idp\.wingtip\.example\/slo\?SAMLRequest=.*&Signature=/)
    const back = await samlpLogout(asked, signer, certificate)
    expect(back).toMatch(/^https:\/\/adfs\.contoso\.com\/adfs\/ls\/\?.*SAMLResponse=/)
    expect((await browser.open(back)).html).toContain('You have successfully signed out.')
    expect((await browser.open(wsfedApp)).html).toContain('hrdArea')
  })

  test('it ends the session here as well, if it signs that and means this user', async () => {
    await browser.follow(await browser.post('/adfs/ls/', await samlpAnswer(await toWingtip(), signer)))
    const forged = await samlpLogout('https://idp.wingtip.example/slo', stranger, certificate)
    expect((await browser.open(forged)).html).toContain('MSIS0038')
    expect((await browser.open(wsfedApp)).html, 'still signed in').toContain('hiddenform')
    const real = await samlpLogout('https://idp.wingtip.example/slo', signer, certificate)
    const { html } = await browser.open(real)
    expect(html, 'the relying party in a frame').toContain('?wa=wsignoutcleanup1.0')
    expect(html, 'the answer behind it').toMatch(/href="https:\/\/idp\.wingtip\.example\/slo\?SAMLResponse=/)
    expect((await browser.open(wsfedApp)).html).toContain('hrdArea')
  })

  test('a request is signed where the partner wants that', async () => {
    const path = `/claims-providers/${wingtipTrust(signer).objectIdentifier}`
    await stage.manage(path, { method: 'PATCH', json: { signedSamlRequestsRequired: true } })
    const { searchParams } = new URL(await toWingtip(`${wsfedApp}&wfresh=0`))
    expect([...searchParams.keys()]).toEqual(['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'])
    const strict = { signingCert: certificate, getCredentials: undefined }
    const location = await toWingtip(`${wsfedApp}&wfresh=0`)
    expect((await samlpAnswer(location, signer, erin, strict)).SAMLResponse).toBeDefined()
    const tampered = location.replace(/RelayState=[^&]*/, 'RelayState=other')
    await expect(samlpAnswer(tampered, signer, erin, strict)).rejects.toThrow(/[Ss]ignature/)
  })

  test('an answer by the other protocol is refused', async () => {
    const wctx = new URL(await toWingtip()).searchParams.get('RelayState') ?? ''
    const { wresult = '' } = await wsfedAnswer(await toFabrikam(), signer)
    expect((await browser.post('/adfs/ls/', { wa: 'wsignin1.0', wresult, wctx })).html).toContain('MSIS7066')
  })
})

describe('tokens that a partner has encrypted for the certificate of the metadata', () => {
  async function recipient(): Promise<Readonly<Record<string, unknown>>> {
    const { html } = await stage.browser().open('/FederationMetadata/2007-06/FederationMetadata.xml')
    const [, text = ''] = /use="encryption">.*?<X509Certificate>([^<]*)</s.exec(html) ?? []
    return encryptedFor(new X509Certificate(Buffer.from(text, 'base64')))
  }

  function encryptedFor(to: X509Certificate): Readonly<Record<string, unknown>> {
    return {
      encryptionCert: Buffer.from(to.toString()),
      encryptionPublicKey: to.publicKey.export({ type: 'spki', format: 'pem' }),
      warnOnInsecureEncryptionAlgorithm: false,
    }
  }

  test('of WS-Federation', async () => {
    const fields = await wsfedAnswer(await toFabrikam(), signer, erin, await recipient())
    expect(fields.wresult).toContain('EncryptedData')
    expect((await browser.follow(await browser.post('/adfs/ls/', fields))).html).toContain('hiddenform')
  })

  test.each([{ signResponse: false }, { signResponse: true }])('of SAML 2.0, $signResponse', async (more) => {
    const fields = await samlpAnswer(await toWingtip(), signer, erin, { ...(await recipient()), ...more })
    expect(Buffer.from(fields.SAMLResponse ?? '', 'base64').toString()).toContain('EncryptedAssertion')
    const page = await browser.follow(await browser.post('/adfs/ls/', fields))
    expect(inputsOf(page.html).wresult).toContain('erin@fabrikam.example')
  })

  test.each<{ case: string; options: () => Promise<Readonly<Record<string, unknown>>>; by?: 'stranger' }>([
    {
      case: 'encrypted for somebody else',
      options: async () => encryptedFor(new X509Certificate(signer.certificatePem)),
    },
    { case: 'signed by somebody else', options: recipient, by: 'stranger' },
  ])('one $case is refused', async ({ options, by }) => {
    const fields = await samlpAnswer(await toWingtip(), by ? stranger : signer, erin, await options())
    expect((await browser.post('/adfs/ls/', fields)).html).toContain('MSIS7066')
  })
})

describe('what a partner says of its user', () => {
  const multiple = 'http://schemas.microsoft.com/claims/multipleauthn'
  const wantsBoth = `${wsfedApp}&wauth=${encodeURIComponent(multiple)}`

  test('a second factor at the partner counts once an acceptance rule lets it through', async () => {
    const references = 'http://schemas.microsoft.com/claims/authnmethodsreferences'
    const strong = { ...erin, claims: { ...erin.claims, [references]: multiple } }
    const answer = await browser.post('/adfs/ls/', await wsfedAnswer(await toFabrikam(wantsBoth), signer, strong))
    expect((await browser.follow(answer)).html).toContain('hiddenform')
  })

  test('otherwise AD FS asks for its own, of the user by the name that was let through', async () => {
    const answer = await browser.post('/adfs/ls/', await wsfedAnswer(await toFabrikam(wantsBoth), signer))
    const page = await browser.follow(answer)
    expect(page.html).toContain('id="authMethod"')
    expect(page.html).toContain('Welcome erin@fabrikam.example')
    expect(stage.mfa.calls.at(-1)?.body).toMatchObject({ userPrincipalName: 'erin@fabrikam.example' })
  })

  test('OAuth: a code and an access token for the partner’s user, and no refresh token', async () => {
    const { answerIn, authorizeUrl, callback, native, tokenRequest } = await import('../oauth/_oauth.ts')
    const url = authorizeUrl({ domain_hint: 'fabrikam.example' })
    const location = locationOf(await browser.open(url))
    const back = await browser.post('/adfs/ls/', await wsfedAnswer(location, signer))
    const code = answerIn(await browser.follow(back)).get('code') ?? ''
    const form = { grant_type: 'authorization_code', client_id: native, redirect_uri: callback, code }
    const { status, body } = await tokenRequest(stage, form)
    expect(status).toBe(200)
    expect(body.access_token).toMatch(/^eyJ/)
    expect(body.refresh_token).toBeUndefined()
  })
})
