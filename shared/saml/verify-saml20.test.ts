import { beforeAll, describe, expect, test } from 'vitest'
import { parseXml } from '#shared/xml/parse-xml.ts'
import { type TestSigner, testSigner } from './_signers.ts'
import { audience, expires, issued, issuer, recipient, saml20View, unspecified, upnClaim } from './_views.ts'
import { wrappingAttacks } from './_wrapping.ts'
import { issueSaml20Response, issueSaml20Status } from './issue-saml20.ts'
import { SamlRefusal } from './saml-refusal.ts'
import { type ResponseExpectations, verifySaml20Response } from './verify-saml20.ts'

let signer: TestSigner
let stranger: TestSigner
let genuine: string
beforeAll(async () => {
  signer = await testSigner()
  stranger = await testSigner()
  genuine = await issueSaml20Response(saml20View(), signer)
})

function expecting(changes: Partial<ResponseExpectations> = {}): ResponseExpectations {
  return {
    trustedCertificates: [signer.certificatePem],
    audiences: [audience],
    issuers: [issuer],
    now: issued,
    clockSkewSeconds: 0,
    recipient,
    inResponseTo: '_request-1',
    ...changes,
  }
}

function verdict(response: string, changes: Partial<ResponseExpectations> = {}): string {
  try {
    verifySaml20Response(response, expecting(changes))
    return 'accepted'
  } catch (error) {
    if (error instanceof SamlRefusal) return error.kind
    throw error
  }
}

test('reads everything from a response that holds', () => {
  const verified = verifySaml20Response(genuine, expecting())
  expect(verified).toMatchObject({
    assertionId: saml20View().assertionId,
    issuer,
    audience,
    notBefore: issued,
    notOnOrAfter: expires,
    nameId: 'q83vEjRWeJCrze8SNFZ4kA==',
    nameIdFormat: unspecified,
    authenticationMethod: saml20View().authenticationContext,
    authenticationInstant: issued,
    certificateThumbprint: signer.thumbprint,
  })
  expect(verified.attributes.get(upnClaim)).toEqual(['anna@contoso.com'])
})

test('accepts a response that is signed as well, and refuses it when that signature does not hold', async () => {
  const both = await issueSaml20Response(saml20View({ responseSignature: 'MessageAndAssertion' }), signer)
  expect(verdict(both)).toBe('accepted')
  expect(verdict(both.replace('consent:unspecified', 'consent:obtained'))).toBe('badSignature')
})

test('refuses a response whose assertion is not signed, although the response is', async () => {
  const messageOnly = await issueSaml20Response(saml20View({ responseSignature: 'MessageOnly' }), signer)
  expect(verdict(messageOnly)).toBe('notSigned')
})

test('accepts an unsolicited response only when none was asked for', async () => {
  const unsolicited = await issueSaml20Response(saml20View({ inResponseTo: undefined }), signer)
  expect(verdict(unsolicited, { inResponseTo: undefined })).toBe('accepted')
  expect(verdict(unsolicited)).toBe('wrongInResponseTo')
  expect(verdict(genuine, { inResponseTo: undefined })).toBe('wrongInResponseTo')
})

describe('refuses', () => {
  test.each<readonly [string, Partial<ResponseExpectations>, string]>([
    ['another audience', { audiences: ['urn:other'] }, 'wrongAudience'],
    ['another issuer', { issuers: ['urn:other'] }, 'wrongIssuer'],
    ['another recipient', { recipient: 'https://other/acs' }, 'wrongRecipient'],
    ['the answer to another request', { inResponseTo: '_request-2' }, 'wrongInResponseTo'],
    ['an assertion that is not valid yet', { now: new Date(issued.getTime() - 1) }, 'notYetValid'],
    ['a confirmation that has ended', { now: new Date('2026-06-01T08:05:00.000Z') }, 'expired'],
    ['a certificate that is not trusted', { trustedCertificates: [] }, 'untrustedCertificate'],
  ])('%s', (_what, changes, kind) => {
    expect(verdict(genuine, changes)).toBe(kind)
  })

  test.each([
    ['a changed value', 'anna@contoso.com', 'admin@contoso.com', 'badSignature'],
    ['a removed signature', /<ds:Signature .*<\/ds:Signature>/s, '', 'notSigned'],
    ['a redirected envelope', `Destination="${recipient}"`, 'Destination="https://evil/acs"', 'wrongRecipient'],
    ['an envelope for another request', 'InResponseTo="_request-1"', 'InResponseTo="_request-2"', 'wrongInResponseTo'],
    ['an unsuccessful status', 'status:Success', 'status:Responder', 'statusNotSuccess'],
    [
      'an encrypted assertion',
      '<Assertion ',
      '<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/><Assertion ',
      'encrypted',
    ],
    [
      'an id twice',
      'ID="_0b1c2d3e-0000-4000-8000-000000000002"',
      'ID="_0b1c2d3e-0000-4000-8000-000000000003"',
      'malformed',
    ],
    ['a document type', '<samlp:Response', '<!DOCTYPE x><samlp:Response', 'malformed'],
  ])('%s', (_what, from, to, kind) => {
    const changed = genuine.replace(from, to)
    expect(changed).not.toBe(genuine)
    expect(verdict(changed)).toBe(kind)
  })

  test('a foreign key', async () => {
    expect(verdict(await issueSaml20Response(saml20View(), stranger))).toBe('untrustedCertificate')
  })

  test('a response without an assertion', async () => {
    const status = {
      responseId: '_s',
      issuer,
      issueInstant: issued,
      destination: recipient,
      inResponseTo: '_request-1',
    }
    expect(verdict(await issueSaml20Status({ ...status, status: 'Success' }, signer))).toBe('malformed')
    expect(verdict(await issueSaml20Status({ ...status, status: 'Requester' }, signer))).toBe('statusNotSuccess')
  })

  test('reads a name identifier whole, whatever comment is put into it', () => {
    const cut = genuine.replace('q83vEjRW', 'q83v<!---->EjRW')
    expect(verifySaml20Response(cut, expecting()).nameId).toBe('q83vEjRWeJCrze8SNFZ4kA==')
  })
})

describe('refuses signature wrapping', () => {
  const attackNames = wrappingAttacks({ signed: '', idAttribute: 'ID', forge: (x) => x, inEnvelope: () => '' })
  const assertionPart = /<Assertion .*<\/Assertion>/s
  const forge = (xml: string) => xml.replace('anna@contoso.com', 'admin@contoso.com')

  test.each(attackNames.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
    const attacks = wrappingAttacks({
      signed: assertionPart.exec(genuine)?.[0] ?? '',
      idAttribute: 'ID',
      forge,
      inEnvelope: (...tokens) => genuine.replace(assertionPart, () => tokens.join('')),
    })
    const attack = attacks[index]?.[1] ?? ''
    expect(attack).toContain('admin@contoso.com')
    expect(() => parseXml(attack)).not.toThrow()
    expect(['malformed', 'badSignature']).toContain(verdict(attack))
  })

  test.each([
    [
      'XSW1: evil response, the signed one inside its signature',
      (bare: string, signature: string, evil: string) =>
        evil.replace('</Issuer>', `</Issuer>${signature.replace('</ds:Signature>', `${bare}</ds:Signature>`)}`),
    ],
    [
      'XSW2: evil response, the signed one and the signature beside each other',
      (bare: string, signature: string, evil: string) => evil.replace('</Issuer>', `</Issuer>${bare}${signature}`),
    ],
  ])('of the response: %s', async (_name, wrap) => {
    const both = await issueSaml20Response(saml20View({ responseSignature: 'MessageAndAssertion' }), signer)
    const [signature = ''] = /<ds:Signature .*?<\/ds:Signature>/s.exec(both) ?? []
    const bare = both.replace(signature, '')
    const evil = forge(bare)
      .replaceAll('ID="_', 'ID="_evil')
      .replace(/<ds:Signature .*<\/ds:Signature>/s, '')
    const attack = wrap(bare, signature, evil)
    expect(attack).toContain('admin@contoso.com')
    expect(() => parseXml(attack)).not.toThrow()
    expect(['malformed', 'badSignature', 'notSigned']).toContain(verdict(attack))
  })
})
