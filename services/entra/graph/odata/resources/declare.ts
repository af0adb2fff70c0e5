import type { FilterOperator, GraphProperties, GraphProperty, PropertyType } from '../graph-resource.ts'

export const equal: readonly FilterOperator[] = ['eq', 'in']
export const prefixed: readonly FilterOperator[] = ['eq', 'in', 'startswith']
export const ranged: readonly FilterOperator[] = ['eq', 'ge', 'le', 'in']
export const sought: readonly FilterOperator[] = ['eq', 'ge', 'le', 'in', 'startswith']
/** For collections whose elements are strings. */
export const anyPrefixed: readonly FilterOperator[] = ['any', 'eq', 'ge', 'le', 'startswith']
/** Outside the directory nothing asks for advanced query parameters. */
export const everything: readonly FilterOperator[] = [
  'eq',
  'ne',
  'gt',
  'ge',
  'lt',
  'le',
  'in',
  'startswith',
  'endswith',
  'contains',
]

export const moment: readonly FilterOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in']

/** Of a directory object: what is filtered by without further ado, and `ne` in advanced queries. */
export function filtered(type: PropertyType, filter: readonly FilterOperator[], more: Partial<GraphProperty> = {}) {
  return { type, filter, advancedFilter: ['ne'], ...more } as const satisfies GraphProperty
}

/** Of a directory object: filtered by in advanced queries only. */
export function advanced(type: PropertyType, filter: readonly FilterOperator[], more: Partial<GraphProperty> = {}) {
  return { type, advancedFilter: [...filter, 'ne'], ...more } as const satisfies GraphProperty
}

export function strings(filter: readonly FilterOperator[] = [], advancedFilter: readonly FilterOperator[] = []) {
  return { type: 'string', collection: true, filter, advancedFilter } as const satisfies GraphProperty
}

export function complex(properties: GraphProperties = {}): GraphProperty {
  return { type: 'complex', properties }
}

export function complexes(properties: GraphProperties = {}, filter: readonly FilterOperator[] = []): GraphProperty {
  return { type: 'complex', collection: true, properties, filter, advancedFilter: ['count'] }
}

/** Properties that answers have only when $select names them. */
export function onSelect(properties: GraphProperties): GraphProperties {
  const entries = Object.entries(properties)
  return Object.fromEntries(entries.map(([name, property]) => [name, { ...property, onlyOnSelect: true }]))
}

export function named(
  type: PropertyType,
  names: readonly string[],
  more: Partial<GraphProperty> = {},
): GraphProperties {
  return Object.fromEntries(names.map((name) => [name, { type, ...more }]))
}
