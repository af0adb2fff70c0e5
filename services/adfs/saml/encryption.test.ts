import { promisify } from 'node:util'
import { SAML } from '@node-saml/node-saml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decrypt } from 'xml-encryption'
import {
  libraryAccepts,
  saml20AssertionNode,
  saml20ResponseNode,
  type TestSigner,
  testSigner,
} from '#shared/saml/_signers.ts'
import { inputsOf } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { alice, consumer, redirectUrl, responseIn, samlMessage, samlWorld } from './_service-provider.ts'

const decryptWithLibrary = promisify(decrypt)
let stage: AdfsStage
let certificate: string
let recipient: TestSigner
let sent = 0

const trusts = [
  { identifier: 'urn:e:assertion', samlResponseSignature: 'AssertionOnly' },
  { identifier: 'urn:e:message', samlResponseSignature: 'MessageOnly' },
  { identifier: 'urn:e:both', samlResponseSignature: 'MessageAndAssertion' },
  { identifier: 'urn:e:name', samlResponseSignature: 'MessageAndAssertion', encryptedNameIdRequired: true },
  { identifier: 'urn:e:plain', samlResponseSignature: 'MessageAndAssertion', encryptClaims: false },
] as const

beforeAll(async () => {
  recipient = await testSigner('CN=sp.example.com')
  stage = await startAdfs(
    samlWorld(
      {},
      ...trusts.map(({ identifier, ...more }, index) => ({
        ...more,
        name: identifier,
        identifiers: [identifier],
        objectIdentifier: `e2000000-0000-4000-8000-00000000000${index}`,
        encryptionCertificate: recipient.certificatePem,
      })),
      {
        name: 'WS-Fed, encrypted',
        identifiers: ['urn:e:wsfed'],
        objectIdentifier: 'e2000000-0000-4000-8000-000000000009',
        protocolProfile: 'WsFederation',
        wsFedEndpoint: 'https://rp.example.com/',
        wsFedTokenType: 'urn:oasis:names:tc:SAML:2.0:assertion',
        encryptionCertificate: recipient.certificatePem,
      },
    ),
  )
  const key = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  certificate = (await stage.authority.signingKeyFor(key)).certificatePem
})

afterAll(() => stage[Symbol.asyncDispose]())

async function responseFor(issuer: string): Promise<string> {
  sent += 1
  const request = samlMessage({ id: `_e${sent}`, issueInstant: stage.clock.now(), issuer })
  return responseIn(await stage.browser().signIn(redirectUrl(request), ...alice))
}

async function opened(xml: string): Promise<string> {
  const [data = ''] = /<xenc:EncryptedData.*<\/xenc:EncryptedData>/s.exec(xml) ?? []
  const options = {
    key: recipient.privateKeyPem,
    disallowDecryptionWithInsecureAlgorithm: false,
    warnInsecureAlgorithm: false,
  }
  return xml.replace(
    /<EncryptedAssertion.*<\/EncryptedAssertion>|<EncryptedID>.*<\/EncryptedID>/s,
    await decryptWithLibrary(data, options),
  )
}

test.each(trusts.filter((each) => !('encryptClaims' in each)))(
  'the response to $identifier ($samlResponseSignature) holds an encrypted assertion only',
  async ({ identifier, samlResponseSignature }) => {
    const response = await responseFor(identifier)
    expect(response).toContain('http://www.w3.org/2001/04/xmlenc#aes256-cbc')
    expect(response).toContain('http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p')
    expect(response).not.toContain('AttributeStatement')
    expect(response).not.toContain('alice')
    const plain = await opened(response)
    expect(plain).toContain('<AttributeStatement>')
    if (samlResponseSignature !== 'AssertionOnly') {
      expect(libraryAccepts(response, certificate, saml20ResponseNode)).toBe(true)
    }
    if (samlResponseSignature !== 'MessageOnly') {
      const [assertion = ''] = /<Assertion .*<\/Assertion>/s.exec(plain) ?? []
      expect(libraryAccepts(assertion, certificate, saml20AssertionNode)).toBe(true)
    }
  },
)

test('EncryptedNameIdRequired hides the name inside the assertion, under its signature', async () => {
  const [assertion = ''] = /<Assertion .*<\/Assertion>/s.exec(await opened(await responseFor('urn:e:name'))) ?? []
  expect(assertion).toContain('<EncryptedID><xenc:EncryptedData')
  expect(assertion).not.toContain('<NameID')
  expect(await opened(assertion)).toContain('>alice@contoso.com</NameID>')
})

test('EncryptClaims off: nothing is encrypted, although there is a certificate', async () => {
  expect(await responseFor('urn:e:plain')).toContain('alice@contoso.com')
})

describe('a service provider of another make (node-saml)', () => {
  test.each(['urn:e:assertion', 'urn:e:both'])('decrypts and accepts the assertion for %s', async (issuer) => {
    const provider = new SAML({
      callbackUrl: consumer,
      entryPoint: 'https://adfs.contoso.com/adfs/ls/',
      issuer,
      audience: issuer,
      idpCert: certificate,
      decryptionPvk: recipient.privateKeyPem,
      wantAuthnResponseSigned: issuer === 'urn:e:both',
      acceptedClockSkewMs: 0,
    })
    const page = await stage.browser().signIn(await provider.getAuthorizeUrlAsync('', 'localhost', {}), ...alice)
    const { profile } = await provider.validatePostResponseAsync({
      SAMLResponse: inputsOf(page.html).SAMLResponse ?? '',
    })
    expect(profile?.nameID).toBe('alice@contoso.com')
  })
})

test('WS-Federation posts an encrypted SAML 2.0 token', async () => {
  const page = await stage.browser().signIn('/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3ae%3awsfed', ...alice)
  const { wresult = '' } = inputsOf(page.html)
  expect(wresult).toMatch(/<t:RequestedSecurityToken><xenc:EncryptedData /)
  expect(wresult).toContain('<t:TokenType>urn:oasis:names:tc:SAML:2.0:assertion</t:TokenType>')
  const [assertion = ''] =
    /<Assertion .*<\/Assertion>/s.exec(
      await opened(
        `<EncryptedAssertion>${/<xenc:EncryptedData.*<\/xenc:EncryptedData>/s.exec(wresult)?.[0]}</EncryptedAssertion>`,
      ),
    ) ?? []
  expect(libraryAccepts(assertion, certificate, saml20AssertionNode)).toBe(true)
  expect(assertion).toContain('<Audience>urn:e:wsfed</Audience>')
})
