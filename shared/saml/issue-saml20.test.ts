import { beforeAll, describe, expect, test } from 'vitest'
import { attributeOf, childElements, descendantsNamed } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { hostileSaml20View, saml20Shapes } from './_shapes.ts'
import {
  canonicalByLibrary,
  libraryAccepts,
  saml20AssertionNode,
  saml20ResponseNode,
  type TestSigner,
  testSigner,
} from './_signers.ts'
import { hostileValues, issued, issuer, recipient, saml20View, untypedClaims, upnClaim } from './_views.ts'
import { issueSaml20Response, issueSaml20Status } from './issue-saml20.ts'
import { saml20 } from './names.ts'

let signer: TestSigner
let stranger: TestSigner
beforeAll(async () => {
  signer = await testSigner()
  stranger = await testSigner()
})

describe.each(saml20Shapes)('with %s', (_what, view) => {
  test('xml-crypto accepts the assertion, and not with another certificate', async () => {
    const response = await issueSaml20Response(view, signer)
    expect(libraryAccepts(response, signer.certificatePem, saml20AssertionNode)).toBe(true)
    expect(libraryAccepts(response, stranger.certificatePem, saml20AssertionNode)).toBe(false)
  })

  test('xml-crypto accepts both signatures of MessageAndAssertion', async () => {
    const response = await issueSaml20Response({ ...view, responseSignature: 'MessageAndAssertion' }, signer)
    expect(libraryAccepts(response, signer.certificatePem, saml20AssertionNode)).toBe(true)
    expect(libraryAccepts(response, signer.certificatePem, saml20ResponseNode)).toBe(true)
    expect(libraryAccepts(response, stranger.certificatePem, saml20ResponseNode)).toBe(false)
  })
})

test('MessageOnly signs the response and not the assertion', async () => {
  const response = await issueSaml20Response(saml20View({ responseSignature: 'MessageOnly' }), signer)
  expect(libraryAccepts(response, signer.certificatePem, saml20ResponseNode)).toBe(true)
  expect(response.match(/<ds:Signature /g)).toHaveLength(1)
})

test.each(hostileValues)('is exclusive canonical XML, byte for byte, with %j', async (value) => {
  const view = hostileSaml20View(value, { responseSignature: 'MessageAndAssertion' })
  const response = await issueSaml20Response(view, signer)
  expect(canonicalByLibrary(response)).toBe(response)
})

test('differs from its canonical form by the declaration of a prefix in a value, and by nothing else', async () => {
  const response = await issueSaml20Response(saml20View(), signer)
  expect(canonicalByLibrary(response)).toBe(response.replace(' xmlns:tn="http://www.w3.org/2001/XMLSchema"', ''))
})

test('has the shape of AD FS: signature after the issuer, full claim types as names', async () => {
  const response = rootOf(parseXml(await issueSaml20Response(saml20View({ claims: untypedClaims }), signer)))
  expect(childElements(response).map(({ nodeName }) => nodeName)).toEqual(['Issuer', 'samlp:Status', 'Assertion'])
  const [assertion] = descendantsNamed(response, saml20, 'Assertion')
  expect(assertion && childElements(assertion).map(({ nodeName }) => nodeName)).toEqual([
    'Issuer',
    'ds:Signature',
    'Subject',
    'Conditions',
    'AttributeStatement',
    'AuthnStatement',
  ])
  const [first] = descendantsNamed(response, saml20, 'Attribute')
  expect(first && attributeOf(first, 'Name')).toBe(upnClaim)
})

describe('a status without an assertion', () => {
  const status = {
    responseId: '_s1',
    issuer,
    issueInstant: issued,
    destination: recipient,
    inResponseTo: '_request-1',
    status: 'Responder',
    subordinateStatus: 'NoPassive',
    message: 'a <b> & "c"',
  }

  test('names both status codes', async () => {
    const response = rootOf(parseXml(await issueSaml20Status(status)))
    const codes = descendantsNamed(response, 'urn:oasis:names:tc:SAML:2.0:protocol', 'StatusCode')
    expect(codes.map((code) => attributeOf(code, 'Value'))).toEqual([
      'urn:oasis:names:tc:SAML:2.0:status:Responder',
      'urn:oasis:names:tc:SAML:2.0:status:NoPassive',
    ])
    expect(response.textContent).toBe(`${issuer}${status.message}`)
  })

  test('is signed when a key is given', async () => {
    const response = await issueSaml20Status(status, signer)
    expect(libraryAccepts(response, signer.certificatePem, saml20ResponseNode)).toBe(true)
    expect(canonicalByLibrary(response)).toBe(response)
  })
})
