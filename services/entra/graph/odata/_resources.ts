import type { FilterOperator, GraphProperty, GraphResource } from './graph-resource.ts'

const range: readonly FilterOperator[] = ['eq', 'ge', 'le', 'in', 'startswith']

function text(more: Partial<GraphProperty> = {}): GraphProperty {
  return { type: 'string', filter: range, advancedFilter: ['ne'], ...more }
}

/** A type with one property of every sort, that takes everything by default; the rules of directory objects off. */
export const item: GraphResource = {
  name: 'Item',
  type: 'microsoft.graph.item',
  directoryObject: false,
  pageSize: 3,
  largestPage: 1000,
  navigation: ['owner', 'parts'],
  properties: {
    id: { type: 'string', filter: ['eq', 'in'] },
    name: {
      type: 'string',
      filter: ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in', 'startswith', 'endswith', 'contains'],
      orderBy: 'default',
    },
    state: { type: 'enum', values: ['enabled', 'disabled'], filter: ['eq', 'ne', 'in'] },
    active: { type: 'boolean', filter: ['eq', 'ne', 'in'], orderBy: 'default' },
    size: { type: 'number', filter: ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in'], orderBy: 'default' },
    made: { type: 'dateTime', filter: ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in'], orderBy: 'default' },
    sku: { type: 'guid', filter: ['eq', 'ne', 'in'] },
    status: {
      type: 'complex',
      properties: {
        errorCode: { type: 'number', filter: ['eq', 'ne', 'gt', 'in'], orderBy: 'default' },
        place: { type: 'complex', properties: { city: { type: 'string', filter: ['eq', 'startswith'] } } },
      },
    },
    tags: { type: 'string', collection: true, filter: ['any', 'count', 'eq', 'ne', 'in', 'startswith', 'endswith'] },
    parts: {
      type: 'complex',
      collection: true,
      filter: ['any'],
      properties: {
        code: { type: 'string', filter: ['eq', 'startswith'] },
        weight: { type: 'number', filter: ['eq', 'gt', 'le'] },
        labels: { type: 'string', collection: true, filter: ['any', 'eq'] },
      },
    },
    secret: { type: 'string', onlyOnSelect: true },
  },
}

/** "Advanced query capabilities": what users take, of the properties below. */
export const user: GraphResource = {
  name: 'User',
  type: 'microsoft.graph.user',
  directoryObject: true,
  pageSize: 100,
  largestPage: 999,
  navigation: ['manager', 'memberOf'],
  properties: {
    id: { type: 'string', filter: ['eq', 'in'], advancedFilter: ['ne'] },
    displayName: text({ filter: ['eq', 'in', 'startswith'], orderBy: 'default' }),
    userPrincipalName: text({ advancedFilter: ['ne', 'endswith'], orderBy: 'default' }),
    mail: text({ advancedFilter: ['ne', 'endswith'] }),
    mobilePhone: { type: 'string', advancedFilter: ['eq', 'ne', 'ge', 'le', 'in', 'startswith'] },
    aboutMe: { type: 'string', onlyOnSelect: true },
    accountEnabled: { type: 'boolean', filter: ['eq', 'in'], advancedFilter: ['ne', 'ge', 'le'] },
    createdDateTime: {
      type: 'dateTime',
      filter: ['eq', 'ge', 'le'],
      advancedFilter: ['ne', 'in'],
      orderBy: 'advanced',
    },
    proxyAddresses: {
      type: 'string',
      collection: true,
      filter: ['any', 'eq', 'startswith'],
      advancedFilter: ['ne', 'endswith', 'count'],
    },
    assignedLicenses: {
      type: 'complex',
      collection: true,
      filter: ['any'],
      advancedFilter: ['count'],
      properties: { skuId: { type: 'guid', filter: ['eq'] } },
    },
    identities: {
      type: 'complex',
      collection: true,
      filter: ['any'],
      properties: {
        issuer: { type: 'string', filter: ['eq'] },
        issuerAssignedId: { type: 'string', filter: ['eq'] },
      },
    },
  },
}
