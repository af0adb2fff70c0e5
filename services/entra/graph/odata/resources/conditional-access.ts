import type { FilterOperator, GraphProperties, GraphResource } from '../graph-resource.ts'
import { complex, complexes, everything, moment, named, strings } from './declare.ts'

const instants = named('dateTime', ['createdDateTime', 'modifiedDateTime'], { filter: moment, orderBy: 'default' })
const equality: readonly FilterOperator[] = ['eq', 'ne', 'in']

/** Policies and locations are no directory objects: neither $search nor ConsistencyLevel means anything to them. */
const identity: GraphProperties = {
  ...instants,
  id: { type: 'string', filter: equality, orderBy: 'default' },
  displayName: { type: 'string', filter: everything, orderBy: 'default' },
}

/** [Graph] conditionalAccessPolicy. */
export const conditionalAccessPolicies: GraphResource = {
  name: 'ConditionalAccessPolicy',
  type: 'microsoft.graph.conditionalAccessPolicy',
  directoryObject: false,
  properties: {
    ...identity,
    state: {
      type: 'enum',
      values: ['enabled', 'disabled', 'enabledForReportingButNotEnforced'],
      filter: equality,
      orderBy: 'default',
    },
    templateId: { type: 'string', filter: equality },
    conditions: complex(),
    grantControls: complex(),
    sessionControls: complex(),
    partialEnablementStrategy: { type: 'string' },
  },
  pageSize: 100,
  largestPage: 999,
}

/** [Graph] namedLocation with what ipNamedLocation and countryNamedLocation add. */
export const namedLocations: GraphResource = {
  name: 'NamedLocation',
  type: 'microsoft.graph.namedLocation',
  directoryObject: false,
  properties: {
    ...identity,
    isTrusted: { type: 'boolean', filter: equality },
    ipRanges: complexes(),
    countriesAndRegions: strings(['any', 'eq']),
    countryLookupMethod: {
      type: 'enum',
      values: ['clientIpAddress', 'authenticatorAppGps'],
      filter: equality,
    },
    includeUnknownCountriesAndRegions: { type: 'boolean', filter: equality },
  },
  pageSize: 100,
  largestPage: 999,
}

/** [Graph] authenticationStrengthPolicy. */
export const authenticationStrengths: GraphResource = {
  name: 'AuthenticationStrengthPolicy',
  type: 'microsoft.graph.authenticationStrengthPolicy',
  directoryObject: false,
  properties: {
    ...identity,
    description: { type: 'string', filter: everything },
    policyType: { type: 'enum', values: ['builtIn', 'custom'], filter: equality },
    requirementsSatisfied: { type: 'enum', values: ['none', 'mfa'], filter: equality },
    allowedCombinations: strings(['any', 'eq']),
  },
  navigation: ['combinationConfigurations'],
  pageSize: 100,
  largestPage: 999,
}
