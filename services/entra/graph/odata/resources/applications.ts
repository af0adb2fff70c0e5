import type { GraphProperties, GraphResource } from '../graph-resource.ts'
import { advanced, complex, complexes, equal, filtered, named, onSelect, ranged, sought, strings } from './declare.ts'

/** Of applications and of service principals. */
const both: GraphProperties = {
  ...named('dateTime', ['createdDateTime', 'deletedDateTime'], {
    advancedFilter: [...ranged, 'ne'],
    orderBy: 'advanced',
  }),
  ...named('string', ['disabledByMicrosoftStatus', 'tokenEncryptionKeyId', 'notes']),
  addIns: complexes(),
  appId: filtered('string', equal),
  applicationTemplateId: filtered('string', equal),
  appRoles: complexes(),
  description: advanced('string', sought),
  displayName: filtered('string', sought, { orderBy: 'advanced' }),
  id: filtered('string', equal),
  info: complex(),
  keyCredentials: complexes({ keyId: { type: 'guid', filter: ['eq'] } }, ['any']),
  passwordCredentials: complexes({ keyId: { type: 'guid', filter: ['eq'] } }, ['any']),
  tags: strings(['any', 'eq', 'startswith'], ['count']),
  verifiedPublisher: complex(),
}

const redirects = complex({ redirectUris: strings(['any', 'eq', 'startswith'], ['count']) })

/** [Graph] application. */
export const applications: GraphResource = {
  name: 'Application',
  type: 'microsoft.graph.application',
  directoryObject: true,
  properties: {
    ...both,
    ...named('boolean', ['isFallbackPublicClient', 'isDeviceOnlyAuthSupported', 'oauth2RequirePostResponse']),
    api: complex(),
    certification: complex(),
    defaultRedirectUri: { type: 'string' },
    groupMembershipClaims: { type: 'string' },
    identifierUris: strings(['any', 'eq', 'startswith'], ['count']),
    optionalClaims: complex(),
    parentalControlSettings: complex(),
    publicClient: redirects,
    publisherDomain: filtered('string', sought),
    requiredResourceAccess: complexes({ resourceAppId: { type: 'string', advancedFilter: ['eq'] } }, ['any']),
    requestSignatureVerification: complex(),
    samlMetadataUrl: { type: 'string' },
    serviceManagementReference: { type: 'string' },
    servicePrincipalLockConfiguration: complex(),
    signInAudience: filtered('string', ['eq', 'in', 'startswith']),
    spa: redirects,
    uniqueName: filtered('string', ['eq', 'startswith']),
    web: redirects,
  },
  navigation: ['owners', 'createdOnBehalfOf', 'extensionProperties', 'federatedIdentityCredentials'],
  pageSize: 100,
  largestPage: 999,
}

/** [Graph] servicePrincipal. */
export const servicePrincipals: GraphResource = {
  name: 'ServicePrincipal',
  type: 'microsoft.graph.servicePrincipal',
  directoryObject: true,
  properties: {
    ...both,
    ...named('string', ['appDescription', 'loginUrl', 'preferredTokenSigningKeyThumbprint', 'signInAudience']),
    accountEnabled: filtered('boolean', equal),
    alternativeNames: strings(['any', 'eq', 'startswith'], ['count']),
    appDisplayName: { type: 'string' },
    appOwnerOrganizationId: filtered('guid', ['eq', 'ge', 'le']),
    appRoleAssignmentRequired: filtered('boolean', equal),
    homepage: filtered('string', sought),
    ...onSelect({ customSecurityAttributes: complex() }),
    logoutUrl: { type: 'string' },
    notificationEmailAddresses: strings(),
    oauth2PermissionScopes: complexes(),
    preferredSingleSignOnMode: { type: 'string' },
    replyUrls: strings(['any', 'eq', 'startswith'], ['count']),
    resourceSpecificApplicationPermissions: complexes(),
    samlSingleSignOnSettings: complex(),
    servicePrincipalNames: strings(['any', 'eq', 'startswith'], ['count']),
    servicePrincipalType: filtered('string', equal),
  },
  navigation: [
    'owners',
    'memberOf',
    'transitiveMemberOf',
    'appRoleAssignments',
    'appRoleAssignedTo',
    'oauth2PermissionGrants',
  ],
  pageSize: 100,
  largestPage: 999,
}

/** [Graph] oAuth2PermissionGrant. */
export const permissionGrants: GraphResource = {
  name: 'OAuth2PermissionGrant',
  type: 'microsoft.graph.oAuth2PermissionGrant',
  directoryObject: true,
  properties: {
    id: filtered('string', equal),
    clientId: filtered('string', ['eq']),
    consentType: filtered('string', ['eq']),
    principalId: filtered('string', ['eq']),
    resourceId: filtered('string', ['eq']),
    scope: { type: 'string' },
  },
  pageSize: 100,
  largestPage: 999,
}
