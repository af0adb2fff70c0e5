import { hash, type X509Certificate } from 'node:crypto'
import type { ApplicationObject, ServicePrincipalObject, StoredCertificate } from './application-objects.ts'

/** A service principal with nothing set. */
export function newPrincipal(facts: {
  readonly appId: string
  readonly displayName: string
  readonly tenantId: string
  readonly createdDateTime: string
}): Omit<ServicePrincipalObject, 'id'> {
  const { appId, displayName, tenantId, createdDateTime } = facts
  return {
    appId,
    displayName,
    createdDateTime,
    accountEnabled: true,
    appOwnerOrganizationId: tenantId,
    appRoleAssignmentRequired: false,
    servicePrincipalNames: [appId],
    tags: [],
    notes: null,
    homepage: null,
    preferredSingleSignOnMode: null,
    passwordCredentials: [],
    keyCredentials: [],
  }
}

/** A registration with nothing set. */
export function newApplication(facts: {
  readonly appId: string
  readonly displayName: string
  readonly createdDateTime: string
}): Omit<ApplicationObject, 'id'> {
  return {
    ...facts,
    description: null,
    notes: null,
    signInAudience: 'AzureADMyOrg',
    identifierUris: [],
    tags: [],
    web: {
      redirectUris: [],
      logoutUrl: null,
      homePageUrl: null,
      implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false },
    },
    spa: { redirectUris: [] },
    publicClient: { redirectUris: [] },
    isFallbackPublicClient: null,
    api: {
      requestedAccessTokenVersion: null,
      acceptMappedClaims: null,
      knownClientApplications: [],
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
    },
    appRoles: [],
    requiredResourceAccess: [],
    passwordCredentials: [],
    keyCredentials: [],
    groupMembershipClaims: null,
    optionalClaims: null,
  }
}

export function secretDigest(secret: string): string {
  return hash('sha256', secret, 'base64url')
}

/** Times and thumbprint come from the certificate itself. */
export function certificateCredential(
  certificate: X509Certificate,
  { keyId, displayName }: { readonly keyId: string; readonly displayName?: string | null | undefined },
): StoredCertificate {
  return {
    keyId,
    displayName: displayName ?? certificate.subject.replaceAll('\n', ', '),
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    key: certificate.raw.toString('base64'),
    customKeyIdentifier: hash('sha1', certificate.raw, 'base64'),
    startDateTime: new Date(certificate.validFrom).toISOString(),
    endDateTime: new Date(certificate.validTo).toISOString(),
  }
}
