import type { GraphRecord } from './filter-predicate.ts'
import { GraphQueryError } from './graph-query-error.ts'
import { findProperty, type GraphProperty, type GraphResource } from './graph-resource.ts'
import type { SearchClause, SearchExpression } from './parse-search.ts'
import { readSegments } from './read-record.ts'
import { unknownProperty } from './resolve-path.ts'
import { matchesWords, wordsOf } from './search-words.ts'

/** "The tokenized search support works only on the displayName and description fields." */
const tokenized = ['displayName', 'description']

/** Refuses properties that cannot be searched; gives the expression back in the spelling of the declaration. */
export function checkSearch(expression: SearchExpression, resource: GraphResource): SearchExpression {
  if (expression.kind === 'clause') return checkClause(expression, resource)
  return { kind: expression.kind, terms: expression.terms.map((term) => checkSearch(term, resource)) }
}

function checkClause(clause: SearchClause, resource: GraphResource): SearchClause {
  const found = findProperty(resource.properties, clause.property)
  if (!found) throw unknownProperty('', clause.property, resource.type)
  if (!isSearchable(found.property)) {
    const reason = `${found.name} of ${resource.type} cannot be searched: it is no string that can be filtered by`
    throw new GraphQueryError('filterUnsupported', {
      values: { property: found.name, resource: resource.name },
      reason,
    })
  }
  return { ...clause, property: found.name }
}

/** "Any property that can be used in $filter can also be used inside $search", if it is of type String. */
function isSearchable({ type, filter = [], advancedFilter = [] }: GraphProperty): boolean {
  return type === 'string' && filter.length + advancedFilter.length > 0
}

/** `expression` has been through checkSearch. */
export function searchPredicate(expression: SearchExpression): (record: GraphRecord) => boolean {
  if (expression.kind === 'clause') return clausePredicate(expression)
  const terms = expression.terms.map(searchPredicate)
  if (expression.kind === 'and') return (record) => terms.every((term) => term(record))
  return (record) => terms.some((term) => term(record))
}

function clausePredicate({ property, text }: SearchClause): (record: GraphRecord) => boolean {
  const test = tokenized.includes(property) ? wordTest(text) : prefixTest(text)
  return (record) => {
    const value = readSegments(record, [property])
    return (Array.isArray(value) ? value : [value]).some((each) => typeof each === 'string' && test(each))
  }
}

function wordTest(text: string): (value: string) => boolean {
  const sought = wordsOf(text)
  return (value) => matchesWords(value, sought)
}

/** "Fields other than displayName and description default to $filter startswith behavior." */
function prefixTest(text: string): (value: string) => boolean {
  const prefix = text.trim().toLowerCase()
  return (value) => value.toLowerCase().startsWith(prefix)
}
