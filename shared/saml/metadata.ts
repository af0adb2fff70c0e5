import { X509Certificate } from 'node:crypto'
import { attributeOf, childElements, childrenNamed, isNamed } from '#shared/xml/elements.ts'
import { type Xml, xml, xmlText } from '#shared/xml/markup.ts'
import { claimTypesOffered } from './claim-types-offered.ts'
import { httpPostBinding, httpRedirectBinding, saml20, saml20Metadata, xmldsig, xmlSchemaInstance } from './names.ts'
import { readMessage, textOf } from './read-parts.ts'
import { SamlRefusal } from './saml-refusal.ts'
import { type Form, type SignableElement, signElement } from './sign-enveloped.ts'
import type { SigningKey } from './signing-key.ts'

export interface FederationMetadataView {
  /** `_` and a GUID. */
  readonly documentId: string
  /** The federation service identifier: `http://<sts>/adfs/services/trust`. */
  readonly entityId: string
  readonly displayName: string
  /** `https://<sts>/adfs/ls/`: WS-Federation and SAML alike. */
  readonly passiveEndpoint: string
  /** `https://<sts>/adfs/services/trust/2005/certificatemixed`. */
  readonly activeEndpoint: string
  /** `https://<sts>/adfs/services/trust/mex`. */
  readonly metadataExchangeEndpoint: string
  /** DER, the primary first, then the one of the next roll-over. */
  readonly signingCertificates: readonly Buffer[]
}

const federation = 'http://docs.oasis-open.org/wsfed/federation/200706'
const authorization = 'http://docs.oasis-open.org/wsfed/authorization/200706'
const addressing = 'http://www.w3.org/2005/08/addressing'
const metadataExchange = 'http://schemas.xmlsoap.org/ws/2004/09/mex'
const protocols =
  'http://docs.oasis-open.org/ws-sx/ws-trust/200512 http://schemas.xmlsoap.org/ws/2005/02/trust http://docs.oasis-open.org/wsfed/federation/200706'
const tokenTypes = ['urn:oasis:names:tc:SAML:2.0:assertion', 'urn:oasis:names:tc:SAML:1.0:assertion']
const nameIdFormats = [
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
]

/** AD FS's FederationMetadata.xml: its roles as security token service and as SAML 2.0 identity provider, signed. */
export async function issueFederationMetadata(view: FederationMetadataView, key: SigningKey): Promise<string> {
  const document = await signElement(entityDescriptor(view), { id: view.documentId, key })
  return xmlText(document('written'))
}

/** The signing certificates of the identity provider roles, in document order, each once. */
export function readSigningCertificates(metadataXml: string): readonly X509Certificate[] {
  const entity = readMessage(metadataXml)
  if (!isNamed(entity, saml20Metadata, 'EntityDescriptor')) {
    throw new SamlRefusal('malformed', `${entity.nodeName} is no EntityDescriptor`)
  }
  const roles = childElements(entity).filter(
    (role) =>
      isNamed(role, saml20Metadata, 'IDPSSODescriptor') ||
      isTokenService(role.getAttributeNS(xmlSchemaInstance, 'type')),
  )
  const keys = roles.flatMap((role) => childrenNamed(role, saml20Metadata, 'KeyDescriptor'))
  const signing = keys.filter((descriptor) => (attributeOf(descriptor, 'use') ?? 'signing') === 'signing')
  const written = signing
    .flatMap((descriptor) => childrenNamed(descriptor, xmldsig, 'KeyInfo'))
    .flatMap((keyInfo) => childrenNamed(keyInfo, xmldsig, 'X509Data'))
    .flatMap((data) => childrenNamed(data, xmldsig, 'X509Certificate'))
    .map((certificate) => textOf(certificate).replace(/\s/g, ''))
  return [...new Set(written)].map(readCertificate)
}

function isTokenService(type: string | null): boolean {
  return type !== null && /^(?:[^:]+:)?SecurityTokenServiceType$/.test(type)
}

function readCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch (error) {
    throw new SamlRefusal('malformed', 'an X509Certificate of the metadata is no certificate', { cause: error })
  }
}

function entityDescriptor(view: FederationMetadataView): SignableElement {
  const keys = view.signingCertificates.map(keyDescriptor)
  return (form, signature) =>
    xml`<EntityDescriptor xmlns="${saml20Metadata}" ID="${view.documentId}" entityID="${view.entityId}">${signature}${securityTokenService(
      view,
      keys,
      form,
    )}${identityProvider(view, keys)}</EntityDescriptor>`
}

function keyDescriptor(certificate: Buffer): Xml {
  const data = xml`<X509Data><X509Certificate>${certificate.toString('base64')}</X509Certificate></X509Data>`
  return xml`<KeyDescriptor use="signing"><KeyInfo xmlns="${xmldsig}">${data}</KeyInfo></KeyDescriptor>`
}

function securityTokenService(view: FederationMetadataView, keys: readonly Xml[], form: Form): Xml {
  const typePrefix = form === 'written' && xml` xmlns:fed="${federation}"`
  const types = tokenTypes.map((type) => xml`<fed:TokenType Uri="${type}"></fed:TokenType>`)
  const claims = claimTypesOffered.map(
    ({ uri, displayName }) =>
      xml`<auth:ClaimType xmlns:auth="${authorization}" Optional="true" Uri="${uri}"><auth:DisplayName>${displayName}</auth:DisplayName></auth:ClaimType>`,
  )
  const offered = xml`<fed:TokenTypesOffered xmlns:fed="${federation}">${types}</fed:TokenTypesOffered><fed:ClaimTypesOffered xmlns:fed="${federation}">${claims}</fed:ClaimTypesOffered>`
  const active = endpointReference(view.activeEndpoint, exchangeSection(view.metadataExchangeEndpoint))
  const endpoints = xml`<fed:SecurityTokenServiceEndpoint xmlns:fed="${federation}">${active}</fed:SecurityTokenServiceEndpoint><fed:PassiveRequestorEndpoint xmlns:fed="${federation}">${endpointReference(view.passiveEndpoint)}</fed:PassiveRequestorEndpoint>`
  return xml`<RoleDescriptor${typePrefix} xmlns:xsi="${xmlSchemaInstance}" ServiceDisplayName="${view.displayName}" protocolSupportEnumeration="${protocols}" xsi:type="fed:SecurityTokenServiceType">${keys}${offered}${endpoints}</RoleDescriptor>`
}

function endpointReference(address: string, metadata?: Xml): Xml {
  return xml`<EndpointReference xmlns="${addressing}"><Address>${address}</Address>${metadata}</EndpointReference>`
}

function exchangeSection(address: string): Xml {
  const reference = xml`<wsx:MetadataReference><Address>${address}</Address></wsx:MetadataReference>`
  const section = xml`<wsx:MetadataSection Dialect="${metadataExchange}">${reference}</wsx:MetadataSection>`
  return xml`<Metadata><wsx:Metadata xmlns:wsx="${metadataExchange}">${section}</wsx:Metadata></Metadata>`
}

function identityProvider(view: FederationMetadataView, keys: readonly Xml[]): Xml {
  const location = view.passiveEndpoint
  const bindings = [httpRedirectBinding, httpPostBinding]
  const logout = bindings.map(
    (binding) => xml`<SingleLogoutService Binding="${binding}" Location="${location}"></SingleLogoutService>`,
  )
  const formats = nameIdFormats.map((format) => xml`<NameIDFormat>${format}</NameIDFormat>`)
  const signOn = bindings.map(
    (binding) => xml`<SingleSignOnService Binding="${binding}" Location="${location}"></SingleSignOnService>`,
  )
  const attributes = claimTypesOffered.map(
    ({ uri, displayName }) =>
      xml`<Attribute xmlns="${saml20}" FriendlyName="${displayName}" Name="${uri}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"></Attribute>`,
  )
  return xml`<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys}${logout}${formats}${signOn}${attributes}</IDPSSODescriptor>`
}
