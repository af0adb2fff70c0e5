import type { SigningKey } from '#certs/authority.ts'
import { httpPostBinding, httpRedirectBinding, saml20Metadata, xmldsig, xmlSchemaInstance } from '#shared/saml/names.ts'
import { type Form, signElement } from '#shared/saml/sign-enveloped.ts'
import { type Xml, xml, xmlText } from '#shared/xml/markup.ts'
import { issuerOf, loginHost } from '../urls.ts'

// Written in exclusive canonical form, because it is signed: attributes in canonical order, prefixes declared where they
// are first used. A prefix that occurs in a value only (xsi:type) is declared in the written form alone.

const federation = 'http://docs.oasis-open.org/wsfed/federation/200706'
const authorization = 'http://docs.oasis-open.org/wsfed/authorization/200706'
const addressing = 'http://www.w3.org/2005/08/addressing'

export interface TenantMetadataView {
  /** `_` and a GUID. */
  readonly documentId: string
  /** What stands in the tenant's place: its id, or the literal `{tenantid}` of `common`. */
  readonly tenantId: string
  /** The signing one first. */
  readonly keys: readonly [SigningKey, ...SigningKey[]]
}

/** FederationMetadata.xml of a tenant, from which Exchange on-premises takes the keys of tokens (AuthServer EvoSts). */
export async function tenantMetadata(view: TenantMetadataView): Promise<string> {
  const certificates = view.keys.map(keyDescriptor)
  const entityId = issuerOf(1, view.tenantId)
  const parts = (form: Form) => [
    tokenService(view.tenantId, certificates, form),
    applicationService(view.tenantId, certificates, form),
    identityProvider(view.tenantId, certificates),
  ]
  const written = await signElement(
    (form, signature) =>
      xml`<EntityDescriptor xmlns="${saml20Metadata}" ID="${view.documentId}" entityID="${entityId}">${signature}${parts(form)}</EntityDescriptor>`,
    { id: view.documentId, key: view.keys[0] },
  )
  return `<?xml version="1.0" encoding="utf-8"?>${xmlText(written('written'))}`
}

function keyDescriptor({ certificateDer }: SigningKey): Xml {
  const data = xml`<X509Data><X509Certificate>${certificateDer.toString('base64')}</X509Certificate></X509Data>`
  return xml`<KeyDescriptor use="signing"><KeyInfo xmlns="${xmldsig}">${data}</KeyInfo></KeyDescriptor>`
}

function tokenService(tenantId: string, keys: readonly Xml[], form: Form): Xml {
  const claims = offeredClaims.map(
    ({ uri, displayName }) =>
      xml`<auth:ClaimType xmlns:auth="${authorization}" Uri="${uri}"><auth:DisplayName>${displayName}</auth:DisplayName></auth:ClaimType>`,
  )
  const endpoint = endpointReference(passiveEndpoint(tenantId))
  const content = xml`${keys}<fed:ClaimTypesOffered xmlns:fed="${federation}">${claims}</fed:ClaimTypesOffered><fed:SecurityTokenServiceEndpoint xmlns:fed="${federation}">${endpoint}</fed:SecurityTokenServiceEndpoint>${passive(tenantId)}`
  return roleDescriptor('SecurityTokenServiceType', content, form)
}

function applicationService(tenantId: string, keys: readonly Xml[], form: Form): Xml {
  const scope = endpointReference(issuerOf(1, tenantId))
  const endpoint = endpointReference(passiveEndpoint(tenantId))
  const content = xml`${keys}<fed:TargetScopes xmlns:fed="${federation}">${scope}</fed:TargetScopes><fed:ApplicationServiceEndpoint xmlns:fed="${federation}">${endpoint}</fed:ApplicationServiceEndpoint>${passive(tenantId)}`
  return roleDescriptor('ApplicationServiceType', content, form)
}

function roleDescriptor(type: string, content: Xml, form: Form): Xml {
  const fed = form === 'written' && xml` xmlns:fed="${federation}"`
  return xml`<RoleDescriptor${fed} xmlns:xsi="${xmlSchemaInstance}" protocolSupportEnumeration="${federation}" xsi:type="${`fed:${type}`}">${content}</RoleDescriptor>`
}

function identityProvider(tenantId: string, keys: readonly Xml[]): Xml {
  const location = `https://${loginHost}/${tenantId}/saml2`
  const bindings = [httpRedirectBinding, httpPostBinding]
  const signOn = bindings.map(
    (binding) => xml`<SingleSignOnService Binding="${binding}" Location="${location}"></SingleSignOnService>`,
  )
  const signOut = xml`<SingleLogoutService Binding="${httpRedirectBinding}" Location="${location}"></SingleLogoutService>`
  return xml`<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys}${signOut}${signOn}</IDPSSODescriptor>`
}

function passive(tenantId: string): Xml {
  return xml`<fed:PassiveRequestorEndpoint xmlns:fed="${federation}">${endpointReference(passiveEndpoint(tenantId))}</fed:PassiveRequestorEndpoint>`
}

function passiveEndpoint(tenantId: string): string {
  return `https://${loginHost}/${tenantId}/wsfed`
}

function endpointReference(address: string): Xml {
  return xml`<EndpointReference xmlns="${addressing}"><Address>${address}</Address></EndpointReference>`
}

const identity = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const microsoft = 'http://schemas.microsoft.com/identity/claims'

const offeredClaims = [
  { uri: `${identity}/name`, displayName: 'Name' },
  { uri: `${identity}/nameidentifier`, displayName: 'Subject' },
  { uri: `${identity}/givenname`, displayName: 'Given Name' },
  { uri: `${identity}/surname`, displayName: 'Surname' },
  { uri: `${microsoft}/displayname`, displayName: 'Display Name' },
  { uri: `${microsoft}/objectidentifier`, displayName: 'Object Identifier' },
  { uri: `${microsoft}/tenantid`, displayName: 'Tenant' },
  { uri: `${microsoft}/identityprovider`, displayName: 'Identity Provider' },
  {
    uri: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationinstant',
    displayName: 'Authentication Instant',
  },
  {
    uri: 'http://schemas.microsoft.com/claims/authnmethodsreferences',
    displayName: 'Authentication Methods References',
  },
]
