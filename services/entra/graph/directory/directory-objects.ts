import type { GraphResource } from '../odata/graph-resource.ts'
import { applications, servicePrincipals } from '../odata/resources/applications.ts'
import { named } from '../odata/resources/declare.ts'
import { devices, groups } from '../odata/resources/groups-and-devices.ts'
import { users } from '../odata/resources/users.ts'

/** [Graph] directoryObject: members and memberships of several types in one collection. */
export const directoryObjects: GraphResource = {
  name: 'DirectoryObject',
  type: 'microsoft.graph.directoryObject',
  directoryObject: true,
  properties: {
    ...applications.properties,
    ...servicePrincipals.properties,
    ...devices.properties,
    ...groups.properties,
    ...users.properties,
    ...named('string', ['roleTemplateId'], { filter: ['eq', 'in'] }),
  },
  pageSize: 100,
  largestPage: 999,
}

/** [Graph] directoryRole. */
export const directoryRoles: GraphResource = {
  name: 'DirectoryRole',
  type: 'microsoft.graph.directoryRole',
  directoryObject: true,
  properties: {
    ...named('string', ['id', 'displayName', 'roleTemplateId'], { filter: ['eq', 'in', 'startswith'] }),
    description: { type: 'string' },
    deletedDateTime: { type: 'dateTime' },
  },
  navigation: ['members'],
  pageSize: 1000,
  largestPage: 1000,
}

/** [Graph] domain. */
export const domains: GraphResource = {
  name: 'Domain',
  type: 'microsoft.graph.domain',
  directoryObject: false,
  properties: {
    ...named('string', ['id', 'authenticationType'], { filter: ['eq', 'ne', 'in', 'startswith'] }),
    ...named('boolean', ['isAdminManaged', 'isDefault', 'isInitial', 'isRoot', 'isVerified'], { filter: ['eq', 'ne'] }),
    supportedServices: { type: 'string', collection: true, filter: ['any', 'eq'] },
    passwordNotificationWindowInDays: { type: 'number' },
    passwordValidityPeriodInDays: { type: 'number' },
  },
  navigation: ['federationConfiguration'],
  pageSize: 100,
  largestPage: 999,
}

/** [Graph] internalDomainFederation. */
export const federations: GraphResource = {
  name: 'InternalDomainFederation',
  type: 'microsoft.graph.internalDomainFederation',
  directoryObject: false,
  properties: {
    ...named('string', ['id', 'displayName', 'issuerUri', 'metadataExchangeUri', 'signingCertificate']),
    ...named('string', ['passiveSignInUri', 'activeSignInUri', 'signOutUri', 'nextSigningCertificate']),
    ...named('string', ['preferredAuthenticationProtocol', 'federatedIdpMfaBehavior', 'promptLoginBehavior']),
    isSignedAuthenticationRequestRequired: { type: 'boolean' },
  },
  pageSize: 100,
  largestPage: 999,
}

/** [Graph] organization. */
export const organizations: GraphResource = {
  name: 'Organization',
  type: 'microsoft.graph.organization',
  directoryObject: true,
  properties: {
    ...named('string', ['id', 'displayName', 'countryLetterCode', 'tenantType'], { filter: ['eq'] }),
    onPremisesSyncEnabled: { type: 'boolean' },
    onPremisesLastSyncDateTime: { type: 'dateTime' },
    verifiedDomains: { type: 'complex', collection: true },
    assignedPlans: { type: 'complex', collection: true },
  },
  pageSize: 100,
  largestPage: 999,
}
