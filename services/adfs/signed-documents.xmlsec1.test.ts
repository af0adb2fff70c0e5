import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  metadataNode,
  type SignedNode,
  saml11Node,
  saml20AssertionNode,
  saml20ResponseNode,
  type TestSigner,
  testSigner,
} from '#shared/saml/_signers.ts'
import { decryptedByXmlsec, queryHolds, xmlsecAccepts } from '#shared/saml/_xmlsec1.ts'
import type { RelyingParty } from '#shared/scenario/world.ts'
import { schemaProblems } from '#test/actors/schema-judge.ts'
import { type Browser, inputsOf, type Page } from './_browser.ts'
import { type AdfsStage, startAdfs } from './_stage.ts'
import {
  alice,
  redirectUrl,
  responseIn,
  samlMessage,
  samlWorld,
  signedPost,
  signedRedirect,
} from './saml/_service-provider.ts'
import { assertionIn, sendSoap, tokenRequest } from './ws-trust/_soap.ts'
import { trustDialects } from './ws-trust/names.ts'

/* Each kind of document that AD FS signs, as it leaves: judged by xmlsec1, by xmllint and by openssl. */

const protocolNode = (name: string): SignedNode => ({
  idAttribute: 'ID',
  node: `urn:oasis:names:tc:SAML:2.0:protocol:${name}`,
})
const samlNodes = [
  saml20AssertionNode,
  saml20ResponseNode,
  ...['LogoutRequest', 'LogoutResponse', 'ArtifactResponse'].map(protocolNode),
]
const signatureOf = (name: string) => `//*[local-name()='${name}']/*[local-name()='Signature']`
const rsaSha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
const saml20Token = 'urn:oasis:names:tc:SAML:2.0:assertion'
const consumer = {
  protocol: 'SAMLAssertionConsumer',
  uri: 'https://sp.example.com/acs',
  index: 0,
  isDefault: true,
} as const
const logout = { protocol: 'SAMLLogout', uri: 'https://sp.example.com/slo', index: 0, isDefault: false } as const

let stage: AdfsStage
let serviceProvider: TestSigner
let certificate: string
let stranger: string
let sent = 0

/** Each differs from the sample trust by what it is named after. */
function trusts(): readonly Partial<RelyingParty>[] {
  const encryptionCertificate = serviceProvider.certificatePem
  const federation = { protocolProfile: 'WsFederation', wsFedEndpoint: 'https://rp.example.com/' } as const
  const saml: Readonly<Record<string, Partial<RelyingParty>>> = {
    assertion: { samlResponseSignature: 'AssertionOnly' },
    message: { samlResponseSignature: 'MessageOnly' },
    both: { samlResponseSignature: 'MessageAndAssertion' },
    sha1: { samlResponseSignature: 'MessageAndAssertion', signatureAlgorithm: rsaSha1 },
    encrypted: { samlResponseSignature: 'MessageAndAssertion', encryptionCertificate },
    name: { samlResponseSignature: 'MessageAndAssertion', encryptionCertificate, encryptedNameIdRequired: true },
    artifact: { samlEndpoints: [{ ...consumer, binding: 'Artifact' }], samlResponseSignature: 'MessageAndAssertion' },
    posting: {
      samlEndpoints: [
        { ...consumer, binding: 'POST' },
        { ...logout, binding: 'POST' },
      ],
    },
    redirecting: {
      samlEndpoints: [
        { ...consumer, binding: 'POST' },
        { ...logout, binding: 'Redirect' },
      ],
    },
    saml11: federation,
    saml20: { ...federation, wsFedTokenType: saml20Token },
    saml20encrypted: { ...federation, wsFedTokenType: saml20Token, encryptionCertificate },
    saml11encrypted: { ...federation, encryptionCertificate },
  }
  return Object.entries(saml).map(([name, changes], index) => ({
    name,
    identifiers: [`urn:d:${name}`],
    objectIdentifier: `e5000000-0000-4000-8000-0000000000${String(index).padStart(2, '0')}`,
    requestSigningCertificates: [serviceProvider.certificatePem],
    ...changes,
  }))
}

beforeAll(async () => {
  serviceProvider = await testSigner('CN=sp.example.com')
  stranger = (await testSigner()).certificatePem
  stage = await startAdfs(samlWorld({}, ...trusts()))
  const key = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  certificate = (await stage.authority.signingKeyFor(key)).certificatePem
})

afterAll(() => stage[Symbol.asyncDispose]())

function message(from: string, root = 'AuthnRequest', children = '', attributes = ''): string {
  sent += 1
  return samlMessage({ root, id: `_d${sent}`, issueInstant: stage.clock.now(), issuer: from, children, attributes })
}

async function visit(name: string, browser: Browser, attributes = ''): Promise<Page> {
  const url = redirectUrl(message(`urn:d:${name}`, 'AuthnRequest', '', attributes))
  const page = await browser.open(url)
  if (!page.html.includes('userNameInput')) return page
  return browser.follow(await browser.submit(page, { UserName: alice[0], Password: alice[1] }))
}

/** The schemas have nothing to say, the key of the metadata verifies, another one does not, and no change passes. */
function expectSound(document: string, nodes: readonly SignedNode[], ...signed: readonly string[]): void {
  expect(schemaProblems(document)).toEqual([])
  for (const name of signed) {
    expect(xmlsecAccepts(document, certificate, nodes, signatureOf(name)), name).toBe(true)
    expect(xmlsecAccepts(document, stranger, nodes, signatureOf(name)), `${name}, another key`).toBe(false)
    const changed = document.replace(/IssueInstant="20/g, 'IssueInstant="30')
    expect(xmlsecAccepts(changed, certificate, nodes, signatureOf(name)), `${name}, changed`).toBe(false)
  }
}

describe('SAML 2.0 responses', () => {
  test.each([
    ['assertion', ['Assertion']],
    ['message', ['Response']],
    ['both', ['Response', 'Assertion']],
    ['sha1', ['Response', 'Assertion']],
  ])('%s', async (name, signed) => {
    expectSound(responseIn(await visit(name, stage.browser())), samlNodes, ...signed)
  })

  test.each(['encrypted', 'name'])('%s: sealed under the response’s signature, signed inside', async (name) => {
    const response = responseIn(await visit(name, stage.browser()))
    expectSound(response, samlNodes, 'Response')
    expect(response).not.toContain('alice')
    const [sealed = ''] = /<xenc:EncryptedData.*<\/xenc:EncryptedData>/s.exec(response) ?? []
    const assertion = decryptedByXmlsec(sealed, serviceProvider.privateKeyPem)
    expectSound(assertion, samlNodes, 'Assertion')
    expect(assertion.includes('<EncryptedID>')).toBe(name === 'name')
  })

  test('a refusal without an assertion', async () => {
    const page = await stage.browser().open(redirectUrl(message('urn:d:both', 'AuthnRequest', '', 'IsPassive="true"')))
    expectSound(responseIn(page), samlNodes, 'Response')
  })

  test('an artifact’s response inside a signed ArtifactResponse', async () => {
    const page = await visit('artifact', stage.browser())
    const artifact = new URL(String(page.headers.location)).searchParams.get('SAMLart') ?? ''
    const resolve = message('urn:d:artifact', 'ArtifactResolve', `<samlp:Artifact>${artifact}</samlp:Artifact>`)
    const signed = Buffer.from(signedPost(resolve, serviceProvider), 'base64').toString()
    const body = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${signed}</e:Body></e:Envelope>`
    const headers = { 'content-type': 'text/xml; charset=utf-8' }
    const { text } = await sendSoap(stage, 'artifactresolution', body, { headers })
    expectSound(text, samlNodes, 'ArtifactResponse', 'Response', 'Assertion')
  })
})

describe('WS-Federation', () => {
  const token = async (name: string) => {
    const page = await stage.browser().signIn(`/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3ad%3a${name}`, ...alice)
    return inputsOf(page.html).wresult ?? ''
  }

  test('SAML 1.1', async () => {
    expectSound(assertionIn(await token('saml11')), [saml11Node], 'Assertion')
  })

  test('SAML 2.0', async () => {
    expectSound(assertionIn(await token('saml20')), samlNodes, 'Assertion')
  })

  test.each([
    ['saml11encrypted', [saml11Node]],
    ['saml20encrypted', samlNodes],
  ])('%s', async (name, nodes) => {
    const [sealed = ''] = /<xenc:EncryptedData.*<\/xenc:EncryptedData>/s.exec(await token(name)) ?? []
    expect(schemaProblems(sealed)).toEqual([])
    expectSound(decryptedByXmlsec(sealed, serviceProvider.privateKeyPem), nodes, 'Assertion')
  })
})

function inflated(query: URLSearchParams): string {
  const value = query.get('SAMLRequest') ?? query.get('SAMLResponse') ?? ''
  return inflateRawSync(Buffer.from(value, 'base64')).toString()
}

describe('single logout', () => {
  /** A session at both; one signs out. Gives what the other is sent, and what the first one has in the end. */
  async function signOut(from: 'posting' | 'redirecting', other: 'posting' | 'redirecting') {
    const browser = stage.browser()
    const [index] = [/SessionIndex="([^"]+)"/.exec(responseIn(await visit(from, browser)))?.[1]]
    await visit(other, browser)
    const name =
      '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">alice@contoso.com</saml:NameID>'
    const children = `${name}<samlp:SessionIndex>${index}</samlp:SessionIndex>`
    const request = signedRedirect(message(`urn:d:${from}`, 'LogoutRequest', children), serviceProvider)
    const told = await browser.open(request)
    const answered = await browser.open(
      signedRedirect(answerTo(messageIn(told), other), serviceProvider, { field: 'SAMLResponse' }),
    )
    return { told, answered }
  }

  function answerTo(request: string, from: string): string {
    const status = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
    return message(`urn:d:${from}`, 'LogoutResponse', status, `InResponseTo="${/ ID="([^"]+)"/.exec(request)?.[1]}"`)
  }

  function messageIn({ headers, html }: Page): string {
    if (headers.location !== undefined) return inflated(new URL(String(headers.location)).searchParams)
    const { SAMLRequest, SAMLResponse } = inputsOf(html)
    return Buffer.from(SAMLRequest ?? SAMLResponse ?? '', 'base64').toString()
  }

  test('by POST: the signature is in the message', async () => {
    const { told } = await signOut('redirecting', 'posting')
    expectSound(messageIn(told), samlNodes, 'LogoutRequest')
    const { answered } = await signOut('posting', 'redirecting')
    expectSound(messageIn(answered), samlNodes, 'LogoutResponse')
  })

  test('by redirect: the signature covers the query', async () => {
    const { answered } = await signOut('redirecting', 'posting')
    const { told } = await signOut('posting', 'redirecting')
    for (const { headers } of [told, answered]) {
      const { search } = new URL(String(headers.location))
      expect(queryHolds(search, certificate)).toBe(true)
      expect(queryHolds(search, stranger)).toBe(false)
      expect(queryHolds(search.replace('SigAlg=', 'RelayState=x&SigAlg='), certificate)).toBe(false)
    }
    expect(schemaProblems(messageIn(told))).toEqual([])
    expect(schemaProblems(messageIn(answered))).toEqual([])
  })
})

describe('WS-Trust', () => {
  test.each([
    [trustDialects['2005'], undefined, [saml11Node]],
    [trustDialects['13'], undefined, [saml11Node]],
    [trustDialects['2005'], saml20Token, samlNodes],
    [trustDialects['13'], saml20Token, samlNodes],
  ])('$name, token type %s', async (dialect, tokenType, nodes) => {
    const request = tokenRequest(
      { dialect, ...(tokenType && { tokenType }), appliesTo: 'urn:d:both' },
      stage.clock.now(),
    )
    const { text } = await sendSoap(stage, `${dialect.name}/usernamemixed`, request)
    expectSound(assertionIn(text), nodes, 'Assertion')
  })
})

test('federation metadata', async () => {
  const { html } = await stage.browser().open('/FederationMetadata/2007-06/FederationMetadata.xml')
  expect(schemaProblems(html)).toEqual([])
  expect(xmlsecAccepts(html, certificate, [metadataNode])).toBe(true)
  expect(xmlsecAccepts(html, stranger, [metadataNode])).toBe(false)
  expect(xmlsecAccepts(html.replaceAll('/adfs/ls/', '/adfs/xx/'), certificate, [metadataNode])).toBe(false)
})

test('the judges know what is wrong', async () => {
  const { html } = await stage.browser().open('/FederationMetadata/2007-06/FederationMetadata.xml')
  const [role] = /<KeyDescriptor use="signing">.*?<\/KeyDescriptor>/s.exec(html) ?? []
  expect(schemaProblems(html.replace(role ?? '', ''))).toEqual([])
  expect(schemaProblems(html.replace(' entityID=', ' entity='))).not.toEqual([])
  expect(schemaProblems(html.replace('<fed:ClaimTypesOffered', '<fed:TokenTypesRequested'))).not.toEqual([])
  expect(schemaProblems(html.replaceAll('PassiveRequestorEndpoint', 'PassiveRequestorEnpoint'))).not.toEqual([])
  expect(schemaProblems('<html/>')).not.toEqual([])
})
