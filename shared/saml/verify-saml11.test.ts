import { createHmac, randomUUID, X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  readRequestSecurityTokenResponse,
  writeRequestSecurityTokenResponse,
} from '#shared/ws-federation/security-token-response.ts'
import { parseXml } from '#shared/xml/parse-xml.ts'
import { type LibrarySigning, signWithLibrary, type TestSigner, testSigner } from './_signers.ts'
import {
  audience,
  expires,
  immutableIdClaim,
  insideClaim,
  issued,
  issuer,
  methodsClaim,
  multipleAuthn,
  password,
  saml11View,
  unspecified,
  upnClaim,
} from './_views.ts'
import { wrappingAttacks } from './_wrapping.ts'
import { issueSaml11Assertion } from './issue-saml11.ts'
import { SamlRefusal } from './saml-refusal.ts'
import type { AssertionExpectations } from './verified-assertion.ts'
import { verifySaml11Assertion } from './verify-saml11.ts'

let signer: TestSigner
let stranger: TestSigner
let genuine: string
beforeAll(async () => {
  signer = await testSigner()
  stranger = await testSigner()
  genuine = await issueSaml11Assertion(saml11View(), signer)
})

function expecting(changes: Partial<AssertionExpectations> = {}): AssertionExpectations {
  return {
    trustedCertificates: [signer.certificatePem],
    audiences: [audience],
    issuers: [issuer],
    now: issued,
    clockSkewSeconds: 0,
    ...changes,
  }
}

function verdict(token: string, changes: Partial<AssertionExpectations> = {}): string {
  try {
    verifySaml11Assertion(token, expecting(changes))
    return 'accepted'
  } catch (error) {
    if (error instanceof SamlRefusal) return error.kind
    throw error
  }
}

function sign(xml: string, options: Partial<LibrarySigning> = {}): string {
  return signWithLibrary(xml, { key: signer, idAttribute: 'AssertionID', ...options })
}

function bare(): string {
  return genuine.replace(/<ds:Signature .*<\/ds:Signature>/s, '')
}

test('reads everything from an assertion that holds', () => {
  expect(verifySaml11Assertion(genuine, expecting())).toEqual({
    assertionId: saml11View().assertionId,
    issuer,
    audience,
    notBefore: issued,
    notOnOrAfter: expires,
    nameId: 'q83vEjRWeJCrze8SNFZ4kA==',
    nameIdFormat: unspecified,
    attributes: new Map([
      [upnClaim, ['anna@contoso.com']],
      [immutableIdClaim, ['q83vEjRWeJCrze8SNFZ4kA==']],
      [methodsClaim, [password, multipleAuthn]],
      [insideClaim, ['false']],
    ]),
    authenticationMethod: password,
    authenticationInstant: issued,
    certificateThumbprint: signer.thumbprint,
  })
})

describe('accepts', () => {
  test('a certificate given as DER or read already, and any of several', () => {
    expect(verdict(genuine, { trustedCertificates: [stranger.certificateDer, signer.certificateDer] })).toBe('accepted')
    expect(verdict(genuine, { trustedCertificates: [new X509Certificate(signer.certificatePem)] })).toBe('accepted')
  })

  test('an assertion of another issuer, with and without KeyInfo and PrefixList', () => {
    expect(verdict(sign(bare()))).toBe('accepted')
    expect(verdict(sign(bare(), { prefixList: ['tn', 'saml'] }))).toBe('accepted')
    const both = [stranger.certificatePem, signer.certificatePem]
    expect(verdict(sign(bare(), { withoutKeyInfo: true }), { trustedCertificates: both })).toBe('accepted')
  })

  test('SHA-1 where it is allowed, and only there', async () => {
    const weak = await issueSaml11Assertion(saml11View({ signatureAlgorithm: 'rsa-sha1' }), signer)
    expect(verdict(weak, { allowSha1: true })).toBe('accepted')
    expect(verdict(weak)).toBe('badSignature')
  })

  test('an assertion without a name identifier, as Exchange gets it', async () => {
    const claims = [{ type: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid', value: 'S-1-5-21-1' }]
    const verified = verifySaml11Assertion(await issueSaml11Assertion(saml11View({ claims }), signer), expecting())
    expect(verified.nameId).toBeUndefined()
    expect(verified.attributes.get(claims[0]?.type ?? '')).toEqual(['S-1-5-21-1'])
  })
})

describe('judges time with the clock it is given', () => {
  const second = 1000
  test.each([
    ['at NotBefore', issued.getTime(), 0, 'accepted'],
    ['one second before NotBefore', issued.getTime() - second, 0, 'notYetValid'],
    ['one second before NotBefore, within the skew', issued.getTime() - second, 1, 'accepted'],
    ['just before NotOnOrAfter', expires.getTime() - 1, 0, 'accepted'],
    ['at NotOnOrAfter', expires.getTime(), 0, 'expired'],
    ['at NotOnOrAfter, within the skew', expires.getTime(), 1, 'accepted'],
    ['beyond the skew', expires.getTime() + 300 * second, 300, 'expired'],
  ])('%s', (_what, now, clockSkewSeconds, want) => {
    expect(verdict(genuine, { now: new Date(now), clockSkewSeconds })).toBe(want)
  })
})

describe('refuses a genuine assertion', () => {
  test.each([
    ['for another audience', { audiences: ['https://mail.contoso.com/owa/'] }, 'wrongAudience'],
    ['for an audience that differs in a slash', { audiences: [`${audience}/`] }, 'wrongAudience'],
    ['of another issuer', { issuers: ['http://sts.fabrikam.com/adfs/services/trust'] }, 'wrongIssuer'],
    ['when nothing is trusted', { trustedCertificates: [] }, 'untrustedCertificate'],
  ])('%s', (_what, changes, kind) => {
    expect(verdict(genuine, changes)).toBe(kind)
  })
})

describe('refuses signature wrapping', () => {
  const names = wrappingAttacks({ signed: '', idAttribute: 'AssertionID', forge: (x) => x, inEnvelope: () => '' })

  test.each(names.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
    const envelope = writeRequestSecurityTokenResponse({ assertion: '<token/>', audience, created: issued, expires })
    const attacks = wrappingAttacks({
      signed: genuine,
      idAttribute: 'AssertionID',
      forge: (assertion) => assertion.replace('anna@contoso.com', 'admin@contoso.com'),
      inEnvelope: (...tokens) => envelope.replace('<token/>', () => tokens.join('')),
    })
    const wresult = attacks[index]?.[1] ?? ''
    expect(wresult).toContain('admin@contoso.com')
    expect(() => parseXml(wresult)).not.toThrow()
    expect(() => verifySaml11Assertion(readRequestSecurityTokenResponse(wresult).assertionXml, expecting())).toThrow(
      expect.objectContaining({
        reason: expect.stringMatching(/more than one token|signature|Signature|digest|occurs more than once/),
      }),
    )
  })

  test('but accepts the genuine token in the same envelope', () => {
    const wresult = writeRequestSecurityTokenResponse({ assertion: genuine, audience, created: issued, expires })
    expect(verdict(readRequestSecurityTokenResponse(wresult).assertionXml)).toBe('accepted')
  })
})

describe('refuses tampering', () => {
  test.each([
    ['an attribute value', 'anna@contoso.com', 'admin@contoso.com', 'badSignature'],
    ['the audience', `<saml:Audience>${audience}`, '<saml:Audience>urn:other', 'badSignature'],
    ['the validity', '2026-06-01T09:00:00.000Z', '2036-06-01T09:00:00.000Z', 'badSignature'],
    ['the issuer', `Issuer="${issuer}"`, 'Issuer="http://evil"', 'badSignature'],
    ['the id', '_0b1c2d3e', '_0b1c2d3f', 'badSignature'],
    ['the digest', '<ds:DigestValue>', '<ds:DigestValue>AAAA', 'badSignature'],
    ['the signature value', '<ds:SignatureValue>', '<ds:SignatureValue>AAAA', 'badSignature'],
    ['the reference', 'URI="#_', 'URI="#x_', 'badSignature'],
    ['an empty reference', /URI="#[^"]*"/, 'URI=""', 'badSignature'],
    ['the namespace of the token', 'urn:oasis:names:tc:SAML:1.0:assertion', 'urn:other', 'malformed'],
  ])('with %s', (_what, from, to, kind) => {
    const tampered = genuine.replace(from, to)
    expect(tampered).not.toBe(genuine)
    expect(verdict(tampered)).toBe(kind)
  })

  test('by removal of the signature', () => {
    expect(verdict(bare())).toBe('notSigned')
  })

  test('by a second signature', () => {
    expect(verdict(sign(genuine))).toBe('badSignature')
  })

  test('by a signature that is not a child of the assertion', () => {
    const [signature = ''] = /<ds:Signature .*<\/ds:Signature>/s.exec(genuine) ?? []
    const moved = genuine.replace(signature, '').replace('</saml:Conditions>', `${signature}</saml:Conditions>`)
    expect(verdict(moved)).toBe('badSignature')
  })
})

describe('refuses keys it was not told to trust', () => {
  const swap = (xml: string, from: TestSigner, to: TestSigner) =>
    xml.replace(from.certificateDer.toString('base64'), to.certificateDer.toString('base64'))

  test("a stranger's key and certificate, of the same name", async () => {
    expect(verdict(await issueSaml11Assertion(saml11View(), stranger))).toBe('untrustedCertificate')
  })

  test("a stranger's key under the trusted certificate", async () => {
    expect(verdict(swap(await issueSaml11Assertion(saml11View(), stranger), stranger, signer))).toBe('badSignature')
  })

  test("a stranger's key without KeyInfo", () => {
    expect(verdict(sign(bare(), { key: stranger, withoutKeyInfo: true }))).toBe('badSignature')
  })

  test("the genuine signature under a stranger's certificate", () => {
    expect(verdict(swap(genuine, signer, stranger))).toBe('untrustedCertificate')
  })

  test('two certificates, the trusted one first', async () => {
    const foreign = await issueSaml11Assertion(saml11View(), stranger)
    const [certificate = ''] = /<X509Certificate>.*<\/X509Certificate>/.exec(genuine) ?? []
    expect(verdict(foreign.replace('<X509Data>', `<X509Data>${certificate}`))).toBe('badSignature')
  })

  test('a bare key', async () => {
    const keyValue = '<KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue>'
    expect(verdict(genuine.replace(/<X509Data>.*<\/X509Data>/, keyValue))).toBe('badSignature')
  })
})

describe('refuses algorithms', () => {
  const hmac = 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'
  const rsa = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'

  test('HMAC with the certificate or its public key as the secret', () => {
    const altered = genuine.replace(rsa, hmac)
    const signedInfo = altered
      .replace(/.*(<ds:SignedInfo>.*<\/ds:SignedInfo>).*/s, '$1')
      .replace('<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">')
    const publicKey = signer.certificatePem
    const value = createHmac('sha1', publicKey).update(signedInfo).digest('base64')
    expect(verdict(altered.replace(/<ds:SignatureValue>[^<]*/, `<ds:SignatureValue>${value}`))).toBe('badSignature')
    expect(verdict(altered)).toBe('badSignature')
  })

  test.each([
    ['RSA-SHA1 signature', { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }],
    ['SHA-1 digest', { digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1' }],
    ['RSA-SHA512 signature', { signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512' }],
    [
      'inclusive canonical form',
      {
        transforms: [
          'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
          'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
        ],
      },
    ],
    ['no enveloped transform', { transforms: ['http://www.w3.org/2001/10/xml-exc-c14n#'] }],
    [
      'the transforms in the other order',
      {
        transforms: [
          'http://www.w3.org/2001/10/xml-exc-c14n#',
          'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
        ],
      },
    ],
    ['a second reference', { references: ['/*', "//*[local-name(.)='Conditions']"] }],
    ['a reference to a part only', { references: ["//*[local-name(.)='Conditions']"] }],
  ])('%s, although the signature value is genuine', (_what, options) => {
    expect(verdict(sign(bare(), options))).toBe('badSignature')
  })

  test.each([
    'http://www.w3.org/TR/1999/REC-xslt-19991116',
    'http://www.w3.org/TR/1999/REC-xpath-19991116',
    'constructor',
  ])('the transform %s', (algorithm) => {
    expect(verdict(genuine.replace('http://www.w3.org/2000/09/xmldsig#enveloped-signature', algorithm))).toBe(
      'badSignature',
    )
  })
})

describe('refuses ambiguity', () => {
  test.each([
    [
      'an id twice under the same attribute',
      '<saml:Conditions ',
      `<saml:Conditions AssertionID="${saml11View().assertionId}" `,
    ],
    ['an id twice under other attributes', '<saml:Conditions ', `<saml:Conditions Id="${saml11View().assertionId}" `],
    ['an id twice under xml:id', '<saml:Conditions ', `<saml:Conditions xml:id="${saml11View().assertionId}" `],
    ['a document type', '<saml:Assertion', '<!DOCTYPE x><saml:Assertion'],
    ['an entity', 'anna@contoso.com', '&admin;'],
    ['a processing instruction', 'anna@contoso.com', 'anna<?x?>@contoso.com'],
    ['a second root', '</saml:Assertion>', '</saml:Assertion><x/>'],
  ])('%s', (_what, from, to) => {
    const changed = genuine.replace(from, to)
    expect(changed).not.toBe(genuine)
    expect(verdict(changed)).toBe('malformed')
  })

  test.each(['DigestValue', 'SignatureValue', 'X509Certificate'])(
    'a comment or CDATA section in %s (CVE-2025-29775)',
    (name) => {
      for (const inserted of ['<!--x-->', '<![CDATA[QUFB]]>']) {
        const changed = genuine.replace(new RegExp(`(${name}>)`), (start) => start + inserted)
        expect(verdict(changed)).toBe('badSignature')
      }
    },
  )

  test('an entity bomb, quickly', () => {
    const bomb = Array.from({ length: 30 }, (_, n) => `<!ENTITY e${n + 1} "&e${n};&e${n};">`).join('')
    expect(verdict(`<!DOCTYPE x [<!ENTITY e0 "x">${bomb}]>${genuine.replace('anna', '&e30;')}`)).toBe('malformed')
  })

  test('a token too large or too deep', () => {
    expect(verdict(genuine.replace('anna', 'a'.repeat(300_000)))).toBe('malformed')
    expect(verdict(genuine.replace('anna', `${'<x>'.repeat(100)}${'</x>'.repeat(100)}`))).toBe('malformed')
  })
})

describe('a comment in a value', () => {
  test('does not cut the name identifier: all of what was signed is read', async () => {
    const victim = 'q83vEjRWeJCrze8SNFZ4kA==.attacker'
    const claims = [{ type: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier', value: victim }]
    const signed = await issueSaml11Assertion(saml11View({ claims }), signer)
    const cut = signed.replaceAll('==.attacker', '==<!---->.attacker')
    expect(cut).not.toBe(signed)
    expect(verifySaml11Assertion(cut, expecting()).nameId).toBe(victim)
    expect(verifySaml11Assertion(signed.replaceAll('==.attacker', '==<![CDATA[.attacker]]>'), expecting()).nameId).toBe(
      victim,
    )
  })
})

describe('refuses signed nonsense', () => {
  const bearer = 'urn:oasis:names:tc:SAML:1.0:cm:bearer'
  const authenticationStatement = /<saml:AuthenticationStatement.*<\/saml:AuthenticationStatement>/
  test.each([
    ['no subject', /<saml:Subject>.*?<\/saml:Subject>/g, '', 'missingSubject'],
    ['another confirmation', new RegExp(bearer, 'g'), 'urn:oasis:names:tc:SAML:1.0:cm:holder-of-key', 'missingSubject'],
    ['two subjects', 'q83vEjRWeJCrze8SNFZ4kA==</saml:NameIdentifier>', 'other</saml:NameIdentifier>', 'malformed'],
    ['no authentication statement', authenticationStatement, '', 'malformed'],
    ['two authentication statements', authenticationStatement, '$&$&', 'malformed'],
    ['an authorization decision', authenticationStatement, '$&<saml:AuthorizationDecisionStatement/>', 'malformed'],
    ['no conditions', /<saml:Conditions.*<\/saml:Conditions>/, '', 'malformed'],
    ['no end', ' NotOnOrAfter="2026-06-01T09:00:00.000Z"', '', 'malformed'],
    ['a time without a zone', /NotOnOrAfter="[^"]*"/, 'NotOnOrAfter="2026-06-01T09:00:00"', 'malformed'],
    ['no audience', /<saml:AudienceRestrictionCondition>.*<\/saml:AudienceRestrictionCondition>/, '', 'wrongAudience'],
    [
      'a second, other audience restriction',
      '</saml:Conditions>',
      '<saml:AudienceRestrictionCondition><saml:Audience>urn:x</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>',
      'wrongAudience',
    ],
    ['an unknown condition', '</saml:Conditions>', '<x:Once xmlns:x="urn:x"/></saml:Conditions>', 'malformed'],
    ['version 1.0', 'MinorVersion="1"', 'MinorVersion="0"', 'malformed'],
    ['no issuer', ` Issuer="${issuer}"`, '', 'malformed'],
    ['elements in a value', 'anna@contoso.com', '<x>anna@contoso.com</x>', 'malformed'],
  ])('%s', (_what, from, to, kind) => {
    const changed = bare().replace(from, to)
    expect(changed).not.toBe(bare())
    expect(verdict(sign(changed))).toBe(kind)
  })

  test('an id that could leave an XPath', () => {
    const wild = bare().replace(saml11View().assertionId, `x' or '1'='1 ${randomUUID()}`)
    expect(verdict(genuine.replace(bare().slice(0, 200), wild.slice(0, 200)))).toBe('malformed')
  })
})

describe('is not XML at all', () => {
  test.each(['', 'wresult', '{}', '<a/>', '<saml:Assertion/>'])('%j', (token) => {
    expect(verdict(token)).toBe('malformed')
  })
})

test('whatever is changed, an assertion is refused or says what it said before', () => {
  const original = verifySaml11Assertion(genuine, expecting())
  const inserted = fc.oneof(
    fc.constantFrom(
      '<!---->',
      ' ',
      '\n',
      '<![CDATA[x]]>',
      '&#65;',
      ' Id="x"',
      ' xmlns:q="urn:q"',
      '<x/>',
      '</saml:Subject>',
      '"',
      '&',
      '=',
    ),
    fc.string({ maxLength: 4 }),
  )
  const edit = fc.tuple(fc.nat(genuine.length), fc.nat(6), inserted)
  const edits = fc.array(edit, { minLength: 1, maxLength: 2 })
  fc.assert(
    fc.property(edits, (changes) => {
      const changed = changes.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), genuine)
      if (verdict(changed) === 'accepted') expect(verifySaml11Assertion(changed, expecting())).toEqual(original)
    }),
    { numRuns: 2000 },
  )
})
