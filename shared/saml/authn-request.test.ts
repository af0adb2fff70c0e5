import { createSign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { SAML } from '@node-saml/node-saml'
import { beforeAll, describe, expect, test } from 'vitest'
import { signWithLibrary, type TestSigner, testSigner } from './_signers.ts'
import { readAuthnRequest } from './authn-request.ts'
import { type ReceivedMessage, receivePost, receiveRedirect, verifiedRoot } from './protocol-message.ts'
import { SamlRefusal } from './saml-refusal.ts'
import type { SignatureTrust } from './trusted-certificates.ts'

let signer: TestSigner
let stranger: TestSigner
beforeAll(async () => {
  signer = await testSigner('CN=sp.contoso.com')
  stranger = await testSigner('CN=sp.contoso.com')
})

const full = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" IssueInstant="2026-06-01T08:00:00Z" Destination="https://adfs.contoso.com/adfs/ls/" AssertionConsumerServiceURL="https://sp/acs" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" ForceAuthn="true" IsPassive="0"><saml:Issuer>urn:federation:MicrosoftOnline</saml:Issuer><saml:Subject><saml:NameID>anna@contoso.com</saml:NameID></saml:Subject><samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" SPNameQualifier="q"/><samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>urn:a</saml:AuthnContextClassRef><saml:AuthnContextClassRef>urn:b</saml:AuthnContextClassRef></samlp:RequestedAuthnContext><samlp:Scoping><samlp:IDPList><samlp:IDPEntry ProviderID="urn:idp"/></samlp:IDPList></samlp:Scoping></samlp:AuthnRequest>`
const minimal =
  '<AuthnRequest xmlns="urn:oasis:names:tc:SAML:2.0:protocol" ID="_2" Version="2.0" IssueInstant="2026-06-01T08:00:00Z" AssertionConsumerServiceIndex="3"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">https://sp</Issuer></AuthnRequest>'

function read(message: ReceivedMessage, trust?: SignatureTrust) {
  const { signature, relayState } = message
  const verify = trust !== undefined && signature.kind !== 'absent'
  const request = readAuthnRequest(verify ? verifiedRoot(message, trust) : message.root)
  const verdict = signature.kind === 'absent' ? 'absent' : verify ? 'verified' : 'present'
  return { ...request, ...(relayState !== undefined && { relayState }), signature: verdict }
}

function readRedirectAuthnRequest(query: string, trust?: SignatureTrust) {
  return read(receiveRedirect(query, 'SAMLRequest'), trust)
}

function readPostAuthnRequest(field: string, relayState?: string, trust?: SignatureTrust) {
  return read(receivePost(field, relayState, 'SAMLRequest'), trust)
}

const encoded = (xml: string) => Buffer.from(xml).toString('base64')
const deflated = (xml: string | Buffer) => deflateRawSync(xml).toString('base64')
const redirect = (xml: string | Buffer, rest = '') => `SAMLRequest=${encodeURIComponent(deflated(xml))}${rest}`

const readFull = {
  id: '_1',
  issuer: 'urn:federation:MicrosoftOnline',
  issueInstant: new Date('2026-06-01T08:00:00Z'),
  destination: 'https://adfs.contoso.com/adfs/ls/',
  assertionConsumerServiceUrl: 'https://sp/acs',
  protocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
  forceAuthn: true,
  isPassive: false,
  nameIdPolicy: { format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', spNameQualifier: 'q' },
  requestedAuthnContext: { comparison: 'minimum', classRefs: ['urn:a', 'urn:b'] },
  loginHint: 'anna@contoso.com',
  identityProviders: ['urn:idp'],
  relayState: 'a b&c',
  signature: 'absent',
}

function kindOf(read: () => unknown): string {
  try {
    read()
    return 'read'
  } catch (error) {
    if (error instanceof SamlRefusal) return error.kind
    throw error
  }
}

test('reads a request from the redirect binding', () => {
  expect(readRedirectAuthnRequest(redirect(full, '&RelayState=a%20b%26c'))).toEqual(readFull)
})

test('reads a request from the POST binding', () => {
  expect(readPostAuthnRequest(encoded(full), 'a b&c')).toEqual(readFull)
})

test('leaves out what the request leaves out', () => {
  expect(readPostAuthnRequest(encoded(minimal))).toEqual({
    id: '_2',
    issuer: 'https://sp',
    issueInstant: new Date('2026-06-01T08:00:00Z'),
    assertionConsumerServiceIndex: 3,
    forceAuthn: false,
    isPassive: false,
    identityProviders: [],
    signature: 'absent',
  })
})

describe('refuses', () => {
  test.each([
    ['a bomb that inflates beyond 64 KiB', redirect(Buffer.alloc(50 * 1024 * 1024, ' '))],
    ['a request that is no deflate stream', `SAMLRequest=${encodeURIComponent(encoded('hello hello'))}`],
    ['a zlib header', 'SAMLRequest=eJwDAAAAAAE%3D'],
    ['no request', 'RelayState=x'],
    ['what is no base64', 'SAMLRequest=%3Cxml%3E'],
    ['another message', redirect('<LogoutRequest xmlns="urn:oasis:names:tc:SAML:2.0:protocol"/>')],
    ['the request twice', `${redirect(full)}&${redirect(minimal)}`],
    ['a name in escapes', redirect(full).replace('SAMLRequest', 'SAML%52equest')],
    ['bytes that are no UTF-8', redirect(Buffer.from(full.replace('anna', '\xff'), 'latin1'))],
    ['a document type', redirect(`<!DOCTYPE x>${full}`)],
  ])('%s', (_what, query) => {
    expect(kindOf(() => readRedirectAuthnRequest(query))).toBe('malformed')
  })

  test.each([
    ['no issuer', /<saml:Issuer>.*<\/saml:Issuer>/, ''],
    ['no id', ' ID="_1"', ''],
    ['an id that is none', ' ID="_1"', ' ID="1 or more"'],
    ['another version', 'Version="2.0"', 'Version="1.1"'],
    ['a time without a zone', '08:00:00Z', '08:00:00'],
    ['a flag that is none', 'ForceAuthn="true"', 'ForceAuthn="yes"'],
    ['two name id policies', /<samlp:NameIDPolicy.*?\/>/, '$&$&'],
    ['a subject confirmation (MSIS7075)', '</saml:Subject>', '<saml:SubjectConfirmation/></saml:Subject>'],
  ])('%s', (_what, from, to) => {
    const changed = full.replace(from, to)
    expect(changed).not.toBe(full)
    expect(kindOf(() => readPostAuthnRequest(encoded(changed)))).toBe('malformed')
  })
})

describe('a signed redirect', () => {
  function signed(xml: string, key: TestSigner, algorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256') {
    const covered = `${redirect(xml)}&RelayState=a%20b&SigAlg=${encodeURIComponent(algorithm)}`
    const value = createSign(algorithm.endsWith('sha1') ? 'sha1' : 'sha256')
      .update(covered)
      .sign(key.privateKey, 'base64')
    return `${covered}&Signature=${encodeURIComponent(value)}`
  }
  const judged = (query: string, allowSha1 = false) =>
    kindOf(() => readRedirectAuthnRequest(query, { trustedCertificates: [signer.certificatePem], allowSha1 }))

  test('is verified when a certificate is there, and reported otherwise', () => {
    const query = signed(full, signer)
    expect(readRedirectAuthnRequest(query, { trustedCertificates: [signer.certificatePem] }).signature).toBe('verified')
    expect(readRedirectAuthnRequest(query).signature).toBe('present')
  })

  test('holds for no other key, request, relay state or algorithm', () => {
    expect(judged(signed(full, stranger))).toBe('badSignature')
    const query = signed(full, signer)
    expect(judged(query.replace(redirect(full), redirect(minimal)))).toBe('badSignature')
    expect(judged(query.replace('a%20b', 'a%20c'))).toBe('badSignature')
    expect(judged(query.replace('a%20b', 'a+b'))).toBe('badSignature')
    expect(judged(query.replace('rsa-sha256', 'hmac-sha256'))).toBe('badSignature')
    expect(judged(`${redirect(minimal)}&${query}`)).toBe('malformed')
  })

  test('with SHA-1 only where it is allowed', () => {
    const query = signed(full, signer, 'http://www.w3.org/2000/09/xmldsig#rsa-sha1')
    expect(judged(query)).toBe('badSignature')
    expect(judged(query, true)).toBe('read')
  })
})

describe('a signed POST', () => {
  test('is read from the bytes that the signature covers', () => {
    const signed = signWithLibrary(full, { key: signer, idAttribute: 'ID' })
    const trust = { trustedCertificates: [signer.certificatePem] }
    expect(readPostAuthnRequest(encoded(signed), 'a b&c', trust)).toEqual({ ...readFull, signature: 'verified' })
    expect(readPostAuthnRequest(encoded(signed)).signature).toBe('present')
    const changed = encoded(signed.replace('https://sp/acs', 'https://evil/acs'))
    expect(kindOf(() => readPostAuthnRequest(changed, undefined, trust))).toBe('badSignature')
    const foreign = encoded(signWithLibrary(full, { key: stranger, idAttribute: 'ID' }))
    expect(kindOf(() => readPostAuthnRequest(foreign, undefined, trust))).toBe('untrustedCertificate')
  })
})

test('reads what @node-saml/node-saml sends, signed, by redirect', async () => {
  const client = new SAML({
    idpCert: stranger.certificatePem,
    issuer: 'https://sp.contoso.com',
    callbackUrl: 'https://sp.contoso.com/acs',
    entryPoint: 'https://adfs.contoso.com/adfs/ls/',
    privateKey: signer.privateKeyPem,
    signatureAlgorithm: 'sha256',
  })
  const url = await client.getAuthorizeUrlAsync('state-1', undefined, {})
  const request = readRedirectAuthnRequest(new URL(url).search, { trustedCertificates: [signer.certificateDer] })
  expect(request).toMatchObject({
    issuer: 'https://sp.contoso.com',
    assertionConsumerServiceUrl: 'https://sp.contoso.com/acs',
    relayState: 'state-1',
    signature: 'verified',
  })
})
