import { X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decrypt } from 'xml-encryption'
import { type TestSigner, testSigner } from '#shared/saml/_signers.ts'
import { elementEncrypter } from '#shared/saml/encrypt-element.ts'
import { receivePost, receiveRedirect, verifiedRoot } from '#shared/saml/protocol-message.ts'
import { xmlText } from '#shared/xml/markup.ts'
import { type Browser, inputsOf, type Page } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import {
  alice,
  issuer,
  redirectUrl,
  responseIn,
  samlMessage,
  samlWorld,
  signedPost,
  signedRedirect,
  statusesIn,
} from './_service-provider.ts'

const posting = 'urn:sample:posting'
const silent = 'urn:sample:silent'
const hidden = 'urn:sample:hidden'
const postLogoutUrl = 'https://posting.example.com/slo'
let stage: AdfsStage
let key: TestSigner
let stranger: TestSigner
let certificate: string
let sent = 0

beforeAll(async () => {
  key = await testSigner('CN=sp.example.com')
  stranger = await testSigner('CN=sp.example.com')
  const requestSigningCertificates = [key.certificatePem]
  const consumers = [
    { protocol: 'SAMLAssertionConsumer', binding: 'POST', uri: 'https://x.example.com/acs', index: 0, isDefault: true },
  ] as const
  const slo = { protocol: 'SAMLLogout', binding: 'POST', uri: postLogoutUrl, index: 0, isDefault: false } as const
  stage = await startAdfs(
    samlWorld(
      { requestSigningCertificates },
      {
        requestSigningCertificates,
        name: 'Posting',
        identifiers: [posting],
        objectIdentifier: guid(1),
        samlEndpoints: [...consumers, { ...slo, responseUri: `${postLogoutUrl}/done` }],
      },
      {
        requestSigningCertificates,
        name: 'Silent',
        identifiers: [silent],
        objectIdentifier: guid(2),
        samlEndpoints: consumers,
      },
      {
        requestSigningCertificates,
        name: 'Hidden names',
        identifiers: [hidden],
        objectIdentifier: guid(3),
        samlEndpoints: [...consumers, { ...slo, uri: 'https://hidden.example.com/slo' }],
        encryptedNameIdRequired: true,
        encryptClaims: false,
        encryptionCertificate: key.certificatePem,
      },
    ),
  )
  const name = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  certificate = (await stage.authority.signingKeyFor(name)).certificatePem
})

afterAll(() => stage[Symbol.asyncDispose]())

function guid(last: number): string {
  return `e3000000-0000-4000-8000-00000000000${last}`
}

function message(root: string, parts: { issuer?: string; children?: string; attributes?: string } = {}): string {
  sent += 1
  return samlMessage({ root, id: `_l${sent}`, issueInstant: stage.clock.now(), ...parts })
}

/** Signs in to a service provider; gives its name for the session. */
async function visit(browser: Browser, serviceProvider = issuer): Promise<string> {
  const url = redirectUrl(message('AuthnRequest', { issuer: serviceProvider }))
  const first = await browser.open(url)
  const page = first.html.includes('userNameInput')
    ? await browser.follow(await browser.submit(first, { UserName: alice[0], Password: alice[1] }))
    : first
  return /SessionIndex="([^"]+)"/.exec(responseIn(page))?.[1] ?? ''
}

function logoutRequest(
  sessionIndex: string,
  { name = 'alice@contoso.com', from = issuer, attributes = '' } = {},
): string {
  const format = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
  const children = `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="${format}">${name}</saml:NameID><samlp:SessionIndex>${sessionIndex}</samlp:SessionIndex>`
  return message('LogoutRequest', { issuer: from, children, attributes })
}

/** The SAML message that an answer carries, its signature verified with the certificate of the metadata. */
function messageIn(page: Page, field: 'SAMLRequest' | 'SAMLResponse'): string {
  const location = page.headers.location
  const received =
    location === undefined
      ? receivePost(inputsOf(page.html)[field] ?? '', undefined, field)
      : receiveRedirect(new URL(String(location)).search, field)
  verifiedRoot(received, { trustedCertificates: [certificate] })
  return received.xml
}

function answerTo(request: string, from: string, status = 'Success'): string {
  const id = / ID="([^"]+)"/.exec(request)?.[1]
  const children = `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/></samlp:Status>`
  return message('LogoutResponse', { issuer: from, attributes: `InResponseTo="${id}"`, children })
}

async function signedIn(browser: Browser): Promise<boolean> {
  const page = await browser.open('/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed')
  return page.html.includes('hiddenform')
}

describe('a service provider signs its user out', () => {
  test('alone: the session ends, and it has a signed answer by redirect with its relay state', async () => {
    const browser = stage.browser()
    const request = logoutRequest(await visit(browser))
    const page = await browser.open(signedRedirect(request, key))
    expect(page.status).toBe(302)
    expect(String(page.headers.location)).toMatch(
      /^http:\/\/localhost:5001\/saml\/logout\?SAMLResponse=.*&RelayState=state&SigAlg=/,
    )
    const response = messageIn(page, 'SAMLResponse')
    expect(statusesIn(response)).toEqual(['Success'])
    expect(response).toContain(`InResponseTo="${/ ID="([^"]+)"/.exec(request)?.[1]}"`)
    expect(page.cookies.some((cookie) => cookie.startsWith('MSISAuth=;'))).toBe(true)
    expect(await signedIn(browser)).toBe(false)
  })

  test('the others are told one after the other, each by its binding, before it has its answer', async () => {
    const browser = stage.browser()
    const index = await visit(browser)
    const other = await visit(browser, posting)
    const told = await browser.open(signedRedirect(logoutRequest(index), key))
    expect(told.html).toContain(`name="hiddenform" action="${postLogoutUrl}"`)
    const request = messageIn(told, 'SAMLRequest')
    expect(request).toContain(`<samlp:SessionIndex>${other}</samlp:SessionIndex>`)
    expect(request).toContain('>alice@contoso.com</NameID>')
    expect(await signedIn(browser)).toBe(false)
    const SAMLResponse = signedPost(answerTo(request, posting), key)
    const page = await browser.post('/adfs/ls/', { SAMLResponse })
    expect(statusesIn(messageIn(page, 'SAMLResponse'))).toEqual(['Success'])
    expect((await browser.post('/adfs/ls/', { SAMLResponse })).html).toContain('MSIS7054')
  })

  test.each([
    { name: 'says no', answer: (request: string) => signedPost(answerTo(request, posting, 'Responder'), key) },
    { name: 'signs with another key', answer: (request: string) => signedPost(answerTo(request, posting), stranger) },
    { name: 'does not sign', answer: (request: string) => Buffer.from(answerTo(request, posting)).toString('base64') },
    { name: 'is somebody else', answer: (request: string) => signedPost(answerTo(request, issuer), key) },
  ])('when another $name, the answer is PartialLogout', async ({ answer }) => {
    const browser = stage.browser()
    const index = await visit(browser)
    await visit(browser, posting)
    const told = await browser.open(signedRedirect(logoutRequest(index), key))
    const page = await browser.post('/adfs/ls/', { SAMLResponse: answer(messageIn(told, 'SAMLRequest')) })
    expect(statusesIn(messageIn(page, 'SAMLResponse'))).toEqual(['Success', 'PartialLogout'])
    expect((await stage.journal()).at(-1)?.reasons.join()).toContain('MSIS7055')
  })

  test('one without an end point for logout cannot be told: PartialLogout', async () => {
    const browser = stage.browser()
    const index = await visit(browser)
    await visit(browser, silent)
    const page = await browser.open(signedRedirect(logoutRequest(index), key))
    expect(statusesIn(messageIn(page, 'SAMLResponse'))).toEqual(['Success', 'PartialLogout'])
  })

  test('by POST: the answer goes to the response address', async () => {
    const browser = stage.browser()
    const request = logoutRequest(await visit(browser, posting), { from: posting })
    const page = await browser.post('/adfs/ls/', { SAMLRequest: signedPost(request, key), RelayState: 'mine' })
    expect(page.html).toContain(`action="${postLogoutUrl}/done"`)
    expect(inputsOf(page.html).RelayState).toBe('mine')
    expect(statusesIn(messageIn(page, 'SAMLResponse'))).toEqual(['Success'])
  })

  test('WS-Federation relying parties are told in frames, on a page that goes on to the answer', async () => {
    const browser = stage.browser()
    const index = await visit(browser)
    expect(await signedIn(browser)).toBe(true)
    const page = await browser.open(signedRedirect(logoutRequest(index), key))
    expect(page.html).toContain('src="http://localhost:5000/?wa=wsignoutcleanup1.0"')
    expect(page.html).toMatch(/id="continueLink"[^>]*href="http:\/\/localhost:5001\/saml\/logout\?SAMLResponse=/)
  })

  test('nobody is signed in: that is success too', async () => {
    const page = await stage.browser().open(signedRedirect(logoutRequest('_none'), key))
    expect(statusesIn(messageIn(page, 'SAMLResponse'))).toEqual(['Success'])
  })
})

describe('names that are encrypted', () => {
  const nameId = /<saml:NameID .*<\/saml:NameID>/

  async function withEncryptedName(xml: string, certificatePem: string): Promise<string> {
    const [name = ''] = nameId.exec(xml) ?? []
    const encrypted = await elementEncrypter(new X509Certificate(certificatePem))(name)
    const container = `<saml:EncryptedID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${xmlText(encrypted)}</saml:EncryptedID>`
    return xml.replace(nameId, container)
  }

  test('an EncryptedID for the certificate of the metadata is read', async () => {
    const browser = stage.browser()
    const request = await withEncryptedName(logoutRequest(await visit(browser)), await encryptionCertificate())
    const page = await browser.open(signedRedirect(request, key))
    expect(statusesIn(messageIn(page, 'SAMLResponse'))).toEqual(['Success'])
    expect(await signedIn(browser)).toBe(false)
  })

  test.each([
    { name: 'for another key', change: async (xml: string) => withEncryptedName(xml, stranger.certificatePem) },
    {
      name: 'that was cut',
      change: async (xml: string) =>
        (await withEncryptedName(xml, await encryptionCertificate())).replace(
          /([\s\S]*CipherValue>)[^<]*(<\/xenc:CipherValue>)/,
          '$1AAAA$2',
        ),
    },
  ])('one $name is refused, and the session goes on', async ({ change }) => {
    const browser = stage.browser()
    const request = await change(logoutRequest(await visit(browser)))
    expect((await browser.open(signedRedirect(request, key))).html).toContain('MSIS0018')
    expect(await signedIn(browser)).toBe(true)
  })

  test('EncryptedNameIdRequired: the request that AD FS sends has its name encrypted too', async () => {
    const browser = stage.browser()
    const index = await visit(browser)
    await visit(browser, hidden)
    const told = await browser.open(signedRedirect(logoutRequest(index), key))
    const request = messageIn(told, 'SAMLRequest')
    expect(request).not.toContain('alice@contoso.com')
    const [data = ''] = /<xenc:EncryptedData.*<\/xenc:EncryptedData>/s.exec(request) ?? []
    const options = { disallowDecryptionWithInsecureAlgorithm: false, warnInsecureAlgorithm: false }
    const name = await promisify(decrypt)(data, { ...options, key: key.privateKeyPem })
    expect(name).toContain('>alice@contoso.com</NameID>')
  })
})

/** From the metadata, as a service provider finds it. */
async function encryptionCertificate(): Promise<string> {
  const { html } = await stage.browser().open('/FederationMetadata/2007-06/FederationMetadata.xml')
  const [, text = ''] = /use="encryption">.*?<X509Certificate>([^<]*)</s.exec(html) ?? []
  return new X509Certificate(Buffer.from(text, 'base64')).toString()
}

describe('a logout request that does not mean this session', () => {
  test.each([
    { name: 'another user', change: { name: 'bob@contoso.com' } },
    { name: 'a comment in the name', change: { name: 'alice@contoso.com<!---->.evil' } },
  ])('$name: UnknownPrincipal, and the session goes on', async ({ change }) => {
    const browser = stage.browser()
    const page = await browser.open(signedRedirect(logoutRequest(await visit(browser), change), key))
    expect(statusesIn(messageIn(page, 'SAMLResponse'))).toEqual(['Requester', 'UnknownPrincipal'])
    expect(await signedIn(browser)).toBe(true)
  })

  test('another session index', async () => {
    const browser = stage.browser()
    await visit(browser)
    const page = await browser.open(signedRedirect(logoutRequest('_other'), key))
    expect(statusesIn(messageIn(page, 'SAMLResponse'))).toEqual(['Requester', 'UnknownPrincipal'])
    expect(await signedIn(browser)).toBe(true)
  })
})

describe('refused on a page, and the session goes on', () => {
  test.each([
    { name: 'not signed', url: (xml: string) => redirectUrl(xml), code: 'MSIS7085' },
    { name: 'signed with another key', url: (xml: string) => signedRedirect(xml, stranger), code: 'MSIS0038' },
    {
      name: 'an unknown issuer',
      url: (xml: string) => signedRedirect(xml.replace(issuer, 'urn:unknown'), key),
      code: 'MSIS7007',
    },
    {
      name: 'no name',
      url: (xml: string) => signedRedirect(xml.replace(/<saml:NameID.*<\/saml:NameID>/, ''), key),
      code: 'MSIS0018',
    },
    {
      name: 'too late',
      url: (xml: string) =>
        signedRedirect(xml.replace('Version=', 'NotOnOrAfter="2020-01-01T00:00:00Z" Version='), key),
      code: 'MSIS0018',
    },
    {
      name: 'no end point to answer to',
      url: (xml: string) => signedRedirect(xml.replace(issuer, silent), key),
      code: 'MSIS7054',
    },
  ])('$name: $code', async ({ url, code }) => {
    const browser = stage.browser()
    const page = await browser.open(url(logoutRequest(await visit(browser))))
    expect(page.html).toContain(code)
    expect(await signedIn(browser)).toBe(true)
  })

  test('the same request twice', async () => {
    const browser = stage.browser()
    const url = signedRedirect(logoutRequest(await visit(browser)), key)
    await browser.open(url)
    await visit(browser)
    expect((await browser.open(url)).html).toContain('MSIS0018')
  })

  test('an answer that nobody waits for', async () => {
    const SAMLResponse = signedPost(answerTo('<x ID="_nothing"/>', issuer), key)
    expect((await stage.browser().post('/adfs/ls/', { SAMLResponse })).html).toContain('MSIS7054')
  })
})

test('wsignout1.0 tells SAML service providers too, and ends on the sign-out page', async () => {
  const browser = stage.browser()
  await visit(browser, posting)
  const told = await browser.open('/adfs/ls/?wa=wsignout1.0')
  const request = messageIn(told, 'SAMLRequest')
  const page = await browser.post('/adfs/ls/', { SAMLResponse: signedPost(answerTo(request, posting), key) })
  expect(page.html).toContain('You have successfully signed out.')
  await visit(browser, silent)
  expect((await browser.open('/adfs/ls/?wa=wsignout1.0')).html).toContain('MSIS7055')
})
