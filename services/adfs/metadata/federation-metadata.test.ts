import { afterAll, beforeAll, expect, test } from 'vitest'
import { saml20Metadata } from '#shared/saml/names.ts'
import { readSignedElement } from '#shared/saml/verify-signature.ts'
import { attributeOf, childElements, childrenNamed, descendantElements } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { claimDescriptions } from './claim-descriptions.ts'

let stage: AdfsStage
let document: string
let contentType: unknown

beforeAll(async () => {
  stage = await startAdfs()
  const answer = await stage.browser().open('/federationmetadata/2007-06/federationmetadata.xml')
  document = answer.html
  contentType = answer.headers['content-type']
})

afterAll(() => stage[Symbol.asyncDispose]())

async function signingKey() {
  return stage.authority.signingKeyFor({ name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' })
}

test('is signed, and says what AD FS 2016 says', async () => {
  expect(contentType).toBe('application/samlmetadata+xml')
  const { certificatePem, certificateDer } = await signingKey()
  const root = rootOf(parseXml(document))
  const { element } = readSignedElement(root, { trustedCertificates: [certificatePem], idAttribute: 'ID' })
  expect(attributeOf(element, 'entityID')).toBe('http://adfs.contoso.com/adfs/services/trust')
  expect(childElements(element).map((child) => [child.localName, attributeOf(child, 'xsi:type')])).toEqual([
    ['RoleDescriptor', 'fed:ApplicationServiceType'],
    ['RoleDescriptor', 'fed:SecurityTokenServiceType'],
    ['SPSSODescriptor', undefined],
    ['IDPSSODescriptor', undefined],
  ])
  const certificates = descendantElements(element).filter(({ localName }) => localName === 'X509Certificate')
  const { certificateDer: encryption } = await stage.authority.signingKeyFor({
    name: 'adfs-token-decrypting',
    subject: 'CN=ADFS Encryption - adfs.contoso.com',
  })
  const known = [certificateDer, encryption].map((each) => each.toString('base64'))
  expect(new Set(certificates.map((each) => each.textContent))).toEqual(new Set(known))
  const offered = descendantElements(element).filter(({ localName }) => localName === 'ClaimType')
  expect(offered).toHaveLength(63 * 2)
  expect(claimDescriptions).toHaveLength(63)
})

test('names the passive end point for every protocol', () => {
  const [identityProvider] = childrenNamed(rootOf(parseXml(document)), saml20Metadata, 'IDPSSODescriptor')
  if (!identityProvider) throw new Error('no IDPSSODescriptor')
  const services = childrenNamed(identityProvider, saml20Metadata, 'SingleSignOnService')
  expect(services.map((each) => attributeOf(each, 'Location'))).toEqual(
    Array(2).fill('https://adfs.contoso.com/adfs/ls/'),
  )
})

test('its signature covers what it says', async () => {
  const { certificatePem } = await signingKey()
  const changed = rootOf(parseXml(document.replace('ServiceDisplayName="Contoso"', 'ServiceDisplayName="Evil"')))
  const options = { trustedCertificates: [certificatePem], idAttribute: 'ID' } as const
  expect(() => readSignedElement(changed, options)).toThrow('badSignature')
})
