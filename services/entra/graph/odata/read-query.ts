/*
 * The OData query options of Microsoft Graph: reads $filter, $search, $orderby, $select, $expand, $top, $skip, $count
 * and $skiptoken into a typed query that has been checked against the declaration of a resource type (GraphResource),
 * and answers it from plain records (queryRecords). Does not know URLs, stores or the envelope of an answer.
 * Everything refused is a GraphQueryError with Graph's code and text; what only the mock lacks is a Gap.
 * Sources: [OData URL] 4.01, "Use query parameters", "Advanced query capabilities on Microsoft Entra ID objects".
 */
import { checkFilter } from './check-filter.ts'
import { isAdvanced } from './check-operator.ts'
import type { FilterExpression } from './filter-expression.ts'
import { GraphQueryError, queryGap } from './graph-query-error.ts'
import type { AdvancedParameters, GraphResource } from './graph-resource.ts'
import { parseOrderBy, type SortKey } from './order-by.ts'
import { parseFilter } from './parse-filter.ts'
import { parseSearch, type SearchExpression } from './parse-search.ts'
import { checkSearch } from './search-predicate.ts'
import { parseExpand, parseSelect, type Selection } from './select.ts'

/** As Fastify gives the query string of a request. */
export type QueryParameters = Readonly<Record<string, string | readonly string[] | undefined>>

export interface CollectionQuery extends Selection {
  readonly filter?: FilterExpression | undefined
  readonly search?: SearchExpression | undefined
  readonly orderBy: readonly SortKey[]
  readonly pageSize: number
  readonly skip: number
  /** Whether the answer says how many records there are in all. */
  readonly count: boolean
  readonly skipToken?: string | undefined
  /** What a page token is bound to: the options that decide which records come in which order. */
  readonly identity: string
}

export interface QueryHeaders {
  /** Of the request header of that name. */
  readonly consistencyLevel?: string | undefined
}

const optionNames = [
  '$filter',
  '$search',
  '$orderby',
  '$select',
  '$expand',
  '$top',
  '$skip',
  '$count',
  '$skiptoken',
  '$format',
] as const

type OptionName = (typeof optionNames)[number]
type Options = Readonly<Partial<Record<OptionName, string>>>

/** What OData knows besides. */
const otherOptions = ['$apply', '$compute', '$deltatoken', '$levels', '$index', '$schemaversion']

/** For a collection. Throws GraphQueryError or Gap. */
export function readQuery(
  parameters: QueryParameters,
  resource: GraphResource,
  headers: QueryHeaders,
): CollectionQuery {
  const options = readOptions(parameters)
  const advanced: AdvancedParameters = {
    eventual: headers.consistencyLevel?.toLowerCase() === 'eventual',
    count: readCount(options.$count),
  }
  checkCombination(options, resource, advanced)
  return {
    filter: options.$filter === undefined ? undefined : checkFilter(parseFilter(options.$filter), resource, advanced),
    search: options.$search === undefined ? undefined : checkSearch(parseSearch(options.$search), resource),
    orderBy: options.$orderby === undefined ? [] : parseOrderBy(options.$orderby, resource, advanced),
    ...readSelection(options, resource),
    pageSize: readPageSize(options.$top, resource),
    skip: readSkip(options.$skip, resource),
    // "Advanced query capabilities": $count is silently ignored on directory objects without the header.
    count: advanced.count && (advanced.eventual || !resource.directoryObject),
    skipToken: options.$skiptoken,
    identity: JSON.stringify([resource.type, options.$filter, options.$search, options.$orderby, options.$skip]),
  }
}

/** For a single entity, which takes $select and $expand only. Throws GraphQueryError or Gap. */
export function readEntityQuery(parameters: QueryParameters, resource: GraphResource): Selection {
  const options = readOptions(parameters)
  const option = Object.keys(options).find((name) => !['$select', '$expand', '$format'].includes(name))
  if (option) throw new GraphQueryError('optionNotForEntity', { values: { option } })
  return readSelection(options, resource)
}

function readSelection({ $select, $expand }: Options, resource: GraphResource): Selection {
  return {
    select: $select === undefined ? undefined : parseSelect($select, resource),
    expand: $expand === undefined ? [] : parseExpand($expand, resource),
  }
}

/** The $ is optional, case does not matter; parameters that are no query options are ignored. */
function readOptions(parameters: QueryParameters): Options {
  const options: Partial<Record<OptionName, string>> = {}
  for (const [name, given] of Object.entries(parameters)) {
    if (given === undefined) continue
    const option = optionName(name)
    if (option === undefined) continue
    if (typeof given !== 'string' || options[option] !== undefined) {
      throw new GraphQueryError('duplicateOption', { values: { option } })
    }
    options[option] = given
  }
  return options
}

function optionName(name: string): OptionName | undefined {
  const lowered = name.toLowerCase()
  const option = optionNames.find((each) => each === lowered || each === `$${lowered}`)
  if (option || !name.startsWith('$')) return option
  if (otherOptions.includes(lowered)) throw queryGap(`the query option ${name}`)
  throw new GraphQueryError('unknownOption', { values: { option: name } })
}

function checkCombination(options: Options, { directoryObject, type }: GraphResource, advanced: AdvancedParameters) {
  if (options.$search !== undefined && !directoryObject) {
    const reason = `${type} is no directory object and cannot be searched`
    throw new GraphQueryError('unknownOption', { values: { option: '$search' }, reason })
  }
  if (!directoryObject) return
  if (options.$search !== undefined && !advanced.eventual) throw new GraphQueryError('searchNeedsHeader')
  if (options.$orderby !== undefined && options.$filter !== undefined && !isAdvanced(advanced)) {
    const reason = '$filter and $orderby together need the header ConsistencyLevel: eventual and $count=true'
    throw new GraphQueryError('sortingUnsupported', { reason })
  }
  if (options.$expand !== undefined && isAdvanced(advanced)) throw new GraphQueryError('expandUnsupported')
}

function readCount(value = 'false'): boolean {
  const lowered = value.toLowerCase()
  if (lowered !== 'true' && lowered !== 'false') throw new GraphQueryError('countNotValid', { values: { value } })
  return lowered === 'true'
}

/** Directory objects refuse a page that is too large, others give the largest they have. */
function readPageSize(value: string | undefined, { pageSize, largestPage, directoryObject }: GraphResource): number {
  if (value === undefined) return pageSize
  const size = readInteger('$top', value)
  if (directoryObject && (size < 1 || size > largestPage)) {
    throw new GraphQueryError('pageSizeNotValid', { values: { value, largest: largestPage } })
  }
  return Math.min(size, largestPage)
}

function readSkip(value: string | undefined, { directoryObject }: GraphResource): number {
  if (value === undefined) return 0
  if (directoryObject) throw new GraphQueryError('skipUnsupported')
  return readInteger('$skip', value)
}

function readInteger(option: '$top' | '$skip', value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw new GraphQueryError('integerNotValid', { values: { option, value } })
}
