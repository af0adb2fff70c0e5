import type { Random } from '#shared/random.ts'
import {
  httpPostBinding,
  httpRedirectBinding,
  saml20,
  saml20Metadata,
  saml20Protocol,
  xmldsig,
  xmlSchemaInstance,
} from '#shared/saml/names.ts'
import { type Form, signElement } from '#shared/saml/sign-enveloped.ts'
import type { SigningKey } from '#shared/saml/signing-key.ts'
import { type Xml, type XmlPart, xml, xmlText } from '#shared/xml/markup.ts'
import type { AdfsConfig } from '../config.ts'
import type { AdfsUrls } from '../urls.ts'
import { claimDescriptions } from './claim-descriptions.ts'

// Written in exclusive canonical form, because it is signed: attributes in canonical order, prefixes declared where they
// are first used. A prefix that occurs in a value only (xsi:type) is declared in the written form alone.

const federation = 'http://docs.oasis-open.org/wsfed/federation/200706'
const authorization = 'http://docs.oasis-open.org/wsfed/authorization/200706'
const addressing = 'http://www.w3.org/2005/08/addressing'
const exchange = 'http://schemas.xmlsoap.org/ws/2004/09/mex'
const federationProtocols = `http://docs.oasis-open.org/ws-sx/ws-trust/200512 http://schemas.xmlsoap.org/ws/2005/02/trust ${federation}`
const nameIdFormats = [
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
]
const artifactBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact'

type Described = Pick<AdfsConfig, 'identifier' | 'displayName' | 'urls'>

/** The certificates of the document: what is signed with, what is published for checks, what is encrypted to. */
interface DocumentKeys {
  readonly signing: readonly SigningKey[]
  readonly decrypting: SigningKey
}

interface Certificates {
  primary(kind: 'signing' | 'decrypting'): SigningKey
  published(kind: 'signing'): readonly { readonly key: SigningKey }[]
}

/** The signed document of AD FS 2016, made once for each set of certificates. */
export function federationMetadata(
  config: Described,
  certificates: Certificates,
  random: Random,
): () => Promise<string> {
  let kept: { readonly of: string; readonly document: Promise<string> } | undefined
  return () => {
    const signing = certificates.published('signing').map(({ key }) => key)
    const keys = { signing, decrypting: certificates.primary('decrypting') }
    const of = [...signing, keys.decrypting].map(({ certificateDer }) => certificateDer.toString('base64')).join(' ')
    if (kept?.of !== of) kept = { of, document: writeMetadata(config, keys, `_${random.uuid()}`) }
    return kept.document
  }
}

async function writeMetadata(config: Described, keys: DocumentKeys, id: string): Promise<string> {
  const [key] = keys.signing
  if (!key) throw new Error('MSIS7080: there is no primary token-signing certificate')
  const parts = (form: Form) => [
    applicationService(config, keys, form),
    tokenService(config, keys, form),
    serviceProvider(config, keys),
    identityProvider(config, keys),
  ]
  const written = await signElement(
    (form, signature) =>
      xml`<EntityDescriptor xmlns="${saml20Metadata}" ID="${id}" entityID="${config.identifier}">${signature}${parts(form)}</EntityDescriptor>`,
    { id, key },
  )
  return xmlText(written('written'))
}

function applicationService({ displayName, urls, identifier }: Described, keys: DocumentKeys, form: Form): Xml {
  const scopes = [...issuedTokenEndpoints(urls), urls.passive, identifier].map(endpointReference)
  const endpoint = endpointReference(urls.trust('2005/issuedtokenmixedasymmetricbasic256'))
  const content = xml`${keyDescriptor(keys.decrypting, 'encryption')}${claimTypes('ClaimTypesRequested')}<fed:TargetScopes xmlns:fed="${federation}">${scopes}</fed:TargetScopes><fed:ApplicationServiceEndpoint xmlns:fed="${federation}">${endpoint}</fed:ApplicationServiceEndpoint>${passiveEndpoint(urls)}`
  return roleDescriptor('ApplicationServiceType', displayName, content, form)
}

function tokenService({ displayName, urls }: Described, keys: DocumentKeys, form: Form): Xml {
  const types = ['urn:oasis:names:tc:SAML:2.0:assertion', 'urn:oasis:names:tc:SAML:1.0:assertion'].map(
    (uri) => xml`<fed:TokenType Uri="${uri}"></fed:TokenType>`,
  )
  const metadata = xml`<Metadata xmlns="${exchange}"><MetadataSection Dialect="${exchange}"><MetadataReference>${address(urls.metadataExchange)}</MetadataReference></MetadataSection></Metadata>`
  const reference = xml`<EndpointReference xmlns="${addressing}"><Address>${urls.trust('2005/certificatemixed')}</Address><Metadata>${metadata}</Metadata></EndpointReference>`
  const content = xml`${signingKeys(keys)}<fed:TokenTypesOffered xmlns:fed="${federation}">${types}</fed:TokenTypesOffered>${claimTypes('ClaimTypesOffered')}<fed:SecurityTokenServiceEndpoint xmlns:fed="${federation}">${reference}</fed:SecurityTokenServiceEndpoint>${passiveEndpoint(urls)}`
  return roleDescriptor('SecurityTokenServiceType', displayName, content, form)
}

function roleDescriptor(type: string, displayName: string, content: Xml, form: Form): Xml {
  const fed = form === 'written' && xml` xmlns:fed="${federation}"`
  return xml`<RoleDescriptor${fed} xmlns:xsi="${xmlSchemaInstance}" ServiceDisplayName="${displayName}" protocolSupportEnumeration="${federationProtocols}" xsi:type="${`fed:${type}`}">${content}</RoleDescriptor>`
}

function claimTypes(element: 'ClaimTypesRequested' | 'ClaimTypesOffered'): Xml {
  const types = claimDescriptions.map(
    ({ uri, displayName }) =>
      xml`<auth:ClaimType xmlns:auth="${authorization}" Optional="true" Uri="${uri}"><auth:DisplayName>${displayName}</auth:DisplayName><auth:Description>${displayName}</auth:Description></auth:ClaimType>`,
  )
  if (element === 'ClaimTypesOffered') {
    return xml`<fed:ClaimTypesOffered xmlns:fed="${federation}">${types}</fed:ClaimTypesOffered>`
  }
  return xml`<fed:ClaimTypesRequested xmlns:fed="${federation}">${types}</fed:ClaimTypesRequested>`
}

function passiveEndpoint({ passive }: AdfsUrls): Xml {
  return xml`<fed:PassiveRequestorEndpoint xmlns:fed="${federation}">${endpointReference(passive)}</fed:PassiveRequestorEndpoint>`
}

function issuedTokenEndpoints(urls: AdfsUrls): readonly string[] {
  const names = ['asymmetric', 'symmetric'].map((kind) => `issuedtokenmixed${kind}basic256`)
  return ['2005', '13'].flatMap((version) => names.map((name) => urls.trust(`${version}/${name}`)))
}

function endpointReference(url: string): Xml {
  return xml`<EndpointReference xmlns="${addressing}"><Address>${url}</Address></EndpointReference>`
}

function address(url: string): Xml {
  return xml`<Address xmlns="${addressing}">${url}</Address>`
}

/** Both, so that relying parties know the next one before it is used. */
function signingKeys({ signing }: DocumentKeys): readonly Xml[] {
  return signing.map((key) => keyDescriptor(key, 'signing'))
}

function keyDescriptor({ certificateDer }: SigningKey, use: 'signing' | 'encryption'): Xml {
  const certificate = xml`<X509Data><X509Certificate>${certificateDer.toString('base64')}</X509Certificate></X509Data>`
  return xml`<KeyDescriptor use="${use}"><KeyInfo xmlns="${xmldsig}">${certificate}</KeyInfo></KeyDescriptor>`
}

function serviceProvider({ urls }: Described, keys: DocumentKeys): Xml {
  const consumers = [httpPostBinding, artifactBinding, httpRedirectBinding].map(
    (binding, index) =>
      xml`<AssertionConsumerService Binding="${binding}" Location="${urls.passive}" index="${String(index)}"${index === 0 && xml` isDefault="true"`}></AssertionConsumerService>`,
  )
  return xml`<SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="${saml20Protocol}">${commonParts(urls, keys)}${consumers}</SPSSODescriptor>`
}

function identityProvider({ urls }: Described, keys: DocumentKeys): Xml {
  const services = [httpRedirectBinding, httpPostBinding].map(
    (binding) => xml`<SingleSignOnService Binding="${binding}" Location="${urls.passive}"></SingleSignOnService>`,
  )
  const attributes = claimDescriptions.map(
    ({ uri, displayName }) =>
      xml`<Attribute xmlns="${saml20}" FriendlyName="${displayName}" Name="${uri}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"></Attribute>`,
  )
  return xml`<IDPSSODescriptor protocolSupportEnumeration="${saml20Protocol}">${commonParts(urls, keys, artifactResolution(urls))}${services}${attributes}</IDPSSODescriptor>`
}

/** Present while the end point is enabled. */
function artifactResolution(urls: AdfsUrls): Xml {
  return xml`<ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="${urls.trust('artifactresolution')}" index="0"></ArtifactResolutionService>`
}

function commonParts(urls: AdfsUrls, keys: DocumentKeys, resolution?: Xml): readonly XmlPart[] {
  const logout = [httpRedirectBinding, httpPostBinding].map(
    (binding) => xml`<SingleLogoutService Binding="${binding}" Location="${urls.passive}"></SingleLogoutService>`,
  )
  const formats = nameIdFormats.map((format) => xml`<NameIDFormat>${format}</NameIDFormat>`)
  return [keyDescriptor(keys.decrypting, 'encryption'), ...signingKeys(keys), resolution, ...logout, ...formats]
}
