import type { RelyingParty } from '#shared/scenario/world.ts'

/** A trust as Get-AdfsRelyingPartyTrust shows it, by the names of its properties. */
export function powerShellObject(trust: RelyingParty): Record<string, unknown> {
  return {
    Name: trust.name,
    Identifier: trust.identifiers,
    ObjectIdentifier: trust.objectIdentifier,
    Enabled: trust.enabled,
    Notes: trust.notes ?? '',
    MetadataUrl: trust.metadataUrl ?? null,
    ProtocolProfile: trust.protocolProfile,
    WSFedEndpoint: trust.wsFedEndpoint ?? null,
    AdditionalWSFedEndpoint: trust.additionalWsFedEndpoints,
    SamlEndpoints: trust.samlEndpoints.map(({ protocol, binding, uri, index, isDefault, responseUri }) => ({
      Protocol: protocol,
      Binding: binding,
      Location: uri,
      Index: index,
      IsDefault: isDefault,
      ResponseLocation: responseUri ?? null,
    })),
    SignatureAlgorithm: trust.signatureAlgorithm,
    SamlResponseSignature: trust.samlResponseSignature,
    SignedSamlRequestsRequired: trust.signedSamlRequestsRequired,
    RequestSigningCertificate: trust.requestSigningCertificates,
    EncryptionCertificate: trust.encryptionCertificate ?? null,
    EncryptClaims: trust.encryptClaims,
    EncryptedNameIdRequired: trust.encryptedNameIdRequired,
    TokenLifetime: trust.tokenLifetimeMinutes,
    NotBeforeSkew: trust.notBeforeSkewMinutes,
    AlwaysRequireAuthentication: trust.alwaysRequireAuthentication,
    ClaimsProviderName: trust.claimsProviderNames,
    AccessControlPolicyName: trust.issuanceAuthorizationRules === undefined ? trust.accessControlPolicy.name : null,
    AccessControlPolicyParameters: { GroupParameter: trust.accessControlPolicy.parameters.groups ?? [] },
    IssuanceAuthorizationRules: trust.issuanceAuthorizationRules ?? null,
    IssuanceTransformRules: trust.issuanceTransformRules,
    AdditionalAuthenticationRules: trust.additionalAuthenticationRules,
    PublishedThroughProxy: trust.publishedThroughProxy,
    ProxyTrustedEndpoints: trust.proxyTrustedEndpoints,
  }
}
