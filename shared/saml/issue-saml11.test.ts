import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { firstForbiddenCharacter } from '#shared/xml/characters.ts'
import { attributeOf, childElements, childrenNamed, descendantsNamed } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { hostileSaml11View, saml11Shapes } from './_shapes.ts'
import { canonicalByLibrary, libraryAccepts, saml11Node, type TestSigner, testSigner } from './_signers.ts'
import {
  audience,
  hostileValues,
  issued,
  issuer,
  multipleAuthn,
  password,
  saml11View,
  unspecified,
  untypedClaims,
  upnClaim,
} from './_views.ts'
import { issueSaml11Assertion } from './issue-saml11.ts'
import { saml11 } from './names.ts'
import { nameIdentifierClaim } from './token-claims.ts'
import { verifySaml11Assertion } from './verify-saml11.ts'

let signer: TestSigner
let stranger: TestSigner
beforeAll(async () => {
  signer = await testSigner()
  stranger = await testSigner()
})

describe.each(saml11Shapes)('with %s', (_what, view) => {
  test('xml-crypto accepts the signature, and not with another certificate', async () => {
    const assertion = await issueSaml11Assertion(view, signer)
    expect(libraryAccepts(assertion, signer.certificatePem, saml11Node)).toBe(true)
    expect(libraryAccepts(assertion, stranger.certificatePem, saml11Node)).toBe(false)
  })

  test('it verifies, and what went in is read back', async () => {
    const verified = verifySaml11Assertion(await issueSaml11Assertion(view, signer), {
      trustedCertificates: [signer.certificatePem],
      audiences: [view.audience],
      issuers: [view.issuer],
      now: issued,
      clockSkewSeconds: 0,
      allowSha1: true,
    })
    const attributes = view.claims.filter(({ type }) => type !== nameIdentifierClaim)
    expect([...verified.attributes].flatMap(([type, values]) => values.map((value) => ({ type, value })))).toEqual(
      expect.arrayContaining(attributes.map(({ type, value }) => ({ type, value }))),
    )
    expect(verified.nameId).toBe(view.claims.find(({ type }) => type === nameIdentifierClaim)?.value)
    expect(verified.authenticationMethod).toBe(view.authenticationMethod)
  })
})

test.each(hostileValues)('is exclusive canonical XML, byte for byte, with %j', async (value) => {
  const assertion = await issueSaml11Assertion(hostileSaml11View(value), signer)
  expect(canonicalByLibrary(assertion)).toBe(assertion)
})

test('differs from its canonical form by the declaration of a prefix in a value, and by nothing else', async () => {
  const assertion = await issueSaml11Assertion(saml11View(), signer)
  expect(canonicalByLibrary(assertion)).toBe(assertion.replace(' xmlns:tn="http://www.w3.org/2001/XMLSchema"', ''))
  expect(await issueSaml11Assertion(saml11View({ claims: untypedClaims }), signer)).not.toContain('tn:')
})

test('carries any value that XML can carry', async () => {
  const value = fc
    .string({ unit: 'binary', maxLength: 40 })
    .filter((text) => firstForbiddenCharacter(text) === undefined)
  await fc.assert(
    fc.asyncProperty(value, value, async (claimValue, authenticationMethod) => {
      const view = saml11View({ claims: [{ type: upnClaim, value: claimValue }], authenticationMethod })
      const verified = verifySaml11Assertion(await issueSaml11Assertion(view, signer), {
        trustedCertificates: [signer.certificateDer],
        audiences: [audience],
        issuers: [issuer],
        now: issued,
        clockSkewSeconds: 0,
      })
      expect(verified.attributes.get(upnClaim)).toEqual([claimValue])
      expect(verified.authenticationMethod).toBe(authenticationMethod)
    }),
    { numRuns: 150 },
  )
})

describe('the shape of AD FS ([MS-MWBF] §2.2.4)', () => {
  async function root() {
    return rootOf(parseXml(await issueSaml11Assertion(saml11View(), signer)))
  }

  test('children stand in order, the signature last', async () => {
    expect(childElements(await root()).map(({ nodeName }) => nodeName)).toEqual([
      'saml:Conditions',
      'saml:AttributeStatement',
      'saml:AuthenticationStatement',
      'ds:Signature',
    ])
  })

  test('claim types are split at the last slash, values of one type merged, the name identifier not repeated', async () => {
    const attributes = descendantsNamed(await root(), saml11, 'Attribute').map((attribute) => ({
      namespace: attributeOf(attribute, 'AttributeNamespace'),
      name: attributeOf(attribute, 'AttributeName'),
      values: childrenNamed(attribute, saml11, 'AttributeValue').map(({ textContent }) => textContent),
    }))
    expect(attributes).toEqual([
      { namespace: 'http://schemas.xmlsoap.org/claims', name: 'UPN', values: ['anna@contoso.com'] },
      {
        namespace: 'http://schemas.microsoft.com/LiveID/Federation/2008/05',
        name: 'ImmutableID',
        values: ['q83vEjRWeJCrze8SNFZ4kA=='],
      },
      {
        namespace: 'http://schemas.microsoft.com/claims',
        name: 'authnmethodsreferences',
        values: [password, multipleAuthn],
      },
      { namespace: 'http://schemas.microsoft.com/ws/2012/01', name: 'insidecorporatenetwork', values: ['false'] },
    ])
  })

  test('insidecorporatenetwork is a typed boolean of the client context', async () => {
    const assertion = await issueSaml11Assertion(saml11View(), signer)
    expect(assertion).toContain(
      '<saml:Attribute xmlns:a="http://schemas.xmlsoap.org/ws/2009/09/identity/claims" AttributeName="insidecorporatenetwork" AttributeNamespace="http://schemas.microsoft.com/ws/2012/01" a:OriginalIssuer="CLIENT CONTEXT"><saml:AttributeValue xmlns:b="http://www.w3.org/2001/XMLSchema-instance" xmlns:tn="http://www.w3.org/2001/XMLSchema" b:type="tn:boolean">false</saml:AttributeValue></saml:Attribute>',
    )
  })

  test('both statements name the same subject', async () => {
    const subjects = descendantsNamed(await root(), saml11, 'Subject')
    expect(subjects.map(String)).toEqual([String(subjects[0]), String(subjects[0])])
    const [name] = descendantsNamed(await root(), saml11, 'NameIdentifier')
    expect(name && attributeOf(name, 'Format')).toBe(unspecified)
  })

  test('without claims there is no AttributeStatement', async () => {
    expect(await issueSaml11Assertion(saml11View({ claims: [] }), signer)).not.toContain('AttributeStatement')
  })
})

describe('refuses to issue', () => {
  test.each([
    ['a claim type without a namespace', [{ type: 'upn', value: 'x' }], /namespace\/name/],
    ['a claim type that ends with a slash', [{ type: 'http://ns/', value: 'x' }], /namespace\/name/],
    ['two name identifiers', [1, 2].map((n) => ({ type: nameIdentifierClaim, value: `${n}` })), /only one/],
    ['a value that XML cannot carry', [{ type: upnClaim, value: 'a\u0000b' }], /U\+0000/],
  ])('%s', async (_what, wrong, message) => {
    await expect(issueSaml11Assertion(saml11View({ claims: wrong }), signer)).rejects.toThrow(message)
  })
})
