import { z } from 'zod'

import {
  certificate,
  count,
  filled,
  flag,
  list,
  type NotTaken,
  named,
  reading,
  text,
  texts,
  uri,
} from './powershell-values.ts'

// A trust as `Get-AdfsRelyingPartyTrust | ConvertTo-Json -Depth 5` writes it.

export interface ReadTrust {
  /** Fields of the scenario's relying party. */
  readonly settings: Record<string, unknown>
  readonly notTaken: readonly NotTaken[]
}

/** ConvertTo-Json of Windows PowerShell 5.1 writes an enumeration as its number (SamlResponseSignatureType of the farm). */
const responseSignatures: Readonly<Record<number, string>> = {
  1: 'AssertionOnly',
  2: 'MessageOnly',
  3: 'MessageAndAssertion',
}

function responseSignature(value: unknown): string {
  const name = typeof value === 'number' ? responseSignatures[value] : value
  return named('AssertionOnly', 'MessageOnly', 'MessageAndAssertion')(name)
}

const endpointSchema = z.looseObject({
  Protocol: z.enum(['SAMLAssertionConsumer', 'SAMLLogout']),
  Binding: z.union([z.string(), z.int()]),
  /** Says the same as Binding, and stays text where that is a number. */
  BindingUri: z.unknown().optional(),
  Location: z.unknown(),
  ResponseLocation: z.unknown().optional(),
  Index: z.int().min(0).default(0),
  IsDefault: z.boolean().default(false),
})

function samlEndpoint(value: unknown) {
  const endpoint = endpointSchema.parse(value)
  const { Protocol, Binding, BindingUri, Location, ResponseLocation, Index, IsDefault } = endpoint
  const written = typeof Binding === 'number' ? uri(BindingUri) : Binding
  const binding = named('POST', 'Redirect', 'Artifact')(written.replace(/^.*HTTP-/, ''))
  const responseUri = filled(ResponseLocation) && { responseUri: uri(ResponseLocation) }
  return { protocol: Protocol, binding, uri: uri(Location), index: Index, isDefault: IsDefault, ...responseUri }
}

/** What each property becomes; a property that is empty is not there. */
const readers: Readonly<Record<string, (value: unknown) => Record<string, unknown>>> = {
  Name: (value) => ({ name: text(value) }),
  Identifier: (value) => ({ identifiers: texts(value) }),
  Enabled: (value) => ({ enabled: flag(value) }),
  Notes: (value) => ({ notes: text(value) }),
  MetadataUrl: (value) => ({ metadataUrl: uri(value) }),
  ProtocolProfile: (value) => ({ protocolProfile: named('WsFederation', 'SAML', 'WsFed-SAML')(value) }),
  WSFedEndpoint: (value) => ({ wsFedEndpoint: uri(value) }),
  AdditionalWSFedEndpoint: (value) => ({ additionalWsFedEndpoints: list(value).map(uri) }),
  SamlEndpoints: (value) => ({ samlEndpoints: list(value).map(samlEndpoint) }),
  SignatureAlgorithm: (value) => ({ signatureAlgorithm: text(value) }),
  SamlResponseSignature: (value) => ({ samlResponseSignature: responseSignature(value) }),
  SignedSamlRequestsRequired: (value) => ({ signedSamlRequestsRequired: flag(value) }),
  RequestSigningCertificate: (value) => ({ requestSigningCertificates: list(value).map(certificate) }),
  EncryptionCertificate: (value) => ({ encryptionCertificate: certificate(value) }),
  EncryptClaims: (value) => ({ encryptClaims: flag(value) }),
  EncryptedNameIdRequired: (value) => ({ encryptedNameIdRequired: flag(value) }),
  TokenLifetime: (value) => ({ tokenLifetimeMinutes: count(value) }),
  NotBeforeSkew: (value) => ({ notBeforeSkewMinutes: count(value) }),
  AlwaysRequireAuthentication: (value) => ({ alwaysRequireAuthentication: flag(value) }),
  ClaimsProviderName: (value) => ({ claimsProviderNames: texts(value) }),
  IssuanceTransformRules: (value) => ({ issuanceTransformRules: text(value) }),
  IssuanceAuthorizationRules: (value) => ({ issuanceAuthorizationRules: text(value) }),
  AdditionalAuthenticationRules: (value) => ({ additionalAuthenticationRules: text(value) }),
  PublishedThroughProxy: (value) => ({ publishedThroughProxy: flag(value) }),
  ProxyTrustedEndpoints: (value) => ({ proxyTrustedEndpoints: list(value).map(uri) }),
}

/** Read together with another one, or without any bearing on the tokens that are issued. */
const silent = new Set([
  ...['AccessControlPolicyName', 'AccessControlPolicyParameters', 'ObjectIdentifier', 'ResultantPolicy'],
  ...['LastUpdateTime', 'LastMonitoredTime', 'LastPublishedPolicyCheckSuccessful', 'OrganizationInfo'],
  ...['ConflictWithPublishedPolicy', 'ClaimsAccepted', 'PSComputerName', 'RunspaceId', 'PSShowComputerName'],
])

/** What says nothing although it has a value: what a new trust has. */
const presets: Readonly<Record<string, readonly unknown[]>> = {
  EnableJWT: [false],
  MonitoringEnabled: [false],
  AutoUpdateEnabled: [false],
  RequestMFAFromClaimsProviders: [false],
  RefreshTokenProtectionEnabled: [true],
  EncryptionCertificateRevocationCheck: ['CheckChainExcludeRoot', 'None', 0, 5],
  SigningCertificateRevocationCheck: ['CheckChainExcludeRoot', 'None', 0, 5],
}

/**
 * A property that is known has to be readable: a trust that lacks its policy or its certificate by oversight would give
 * more than the farm gave.
 * @throws ManagementRefusal that names the property.
 */
export function relyingPartyFromPowerShell(object: Readonly<Record<string, unknown>>): ReadTrust {
  const settings: Record<string, unknown> = {}
  const notTaken: NotTaken[] = []
  for (const [property, value] of Object.entries(object)) {
    if (!filled(value) || silent.has(property) || (Array.isArray(value) && value.length === 0)) continue
    const read = readers[property]
    if (read)
      Object.assign(
        settings,
        reading(property, () => read(value)),
      )
    else if (!presets[property]?.includes(value)) notTaken.push({ property, reason: 'there is nothing like it here' })
  }
  const policy = reading('AccessControlPolicyName', () => policyOf(object, settings))
  return { settings: { ...settings, ...policy }, notTaken }
}

/** A policy, unless issuance authorization rules stand in its place (AD FS 2012 R2 has nothing else). */
function policyOf(object: Readonly<Record<string, unknown>>, { issuanceAuthorizationRules }: Record<string, unknown>) {
  const { AccessControlPolicyName: name, AccessControlPolicyParameters: given } = object
  if (!filled(name) || issuanceAuthorizationRules !== undefined) return {}
  const { GroupParameter } = z.looseObject({ GroupParameter: z.unknown().optional() }).parse(given ?? {})
  const groups = list(GroupParameter).map(text)
  return { accessControlPolicy: { name: text(name), ...(groups.length > 0 && { parameters: { groups } }) } }
}
