import { SAML } from '@node-saml/node-saml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifySaml20Response } from '#shared/saml/verify-saml20.ts'
import { type Browser, inputsOf, type Page } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import {
  alice,
  consumer,
  type MessageParts,
  redirectUrl,
  responseIn,
  samlMessage,
  statusesIn,
} from './_service-provider.ts'

let stage: AdfsStage
let certificate: string

beforeAll(async () => {
  stage = await startAdfs()
  const key = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  certificate = (await stage.authority.signingKeyFor(key)).certificatePem
})

afterAll(() => stage[Symbol.asyncDispose]())

function serviceProvider(binding: 'HTTP-Redirect' | 'HTTP-POST'): SAML {
  return new SAML({
    callbackUrl: consumer,
    entryPoint: 'https://adfs.contoso.com/adfs/ls/',
    issuer: 'urn:sample:saml',
    idpCert: certificate,
    idpIssuer: 'http://adfs.contoso.com/adfs/services/trust',
    audience: 'urn:sample:saml',
    authnRequestBinding: binding,
    // SAML 2.0 Bindings §3.5.4: nothing is compressed in the POST binding.
    skipRequestCompression: binding === 'HTTP-POST',
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: 0,
  })
}

let requests = 0

/** An AuthnRequest of the sample application, changed. */
function authnRequest(parts: Partial<MessageParts> = {}): string {
  requests += 1
  return samlMessage({ id: `_r${requests}`, issueInstant: stage.clock.now(), ...parts })
}

function redirectTo(xml: string): string {
  return redirectUrl(xml, 'SAMLRequest', 'state & more')
}

describe('a service provider of another make (node-saml)', () => {
  test('is answered over the redirect binding, and accepts the assertion', async () => {
    const provider = serviceProvider('HTTP-Redirect')
    const url = await provider.getAuthorizeUrlAsync('state', 'localhost', {})
    const page = await stage.browser().signIn(url, ...alice)
    expect(page.html).toContain(`name="hiddenform" action="${consumer}"`)
    const fields = inputsOf(page.html)
    expect(fields.RelayState).toBe('state')
    const { profile } = await provider.validatePostResponseAsync({ SAMLResponse: fields.SAMLResponse ?? '' })
    expect(profile).toMatchObject({
      issuer: 'http://adfs.contoso.com/adfs/services/trust',
      nameID: 'alice@contoso.com',
      nameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname': 'Adams',
    })
  })

  test('is answered over the POST binding: the request waits in AD FS while the user signs in', async () => {
    const provider = serviceProvider('HTTP-POST')
    const form = inputsOf(await provider.getAuthorizeFormAsync('state', 'localhost', {}))
    const browser = stage.browser()
    const page = await browser.post('/adfs/ls/', form)
    expect(page.html).toContain('userNameInput')
    expect(browser.cookies.has('MSISSamlRequest')).toBe(true)
    const done = await browser.follow(await browser.submit(page, { UserName: alice[0], Password: alice[1] }))
    const fields = inputsOf(done.html)
    expect(fields.RelayState).toBe('state')
    const { profile } = await provider.validatePostResponseAsync({ SAMLResponse: fields.SAMLResponse ?? '' })
    expect(profile?.nameID).toBe('alice@contoso.com')
    expect(browser.cookies.has('MSISSamlRequest')).toBe(false)
  })
})

test('the response answers this request, for this audience, and is signed', async () => {
  const page = await stage.browser().signIn(redirectTo(authnRequest({ id: '_this' })), ...alice)
  expect(inputsOf(page.html).RelayState).toBe('state & more')
  const assertion = verifySaml20Response(responseIn(page), {
    trustedCertificates: [certificate],
    issuers: ['http://adfs.contoso.com/adfs/services/trust'],
    audiences: ['urn:sample:saml'],
    recipient: consumer,
    inResponseTo: '_this',
    now: stage.clock.now(),
    clockSkewSeconds: 0,
  })
  expect(assertion).toMatchObject({
    nameId: 'alice@contoso.com',
    authenticationMethod: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  })
})

test.each([
  {
    attributes: 'AssertionConsumerServiceURL="http://localhost:3000/login/callback"',
    action: 'http://localhost:3000/login/callback',
  },
  { attributes: 'AssertionConsumerServiceIndex="1"', action: 'http://localhost:3000/login/callback' },
  { attributes: 'AssertionConsumerServiceIndex="0"', action: consumer },
  { attributes: '', action: consumer },
])('$attributes is answered at $action', async ({ attributes, action }) => {
  const page = await stage.browser().signIn(redirectTo(authnRequest({ attributes })), ...alice)
  expect(page.html).toContain(`name="hiddenform" action="${action}"`)
})

describe('refusals that the user sees', () => {
  test.each([
    {
      name: 'another consumer',
      url: () => redirectTo(authnRequest({ attributes: 'AssertionConsumerServiceURL="https://evil.example/"' })),
      code: 'MSIS3200',
    },
    {
      name: 'a longer consumer',
      url: () => redirectTo(authnRequest({ attributes: `AssertionConsumerServiceURL="${consumer}/x"` })),
      code: 'MSIS3200',
    },
    {
      name: 'an unknown index',
      url: () => redirectTo(authnRequest({ attributes: 'AssertionConsumerServiceIndex="7"' })),
      code: 'MSIS3200',
    },
    { name: 'an unknown issuer', url: () => redirectTo(authnRequest({ issuer: 'urn:unknown' })), code: 'MSIS7007' },
    {
      name: 'a WS-Federation trust',
      url: () => redirectTo(authnRequest({ issuer: 'urn:sample:wsfed' })),
      code: 'MSIS7007',
    },
    {
      name: 'an old request',
      url: () => redirectTo(authnRequest({ issueInstant: new Date(stage.clock.now().getTime() - 301_000) })),
      code: 'MSIS0018',
    },
    {
      name: 'a request from the future',
      url: () => redirectTo(authnRequest({ issueInstant: new Date(stage.clock.now().getTime() + 301_000) })),
      code: 'MSIS0018',
    },
    {
      name: 'a document type',
      url: () => redirectTo(`<!DOCTYPE a [<!ENTITY b "c">]>${authnRequest()}`),
      code: 'MSIS0018',
    },
    { name: 'no XML', url: () => redirectTo('hello'), code: 'MSIS0018' },
    { name: 'no DEFLATE', url: () => '/adfs/ls/?SAMLRequest=AAAA', code: 'MSIS0018' },
    { name: 'no base64', url: () => '/adfs/ls/?SAMLRequest=%3Cxml', code: 'MSIS0018' },
    { name: 'too much of it', url: () => redirectTo(authnRequest({ children: ' '.repeat(70_000) })), code: 'MSIS0018' },
    {
      name: 'another binding',
      url: () =>
        redirectTo(
          authnRequest({ attributes: 'ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"' }),
        ),
      code: 'MSIS3200',
    },
    {
      name: 'a subject confirmation',
      url: () =>
        redirectTo(
          authnRequest({
            children:
              '<saml:Subject xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:SubjectConfirmation Method="urn:x"/></saml:Subject>',
          }),
        ),
      code: 'MSIS7075',
    },
    { name: 'an id that is none', url: () => redirectTo(authnRequest({ id: 'no id' })), code: 'MSIS0018' },
    {
      name: 'a relay state without measure',
      url: () => redirectUrl(authnRequest(), 'SAMLRequest', 'x'.repeat(9000)),
      code: 'MSIS0018',
    },
    { name: 'a parameter in other case', url: () => redirectUrl(authnRequest(), 'samlrequest'), code: 'MSIS0018' },
    { name: 'a request twice', url: () => `${redirectTo(authnRequest())}&SAMLRequest=x`, code: 'MSIS0018' },
  ])('$name: $code', async ({ url, code }) => {
    const page = await stage.browser().open(url())
    expect(page.html).toContain('id="errorArea"')
    expect(page.html).toContain(code)
    expect(page.html).not.toContain('userNameInput')
  })

  test('a request that was answered before', async () => {
    const browser = stage.browser()
    const url = redirectTo(authnRequest())
    expect((await browser.signIn(url, ...alice)).html).toContain('SAMLResponse')
    expect((await browser.open(url)).html).toContain('MSIS0018')
  })
})

describe('refusals that the service provider gets', () => {
  const statuses = (page: Page) => statusesIn(responseIn(page))
  const signIn = (browser: Browser, xml: string) => browser.signIn(redirectTo(xml), ...alice)

  test('NoPassive without a session, an assertion with one', async () => {
    const browser = stage.browser()
    const passive = () => redirectTo(authnRequest({ attributes: 'IsPassive="true"' }))
    expect(statuses(await browser.open(passive()))).toEqual(['Responder', 'NoPassive'])
    await signIn(browser, authnRequest())
    expect(statuses(await browser.open(passive()))).toEqual(['Success'])
  })

  test('InvalidNameIDPolicy for a format that the rules do not issue (MSIS7070)', async () => {
    const children = '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"/>'
    const page = await signIn(stage.browser(), authnRequest({ children }))
    expect(statuses(page)).toEqual(['Requester', 'InvalidNameIDPolicy'])
    expect(page.cookies.join()).not.toContain('MSISAuthenticated')
  })

  test('NoAuthnContext for classes that AD FS does not know', async () => {
    const children =
      '<samlp:RequestedAuthnContext><saml:AuthnContextClassRef xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">urn:unknown</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>'
    expect(statuses(await stage.browser().open(redirectTo(authnRequest({ children }))))).toEqual([
      'Responder',
      'NoAuthnContext',
    ])
  })
})

test.each([
  { comparison: 'exact', asked: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password', want: 'userNameInput' },
  { comparison: 'minimum', asked: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password', want: 'userNameInput' },
  { comparison: 'better', asked: 'urn:federation:authentication:windows', want: 'id="authMethod"' },
  { comparison: 'maximum', asked: 'http://schemas.microsoft.com/claims/multipleauthn', want: 'userNameInput' },
  { comparison: 'better', asked: 'http://schemas.microsoft.com/claims/multipleauthn', want: 'SAMLResponse' },
  { comparison: 'maximum', asked: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password', want: 'SAMLResponse' },
])('RequestedAuthnContext: $comparison $asked leads to $want', async ({ comparison, asked, want }) => {
  const children = `<samlp:RequestedAuthnContext Comparison="${comparison}"><saml:AuthnContextClassRef xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${asked}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`
  const browser = stage.browser()
  const first = await browser.open(redirectTo(authnRequest({ children })))
  const page =
    want === 'id="authMethod"'
      ? await browser.follow(await browser.submit(first, { UserName: alice[0], Password: alice[1] }))
      : first
  expect(page.html).toContain(want)
  if (want === 'SAMLResponse') expect(statusesIn(responseIn(page))).toEqual(['Responder', 'NoAuthnContext'])
})

test('ForceAuthn asks for credentials although there is a session', async () => {
  const browser = stage.browser()
  await browser.signIn(redirectTo(authnRequest()), ...alice)
  const page = await browser.open(redirectTo(authnRequest({ attributes: 'ForceAuthn="true"' })))
  expect(page.html).toContain('userNameInput')
  const done = await browser.follow(await browser.submit(page, { UserName: alice[0], Password: alice[1] }))
  expect(done.html).toContain('SAMLResponse')
})

test('a slow user does not make the request too old', async () => {
  const browser = stage.browser()
  const page = await browser.open(redirectTo(authnRequest()))
  await stage.clock.advance(10 * 60_000)
  const done = await browser.follow(await browser.submit(page, { UserName: alice[0], Password: alice[1] }))
  expect(done.html).toContain('SAMLResponse')
  await stage.clock.restart()
})

test('the policy of the trust asks its group for a second factor', async () => {
  const page = await stage.browser().signIn(redirectTo(authnRequest()), 'bob@contoso.com', 'Bob-Pass2')
  expect(page.html).toContain('verificationCodeInput')
})
