import type { Path } from './filter-expression.ts'
import { filterClause } from './filter-tokens.ts'
import { GraphQueryError } from './graph-query-error.ts'
import { findProperty, type GraphProperties, type GraphProperty, type GraphResource } from './graph-resource.ts'

/** What a lambda variable stands for. */
export interface BoundVariable {
  readonly name: string
  readonly element: GraphProperty
  /** The collection, as errors name it. */
  readonly collection: string
}

export interface ResolvedPath {
  /** In the spelling of the declaration. */
  readonly path: Path
  readonly property: GraphProperty
  /** As errors name it. */
  readonly name: string
}

export function resolvePath(path: Path, resource: GraphResource, variables: readonly BoundVariable[]): ResolvedPath {
  const variable = variables.findLast((each) => each.name === path.variable)
  if (!variable) return follow(path, { type: 'complex', properties: resource.properties }, resource.type, '')
  return follow(path, variable.element, variable.collection, variable.collection)
}

function follow(path: Path, start: GraphProperty, startType: string, startName: string): ResolvedPath {
  const segments: string[] = []
  let property = start
  let type = startType
  for (const segment of path.segments) {
    const found = findProperty(ownProperties(property), segment)
    if (!found) throw unknownProperty(filterClause, segment, type)
    segments.push(found.name)
    property = found.property
    type = `${type}/${found.name}`
  }
  return { path: { ...path, segments }, property, name: segments.at(-1) ?? startName }
}

/** A collection has no properties of its own: its elements have. */
function ownProperties({ collection, properties = {} }: GraphProperty): GraphProperties {
  return collection ? {} : properties
}

export function unknownProperty(clause: string, property: string, type: string): GraphQueryError {
  return new GraphQueryError('unknownProperty', { values: { clause, property, type } })
}
