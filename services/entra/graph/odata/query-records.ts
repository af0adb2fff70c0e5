import { filterPredicate, type GraphRecord } from './filter-predicate.ts'
import { sortRecords } from './order-by.ts'
import type { CollectionQuery } from './read-query.ts'
import { searchPredicate } from './search-predicate.ts'
import type { SkipTokens } from './skip-token.ts'

export interface RecordPage<Item> {
  /** Whole; selectProperties takes from each what the answer shows. */
  readonly records: readonly Item[]
  /** `@odata.count`, on the first page only. */
  readonly count?: number | undefined
  /** For `@odata.nextLink`, unless this is the last page. */
  readonly skipToken?: string | undefined
}

export interface PagingScope {
  readonly skipTokens: SkipTokens
  /** The path of the collection: a token of `/users` does not page `/groups/{id}/members`. */
  readonly collection: string
}

/** Answers a query from records in their natural order. Throws GraphQueryError for a page token that is not its own. */
export function queryRecords<Item extends GraphRecord>(
  records: readonly Item[],
  query: CollectionQuery,
  { skipTokens, collection }: PagingScope,
): RecordPage<Item> {
  const scope = `${collection} ${query.identity}`
  const position = query.skipToken === undefined ? undefined : skipTokens.read(query.skipToken, scope)
  const matching = matchingRecords(records, query)
  const start = position ? startOfPage(matching, position) : query.skip
  const end = start + query.pageSize
  const page = matching.slice(start, end)
  const last = page.at(-1)
  const more = last !== undefined && end < matching.length
  return {
    records: page,
    count: query.count && !position ? matching.length : undefined,
    skipToken: more ? skipTokens.issue({ offset: end, after: idOf(last) }, scope) : undefined,
  }
}

function matchingRecords<Item extends GraphRecord>(records: readonly Item[], query: CollectionQuery): Item[] {
  const filter = query.filter && filterPredicate(query.filter)
  const search = query.search && searchPredicate(query.search)
  const found = records.filter((record) => (!filter || filter(record)) && (!search || search(record)))
  return query.orderBy.length > 0 ? sortRecords(found, query.orderBy) : found
}

/** Records that came or went since the last page neither repeat nor hide others, unless the last one itself is gone. */
function startOfPage(matching: readonly GraphRecord[], { offset, after }: { offset: number; after: string }): number {
  const index = after === '' ? -1 : matching.findIndex((record) => idOf(record) === after)
  return index === -1 ? offset : index + 1
}

function idOf({ id }: GraphRecord): string {
  return typeof id === 'string' ? id : ''
}

/** The URL of the next page: the same query with the token in place of an earlier one. */
export function nextLink(url: string, skipToken: string): string {
  const [path = '', query = ''] = url.split(/\?(.*)/s)
  const kept = query.split('&').filter((part) => part !== '' && !/^(?:\$|%24)?skiptoken=/i.test(part))
  return `${path}?${[...kept, `$skiptoken=${skipToken}`].join('&')}`
}
