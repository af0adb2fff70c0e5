import { beforeAll, describe, expect, test } from 'vitest'
import { attributeOf, childElements, descendantsNamed } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { canonicalByLibrary, libraryAccepts, metadataNode, type TestSigner, testSigner } from './_signers.ts'
import { metadataView } from './_views.ts'
import { claimTypesOffered } from './claim-types-offered.ts'
import { issueFederationMetadata, readSigningCertificates } from './metadata.ts'
import { saml20Metadata } from './names.ts'
import { SamlRefusal } from './saml-refusal.ts'

const federation = 'http://docs.oasis-open.org/wsfed/federation/200706'
let primary: TestSigner
let next: TestSigner
let metadata: string
beforeAll(async () => {
  primary = await testSigner()
  next = await testSigner()
  metadata = await issueFederationMetadata(metadataView([primary, next]), primary)
})

test('xml-crypto accepts the signature, and not after a change', () => {
  expect(libraryAccepts(metadata, primary.certificatePem, metadataNode)).toBe(true)
  expect(libraryAccepts(metadata, next.certificatePem, metadataNode)).toBe(false)
  expect(libraryAccepts(metadata.replace('/adfs/ls/', '/adfs/xx/'), primary.certificatePem, metadataNode)).toBe(false)
})

test('is canonical but for the declaration of the prefix in xsi:type', () => {
  const canonical = metadata.replace(`<RoleDescriptor xmlns:fed="${federation}"`, '<RoleDescriptor')
  expect(canonical).not.toBe(metadata)
  expect(canonicalByLibrary(metadata)).toBe(canonical)
})

test('says where to sign in, by every protocol', () => {
  const root = rootOf(parseXml(metadata))
  expect(childElements(root).map(({ nodeName }) => nodeName)).toEqual([
    'ds:Signature',
    'RoleDescriptor',
    'IDPSSODescriptor',
  ])
  const [passive] = descendantsNamed(root, federation, 'PassiveRequestorEndpoint')
  expect(passive?.textContent).toBe('https://adfs.contoso.com/adfs/ls/')
  const signOn = descendantsNamed(root, saml20Metadata, 'SingleSignOnService')
  expect(
    signOn.map((each) => [attributeOf(each, 'Binding')?.split(':').at(-1), attributeOf(each, 'Location')]),
  ).toEqual([
    ['HTTP-Redirect', 'https://adfs.contoso.com/adfs/ls/'],
    ['HTTP-POST', 'https://adfs.contoso.com/adfs/ls/'],
  ])
})

test('offers the 63 claim types of AD FS, all under http', () => {
  expect(claimTypesOffered).toHaveLength(63)
  expect(new Set(claimTypesOffered.map(({ uri }) => uri)).size).toBe(63)
  expect(claimTypesOffered.every(({ uri }) => uri.startsWith('http://schemas.'))).toBe(true)
})

describe('readSigningCertificates', () => {
  test('gives every signing certificate once, the primary first', () => {
    expect(readSigningCertificates(metadata).map(({ raw }) => raw)).toEqual([
      primary.certificateDer,
      next.certificateDer,
    ])
  })

  test('leaves out encryption keys and the keys of service provider roles', () => {
    const encryptionOnly = metadata.replaceAll('use="signing"', 'use="encryption"')
    expect(readSigningCertificates(encryptionOnly)).toEqual([])
    const otherRoles = metadata
      .replaceAll('IDPSSODescriptor', 'SPSSODescriptor')
      .replace('SecurityTokenServiceType', 'ApplicationServiceType')
    expect(readSigningCertificates(otherRoles)).toEqual([])
  })

  test('takes a key without a use for both uses (SAML 2.0 Metadata §2.4.1.1), with white space inside', () => {
    const wrapped = metadata.replaceAll(' use="signing"', '').replaceAll('<X509Certificate>', '<X509Certificate>\n  ')
    expect(readSigningCertificates(wrapped)).toHaveLength(2)
  })

  test.each([
    ['another document', '<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>'],
    ['no XML', 'Service Unavailable'],
  ])('refuses %s', (_what, document) => {
    expect(() => readSigningCertificates(document)).toThrow(SamlRefusal)
  })

  test('refuses what is no certificate', () => {
    const broken = metadata.replaceAll(/<X509Certificate>[^<]*/g, '<X509Certificate>AAAA')
    expect(() => readSigningCertificates(broken)).toThrow(expect.objectContaining({ kind: 'malformed' }))
  })
})
