import type { GraphRecord } from './filter-predicate.ts'
import { GraphQueryError, queryGap } from './graph-query-error.ts'
import { findProperty, type GraphProperties, type GraphResource } from './graph-resource.ts'
import { unknownProperty } from './resolve-path.ts'

const clause = 'Parsing OData Select and Expand failed: '

/** Names in the spelling of the declaration; undefined for `*`. Throws GraphQueryError or Gap. */
export function parseSelect(text: string, resource: GraphResource): readonly string[] | undefined {
  const names = splitNames(text)
  if (names.includes('*')) return undefined
  return [...new Set(names.map((name) => propertyName(name, resource)))]
}

function propertyName(name: string, resource: GraphResource): string {
  if (name.includes('/')) throw queryGap(`$select of a part of a property (${name})`)
  const found = findProperty(resource.properties, name)?.name ?? relationship(name, resource)
  if (found === undefined) throw unknownProperty(clause, name, resource.type)
  return found
}

/** Names of relationships, without options of their own. Throws GraphQueryError or Gap. */
export function parseExpand(text: string, resource: GraphResource): readonly string[] {
  if (/[(/]/.test(text)) throw queryGap('$expand with options or paths')
  const names = splitNames(text).map((name) => {
    const found = relationship(name, resource)
    if (found === undefined) throw unknownProperty(clause, name, resource.type)
    return found
  })
  // "Use query parameters": "Only one relationship can be expanded in a single request."
  if (resource.directoryObject && new Set(names).size > 1) throw new GraphQueryError('oneExpansion')
  return [...new Set(names)]
}

function relationship(name: string, { navigation = [] }: GraphResource): string | undefined {
  return navigation.find((each) => each.toLowerCase() === name.toLowerCase())
}

function splitNames(text: string): readonly string[] {
  let position = 0
  return text.split(',').map((item) => {
    const name = item.trim()
    if (name === '') throw new GraphQueryError('syntaxError', { values: { clause, position, text } })
    position += item.length + 1
    return name
  })
}

export interface Selection {
  readonly select?: readonly string[] | undefined
  readonly expand: readonly string[]
}

/** What of a record goes into the answer: without $select what the type gives by default; annotations always. */
export function selectProperties(record: GraphRecord, { select, expand }: Selection, resource: GraphResource) {
  const chosen = new Set([...(select ?? defaultNames(resource.properties)), ...expand])
  return Object.fromEntries(Object.entries(record).filter(([name]) => name.startsWith('@') || chosen.has(name)))
}

function defaultNames(properties: GraphProperties): readonly string[] {
  return Object.keys(properties).filter((name) => !properties[name]?.onlyOnSelect)
}
