import type { Element } from '@xmldom/xmldom'
import { httpPostBinding, httpRedirectBinding, saml20Metadata, xmldsig, xmlSchemaInstance } from '#shared/saml/names.ts'
import { requiredAttribute, textOf } from '#shared/saml/read-parts.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import { attributeOf, childrenNamed, descendantsNamed, isNamed } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { XmlRefusal } from '#shared/xml/xml-refusal.ts'
import { ManagementRefusal } from '../farm/management-refusal.ts'

const federation = 'http://docs.oasis-open.org/wsfed/federation/200706'
const addressing = 'http://www.w3.org/2005/08/addressing'
const bindings: Readonly<Record<string, 'POST' | 'Redirect' | 'Artifact'>> = {
  [httpPostBinding]: 'POST',
  [httpRedirectBinding]: 'Redirect',
  'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact': 'Artifact',
}

/** The settings of a relying party trust that metadata gives (Add-AdfsRelyingPartyTrust -MetadataFile). */
export function relyingPartyFromMetadata(xml: string): Record<string, unknown> {
  return refusing(() => {
    const entity = entityOf(xml)
    const [provider] = childrenNamed(entity, saml20Metadata, 'SPSSODescriptor')
    const passive = passiveEndpoint(entity, 'ApplicationServiceType')
    if (!provider && !passive) throw new SamlRefusal('malformed', 'the metadata describes no relying party')
    return {
      identifiers: [requiredAttribute(entity, 'entityID')],
      protocolProfile: provider ? (passive === undefined ? 'SAML' : 'WsFed-SAML') : 'WsFederation',
      ...(passive !== undefined && { wsFedEndpoint: passive }),
      ...(provider && serviceProviderSettings(provider)),
    }
  })
}

function serviceProviderSettings(provider: Element) {
  const { signing, encryption } = keysOf(provider)
  return {
    samlEndpoints: samlEndpoints(provider),
    requestSigningCertificates: signing,
    ...(encryption[0] !== undefined && { encryptionCertificate: encryption[0] }),
    ...(attributeOf(provider, 'AuthnRequestsSigned') === 'true' && { signedSamlRequestsRequired: true }),
  }
}

/** The settings of a claims provider trust that metadata gives (Add-AdfsClaimsProviderTrust -MetadataFile). */
export function claimsProviderFromMetadata(xml: string): Record<string, unknown> {
  return refusing(() => {
    const entity = entityOf(xml)
    const [provider] = childrenNamed(entity, saml20Metadata, 'IDPSSODescriptor')
    const passive = passiveEndpoint(entity, 'SecurityTokenServiceType')
    const signOn =
      provider && endpointsOf(provider, 'SingleSignOnService').find(({ binding }) => binding === 'Redirect')
    if (!signOn && !passive) throw new SamlRefusal('malformed', 'the metadata describes no claims provider')
    const roles = provider ? [provider] : roleDescriptors(entity, 'SecurityTokenServiceType')
    return {
      identifier: requiredAttribute(entity, 'entityID'),
      protocolProfile: passive === undefined ? 'SAML' : 'WsFederation',
      ...(passive !== undefined && { wsFedEndpoint: passive }),
      ...(signOn && { samlSignOnEndpoint: signOn.uri }),
      ...(provider && claimsProviderSettings(provider)),
      signingCertificates: roles.flatMap((role) => keysOf(role).signing),
    }
  })
}

function claimsProviderSettings(provider: Element) {
  const logout = endpointsOf(provider, 'SingleLogoutService').find(({ binding }) => binding === 'Redirect')
  return {
    ...(logout && { samlLogoutEndpoint: logout.uri }),
    ...(attributeOf(provider, 'WantAuthnRequestsSigned') === 'true' && { signedSamlRequestsRequired: true }),
  }
}

function refusing<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof SamlRefusal || error instanceof XmlRefusal) {
      throw new ManagementRefusal(400, `the metadata cannot be read: ${error.reason}`)
    }
    throw error
  }
}

function entityOf(xml: string): Element {
  const root = rootOf(parseXml(xml))
  if (isNamed(root, saml20Metadata, 'EntityDescriptor')) return root
  throw new SamlRefusal('malformed', `${root.nodeName} is no EntityDescriptor`)
}

function roleDescriptors(entity: Element, type: string): readonly Element[] {
  const isOfType = (role: Element) => role.getAttributeNS(xmlSchemaInstance, 'type')?.replace(/^[^:]*:/, '') === type
  return childrenNamed(entity, saml20Metadata, 'RoleDescriptor').filter(isOfType)
}

function passiveEndpoint(entity: Element, type: string): string | undefined {
  const endpoints = roleDescriptors(entity, type).flatMap((role) =>
    childrenNamed(role, federation, 'PassiveRequestorEndpoint'),
  )
  const [address] = endpoints.flatMap((endpoint) => descendantsNamed(endpoint, addressing, 'Address'))
  return address && textOf(address).trim()
}

function samlEndpoints(provider: Element) {
  const consumers = endpointsOf(provider, 'AssertionConsumerService').filter(({ binding }) => binding !== 'Redirect')
  const logouts = endpointsOf(provider, 'SingleLogoutService').filter(({ binding }) => binding !== 'Artifact')
  return [
    ...consumers.map((each) => ({ protocol: 'SAMLAssertionConsumer', ...each })),
    ...logouts.map((each) => ({ protocol: 'SAMLLogout', ...each })),
  ]
}

function endpointsOf(role: Element, name: string) {
  return childrenNamed(role, saml20Metadata, name).flatMap((endpoint, position) => {
    const binding = bindings[attributeOf(endpoint, 'Binding') ?? '']
    const responseUri = attributeOf(endpoint, 'ResponseLocation')
    if (!binding) return []
    return {
      binding,
      uri: requiredAttribute(endpoint, 'Location'),
      index: Number(attributeOf(endpoint, 'index') ?? position),
      isDefault: attributeOf(endpoint, 'isDefault') === 'true',
      ...(responseUri !== undefined && { responseUri }),
    }
  })
}

function keysOf(role: Element) {
  const keys = childrenNamed(role, saml20Metadata, 'KeyDescriptor').flatMap((descriptor) =>
    descendantsNamed(descriptor, xmldsig, 'X509Certificate').map((certificate) => ({
      use: attributeOf(descriptor, 'use'),
      certificate: textOf(certificate).replace(/\s/g, ''),
    })),
  )
  const forUse = (use: string) => [
    ...new Set(keys.filter((key) => key.use === undefined || key.use === use).map(({ certificate }) => certificate)),
  ]
  return { signing: forUse('signing'), encryption: forUse('encryption') }
}
