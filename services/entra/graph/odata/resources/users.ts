import type { GraphProperties, GraphResource } from '../graph-resource.ts'
import {
  advanced,
  anyPrefixed,
  complex,
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

/** [Graph] user: what is "returned by default". */
const shown: GraphProperties = {
  businessPhones: strings(['any', 'eq']),
  displayName: filtered('string', prefixed, { orderBy: 'default' }),
  givenName: filtered('string', sought),
  id: filtered('string', equal),
  jobTitle: filtered('string', sought),
  mail: filtered('string', sought, { advancedFilter: ['ne', 'endswith'] }),
  mobilePhone: advanced('string', sought),
  officeLocation: advanced('string', sought),
  preferredLanguage: advanced('string', sought),
  surname: filtered('string', sought),
  userPrincipalName: filtered('string', sought, { advancedFilter: ['ne', 'endswith'], orderBy: 'default' }),
}

const addresses = named('string', ['city', 'country', 'state', 'usageLocation'], {
  filter: sought,
  advancedFilter: ['ne'],
})
const postal = named('string', ['companyName', 'postalCode', 'streetAddress', 'employeeType'], {
  advancedFilter: [...sought, 'ne'],
})

/** "Support for filter by properties of Microsoft Entra ID (directory) objects". */
const selectable = onSelect({
  ...addresses,
  ...postal,
  aboutMe: { type: 'string' },
  accountEnabled: filtered('boolean', equal, { advancedFilter: ['ne', 'ge', 'le'] }),
  ageGroup: filtered('string', equal),
  assignedLicenses: complexes(
    { skuId: { type: 'guid', filter: ['eq'] }, disabledPlans: { type: 'guid', collection: true } },
    ['any'],
  ),
  assignedPlans: complexes(
    {
      assignedDateTime: { type: 'dateTime', filter: ['eq', 'ge', 'le'] },
      capabilityStatus: { type: 'string', filter: ['eq'] },
      service: { type: 'string', filter: ['eq'] },
      servicePlanId: { type: 'guid', filter: ['eq'] },
    },
    ['any'],
  ),
  authorizationInfo: complex({ certificateUserIds: strings(['any', 'eq', 'startswith'], ['endswith']) }),
  createdDateTime: filtered('dateTime', ['eq', 'ge', 'le'], { advancedFilter: ['ne', 'in'], orderBy: 'advanced' }),
  creationType: filtered('string', equal),
  deletedDateTime: filtered('dateTime', ['eq', 'ge', 'le'], { advancedFilter: ['ne', 'in'], orderBy: 'advanced' }),
  department: filtered('string', sought),
  employeeHireDate: advanced('dateTime', ranged),
  employeeId: filtered('string', ['eq', 'startswith'], { advancedFilter: ['ne', 'le'] }),
  externalUserState: filtered('string', equal),
  externalUserStateChangeDateTime: { type: 'dateTime' },
  faxNumber: advanced('string', sought),
  identities: complexes(named('string', ['signInType', 'issuer', 'issuerAssignedId'], { filter: ['eq'] }), ['any']),
  imAddresses: strings(anyPrefixed, ['ne']),
  isResourceAccount: filtered('boolean', ['eq']),
  lastPasswordChangeDateTime: { type: 'dateTime' },
  licenseAssignmentStates: complexes(),
  mailNickname: filtered('string', sought),
  onPremisesDistinguishedName: { type: 'string' },
  onPremisesDomainName: { type: 'string' },
  onPremisesExtensionAttributes: complex(extensionAttributes()),
  onPremisesImmutableId: advanced('string', ranged),
  onPremisesLastSyncDateTime: advanced('dateTime', ranged),
  onPremisesProvisioningErrors: complexes(),
  onPremisesSamAccountName: advanced('string', sought),
  onPremisesSecurityIdentifier: filtered('string', equal),
  onPremisesSyncEnabled: filtered('boolean', equal, { advancedFilter: ['ne', 'ge', 'le'] }),
  onPremisesUserPrincipalName: filtered('string', sought),
  otherMails: strings(anyPrefixed, ['ne', 'endswith']),
  passwordPolicies: advanced('string', ['eq']),
  passwordProfile: complex(),
  provisionedPlans: complexes(),
  proxyAddresses: strings(anyPrefixed, ['ne', 'endswith', 'count']),
  refreshTokensValidFromDateTime: { type: 'dateTime' },
  securityIdentifier: filtered('string', equal),
  showInAddressList: advanced('boolean', ranged),
  signInActivity: complex({
    lastSignInDateTime: filtered('dateTime', ['eq', 'ge', 'le']),
    lastNonInteractiveSignInDateTime: filtered('dateTime', ['eq', 'ge', 'le']),
  }),
  signInSessionsValidFromDateTime: { type: 'dateTime' },
  userType: filtered('string', equal),
})

function extensionAttributes(): GraphProperties {
  const names = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`)
  return named('string', names, { advancedFilter: [...sought, 'ne'] })
}

export const users: GraphResource = {
  name: 'User',
  type: 'microsoft.graph.user',
  directoryObject: true,
  properties: { ...shown, ...selectable },
  navigation: [
    'manager',
    'directReports',
    'memberOf',
    'transitiveMemberOf',
    'ownedDevices',
    'registeredDevices',
    'ownedObjects',
    'createdObjects',
    'appRoleAssignments',
    'oauth2PermissionGrants',
    'licenseDetails',
    'extensions',
  ],
  pageSize: 100,
  largestPage: 999,
}
