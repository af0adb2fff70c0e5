import { hash } from 'node:crypto'
import type { ApplicationObject, ServicePrincipalObject } from './application-objects.ts'

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
