import type { FilterOperator, GraphProperties, GraphResource } from '../graph-resource.ts'
import { complex, complexes, everything, moment, named, strings } from './declare.ts'

const equality: readonly FilterOperator[] = ['eq', 'ne', 'in']
const prefix: readonly FilterOperator[] = ['eq', 'ne', 'in', 'startswith']

const deviceDetail: GraphProperties = {
  ...named('string', ['deviceId', 'displayName', 'trustType'], { filter: prefix }),
  ...named('string', ['browser', 'operatingSystem'], { filter: prefix }),
  ...named('boolean', ['isCompliant', 'isManaged'], { filter: equality }),
}

const location: GraphProperties = {
  ...named('string', ['city', 'state', 'countryOrRegion'], { filter: prefix }),
  geoCoordinates: complex(named('number', ['altitude', 'latitude', 'longitude'])),
}

/** [Graph] signIn, with the members that its beta version adds. */
export const signIns: GraphResource = {
  name: 'SignIn',
  type: 'microsoft.graph.signIn',
  directoryObject: false,
  properties: {
    ...named('string', ['id', 'appId', 'correlationId', 'resourceId', 'userId'], { filter: equality }),
    ...named('string', ['appDisplayName', 'ipAddress', 'userDisplayName', 'userPrincipalName'], { filter: prefix }),
    ...named('string', ['clientAppUsed', 'resourceDisplayName', 'userAgent', 'userType'], { filter: prefix }),
    ...named('string', ['conditionalAccessStatus', 'riskDetail', 'riskState'], { filter: equality }),
    ...named('string', ['riskLevelAggregated', 'riskLevelDuringSignIn', 'authenticationRequirement'], {
      filter: equality,
    }),
    ...named('string', ['authenticationProtocol', 'incomingTokenType', 'originalRequestId', 'originalTransferMethod']),
    ...named('string', ['sessionId', 'signInIdentifier', 'signInIdentifierType', 'tokenIssuerName', 'tokenIssuerType']),
    ...named('string', ['clientCredentialType', 'crossTenantAccessType', 'homeTenantId', 'resourceTenantId']),
    ...named('string', ['servicePrincipalId', 'servicePrincipalName', 'uniqueTokenIdentifier'], { filter: prefix }),
    appliedConditionalAccessPolicies: complexes(
      named('string', ['id', 'displayName', 'result'], { filter: equality }),
      ['any'],
    ),
    authenticationContextClassReferences: complexes(),
    authenticationDetails: complexes(),
    authenticationMethodsUsed: strings(['any', 'eq']),
    authenticationProcessingDetails: complexes(),
    authenticationRequirementPolicies: complexes(),
    conditionalAccessAudiences: strings(),
    createdDateTime: { type: 'dateTime', filter: moment, orderBy: 'default' },
    deviceDetail: complex(deviceDetail),
    isInteractive: { type: 'boolean', filter: equality },
    location: complex(location),
    mfaDetail: complex(),
    networkLocationDetails: complexes(),
    processingTimeInMilliseconds: { type: 'number' },
    riskEventTypes: strings(['any', 'eq']),
    riskEventTypes_v2: strings(['any', 'eq', 'startswith']),
    sessionLifetimePolicies: complexes(),
    signInEventTypes: strings(['any', 'eq']),
    status: complex({
      errorCode: { type: 'number', filter: ['eq', 'ne', 'in'] },
      failureReason: { type: 'string', filter: prefix },
      additionalDetails: { type: 'string' },
    }),
  },
  // "List signIns": "The maximum and default page size is 1,000 objects".
  pageSize: 1000,
  largestPage: 1000,
}

/** [Graph] managedDevice. */
export const managedDevices: GraphResource = {
  name: 'ManagedDevice',
  type: 'microsoft.graph.managedDevice',
  directoryObject: false,
  properties: {
    ...named('string', ['id', 'azureADDeviceId', 'easDeviceId', 'userId'], { filter: equality }),
    ...named('string', ['deviceName', 'manufacturer', 'model', 'operatingSystem', 'osVersion'], {
      filter: everything,
      orderBy: 'default',
    }),
    ...named('string', ['serialNumber', 'userPrincipalName', 'userDisplayName', 'emailAddress'], {
      filter: everything,
      orderBy: 'default',
    }),
    ...named('string', ['complianceState', 'managementAgent', 'deviceRegistrationState', 'managedDeviceOwnerType'], {
      filter: equality,
    }),
    ...named('string', ['exchangeAccessState', 'exchangeAccessStateReason', 'deviceEnrollmentType'], {
      filter: equality,
    }),
    ...named('string', ['jailBroken', 'deviceCategoryDisplayName', 'managedDeviceName', 'imei', 'phoneNumber'], {
      filter: prefix,
    }),
    ...named('boolean', ['azureADRegistered', 'easActivated', 'isEncrypted', 'isSupervised'], { filter: equality }),
    ...named('dateTime', ['enrolledDateTime', 'lastSyncDateTime', 'easActivationDateTime'], {
      filter: moment,
      orderBy: 'default',
    }),
    ...named('dateTime', ['exchangeLastSuccessfulSyncDateTime', 'complianceGracePeriodExpirationDateTime'], {
      filter: moment,
    }),
  },
  pageSize: 1000,
  largestPage: 1000,
}
