import type { GraphProperties, GraphResource } from '../graph-resource.ts'
import {
  advanced,
  anyPrefixed,
  complexes,
  equal,
  filtered,
  named,
  onSelect,
  prefixed,
  ranged,
  sought,
  strings,
} from './declare.ts'

const instant = { filter: ['eq', 'ge', 'le'], advancedFilter: ['ne', 'in'] } as const

/** [Graph] group. */
const groupProperties: GraphProperties = {
  ...named('dateTime', ['createdDateTime', 'expirationDateTime', 'renewedDateTime'], instant),
  ...named('string', ['theme', 'visibility', 'preferredDataLocation', 'onPremisesDomainName', 'onPremisesNetBiosName']),
  classification: filtered('string', sought),
  creationOptions: strings(),
  deletedDateTime: { type: 'dateTime', ...instant, orderBy: 'advanced' },
  description: advanced('string', sought),
  displayName: filtered('string', sought, { orderBy: 'default' }),
  groupTypes: strings(['any', 'eq']),
  id: filtered('string', equal),
  isAssignableToRole: filtered('boolean', equal),
  mail: filtered('string', sought, { advancedFilter: ['ne', 'endswith'] }),
  mailEnabled: filtered('boolean', equal),
  mailNickname: filtered('string', sought),
  membershipRule: advanced('string', sought),
  membershipRuleProcessingState: advanced('string', equal),
  onPremisesLastSyncDateTime: filtered('dateTime', ranged),
  onPremisesProvisioningErrors: complexes(),
  onPremisesSamAccountName: filtered('string', sought),
  onPremisesSecurityIdentifier: filtered('string', equal),
  onPremisesSyncEnabled: filtered('boolean', equal),
  preferredLanguage: filtered('string', sought),
  proxyAddresses: strings(anyPrefixed, ['ne', 'endswith', 'count']),
  resourceProvisioningOptions: strings(['any', 'eq']),
  securityEnabled: filtered('boolean', equal),
  securityIdentifier: filtered('string', equal),
  uniqueName: filtered('string', ['eq', 'startswith']),
  ...onSelect({
    ...named('boolean', [
      'allowExternalSenders',
      'autoSubscribeNewMembers',
      'hideFromAddressLists',
      'isSubscribedByMail',
    ]),
    assignedLabels: complexes(),
    assignedLicenses: complexes({ skuId: { type: 'guid', filter: ['eq'] } }, ['any']),
    unseenCount: { type: 'number' },
  }),
}

export const groups: GraphResource = {
  name: 'Group',
  type: 'microsoft.graph.group',
  directoryObject: true,
  properties: groupProperties,
  navigation: [
    'members',
    'transitiveMembers',
    'memberOf',
    'transitiveMemberOf',
    'owners',
    'createdOnBehalfOf',
    'appRoleAssignments',
    'extensions',
  ],
  pageSize: 100,
  largestPage: 999,
}

const extensionNames = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`)

/** [Graph] device. */
const deviceProperties: GraphProperties = {
  ...named('boolean', ['accountEnabled', 'isCompliant', 'isManaged', 'isRooted', 'onPremisesSyncEnabled'], {
    filter: equal,
    advancedFilter: ['ne'],
  }),
  ...named('string', [
    'manufacturer',
    'model',
    'deviceCategory',
    'deviceMetadata',
    'enrollmentProfileName',
    'enrollmentType',
  ]),
  alternativeSecurityIds: complexes({ type: { type: 'number' }, key: { type: 'string' } }, ['any']),
  approximateLastSignInDateTime: filtered('dateTime', ['eq', 'ge', 'le'], { orderBy: 'advanced' }),
  complianceExpirationDateTime: { type: 'dateTime' },
  createdDateTime: { type: 'dateTime', ...instant, orderBy: 'advanced' },
  deletedDateTime: { type: 'dateTime', ...instant, orderBy: 'advanced' },
  deviceId: filtered('string', prefixed),
  deviceOwnership: filtered('string', equal),
  deviceVersion: { type: 'number' },
  displayName: filtered('string', sought, { orderBy: 'advanced' }),
  extensionAttributes: {
    type: 'complex',
    properties: named('string', extensionNames, { advancedFilter: [...prefixed, 'ne'] }),
  },
  id: filtered('string', equal),
  managementType: filtered('string', equal),
  mdmAppId: filtered('string', prefixed),
  onPremisesLastSyncDateTime: filtered('dateTime', ranged),
  onPremisesSecurityIdentifier: filtered('string', equal),
  operatingSystem: filtered('string', sought),
  operatingSystemVersion: filtered('string', sought),
  physicalIds: strings(anyPrefixed, ['ne', 'count']),
  profileType: filtered('string', equal),
  registrationDateTime: filtered('dateTime', ['eq', 'ge', 'le']),
  systemLabels: strings(['any', 'eq', 'startswith'], ['count']),
  trustType: filtered('string', equal),
}

export const devices: GraphResource = {
  name: 'Device',
  type: 'microsoft.graph.device',
  directoryObject: true,
  properties: deviceProperties,
  navigation: ['memberOf', 'transitiveMemberOf', 'registeredOwners', 'registeredUsers', 'extensions'],
  pageSize: 100,
  largestPage: 999,
}
