import { isAdvanced } from './check-operator.ts'
import type { GraphRecord } from './filter-predicate.ts'
import { GraphQueryError } from './graph-query-error.ts'
import { type AdvancedParameters, findProperty, type GraphProperty, type GraphResource } from './graph-resource.ts'
import { ordering, readSegments } from './read-record.ts'
import { unknownProperty } from './resolve-path.ts'

export interface SortKey {
  readonly segments: readonly string[]
  readonly descending: boolean
  readonly instants: boolean
}

/** `displayName desc, createdDateTime`; throws GraphQueryError. */
export function parseOrderBy(text: string, resource: GraphResource, advanced: AdvancedParameters): readonly SortKey[] {
  let position = 0
  return text.split(',').map((item) => {
    const key = parseKey(item, { text, position }, resource, advanced)
    position += item.length + 1
    return key
  })
}

interface Place {
  readonly text: string
  readonly position: number
}

function parseKey(item: string, place: Place, resource: GraphResource, advanced: AdvancedParameters): SortKey {
  const [path = '', direction = 'asc', ...rest] = item.trim().split(/\s+/)
  const known = direction.toLowerCase() === 'asc' || direction.toLowerCase() === 'desc'
  if (path === '' || !known || rest.length > 0) throw new GraphQueryError('syntaxError', { values: { ...place } })
  const { segments, property } = follow(path.split('/'), resource)
  checkSortable(path, property, resource, advanced)
  return { segments, descending: direction.toLowerCase() === 'desc', instants: property.type === 'dateTime' }
}

function follow(names: readonly string[], resource: GraphResource) {
  const segments: string[] = []
  let property: GraphProperty = { type: 'complex', properties: resource.properties }
  for (const name of names) {
    const found = findProperty(property.properties ?? {}, name)
    if (!found) throw unknownProperty('', name, [resource.type, ...segments].join('/'))
    segments.push(found.name)
    property = found.property
  }
  return { segments, property }
}

function checkSortable(path: string, property: GraphProperty, { type }: GraphResource, advanced: AdvancedParameters) {
  if (property.orderBy === 'default' || (property.orderBy === 'advanced' && isAdvanced(advanced))) return
  const reason = property.orderBy
    ? `${path} of ${type} is sorted by with the header ConsistencyLevel: eventual and $count=true only`
    : `${path} of ${type} cannot be sorted by`
  throw new GraphQueryError('sortingUnsupported', { reason })
}

/** Stable: records that no key tells apart keep their order. */
export function sortRecords<Item extends GraphRecord>(records: readonly Item[], keys: readonly SortKey[]): Item[] {
  return records.toSorted((left, right) => compareRecords(left, right, keys))
}

function compareRecords(left: GraphRecord, right: GraphRecord, keys: readonly SortKey[]): number {
  for (const { segments, descending, instants } of keys) {
    const order = ordering(readSegments(left, segments), readSegments(right, segments), instants)
    if (order < 0 || order > 0) return descending ? -order : order
  }
  return 0
}
