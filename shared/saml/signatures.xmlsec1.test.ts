import { beforeAll, describe, expect, test } from 'vitest'
import { schemaProblems } from '#test/actors/schema-judge.ts'
import { saml11Shapes, saml20Shapes } from './_shapes.ts'
import {
  metadataNode,
  saml11Node,
  saml20AssertionNode,
  saml20ResponseNode,
  type TestSigner,
  testSigner,
} from './_signers.ts'
import { issued, issuer, metadataView, recipient, saml20View } from './_views.ts'
import { xmlsecAccepts } from './_xmlsec1.ts'
import { issueSaml11Assertion } from './issue-saml11.ts'
import { issueSaml20Response, issueSaml20Status } from './issue-saml20.ts'
import { issueFederationMetadata } from './metadata.ts'

/* What is issued, before a judge in another language (`npm run test:xmlsec1`; the binary must be there). */

let signer: TestSigner
let stranger: TestSigner
beforeAll(async () => {
  signer = await testSigner()
  stranger = await testSigner()
})

const nodes = [saml20AssertionNode, saml20ResponseNode]
const assertionSignature = "//*[local-name()='Assertion']/*[local-name()='Signature']"
const responseSignature = "/*/*[local-name()='Signature']"

/** A hostile value is no URI, and AD FS names a claim's first issuer in an attribute that SAML 1.1 does not know. */
function isOurs(problem: string): boolean {
  return !/type 'xs:anyURI'|identity\/claims}OriginalIssuer' is not allowed/.test(problem)
}

describe.each(saml11Shapes)('SAML 1.1 with %s', (_what, view) => {
  test('the signature is accepted, and not with another certificate', async () => {
    const assertion = await issueSaml11Assertion(view, signer)
    expect(xmlsecAccepts(assertion, signer.certificatePem, [saml11Node])).toBe(true)
    expect(xmlsecAccepts(assertion, stranger.certificatePem, [saml11Node])).toBe(false)
    expect(schemaProblems(assertion).filter(isOurs)).toEqual([])
  })
})

describe.each(saml20Shapes)('SAML 2.0 with %s', (_what, view) => {
  test('the assertion is accepted, and not with another certificate', async () => {
    const response = await issueSaml20Response(view, signer)
    expect(xmlsecAccepts(response, signer.certificatePem, nodes, assertionSignature)).toBe(true)
    expect(xmlsecAccepts(response, stranger.certificatePem, nodes, assertionSignature)).toBe(false)
  })

  test('both signatures of MessageAndAssertion are accepted', async () => {
    const response = await issueSaml20Response({ ...view, responseSignature: 'MessageAndAssertion' }, signer)
    expect(schemaProblems(response).filter(isOurs)).toEqual([])
    expect(xmlsecAccepts(response, signer.certificatePem, nodes, assertionSignature)).toBe(true)
    expect(xmlsecAccepts(response, signer.certificatePem, nodes, responseSignature)).toBe(true)
  })
})

test('the signature of MessageOnly is accepted', async () => {
  const response = await issueSaml20Response(saml20View({ responseSignature: 'MessageOnly' }), signer)
  expect(xmlsecAccepts(response, signer.certificatePem, nodes, responseSignature)).toBe(true)
})

test('the signature of a status without an assertion is accepted', async () => {
  const view = { responseId: '_s1', issuer, issueInstant: issued, destination: recipient, status: 'Responder' }
  const response = await issueSaml20Status({ ...view, message: 'a <b> & "c"' }, signer)
  expect(xmlsecAccepts(response, signer.certificatePem, nodes, responseSignature)).toBe(true)
  expect(schemaProblems(response)).toEqual([])
})

test('the signature of federation metadata is accepted, and not after a change', async () => {
  const metadata = await issueFederationMetadata(metadataView([signer, stranger]), signer)
  expect(xmlsecAccepts(metadata, signer.certificatePem, [metadataNode])).toBe(true)
  expect(schemaProblems(metadata)).toEqual([])
  expect(xmlsecAccepts(metadata, stranger.certificatePem, [metadataNode])).toBe(false)
  expect(xmlsecAccepts(metadata.replace('/adfs/ls/', '/adfs/xx/'), signer.certificatePem, [metadataNode])).toBe(false)
})
