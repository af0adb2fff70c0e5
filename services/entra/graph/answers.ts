import { Gap } from '#shared/errors.ts'
import { GraphError } from './graph-error.ts'
import type { GraphServices } from './graph-services.ts'
import type { GraphRecord } from './odata/filter-predicate.ts'
import type { GraphResource } from './odata/graph-resource.ts'
import { nextLink, queryRecords } from './odata/query-records.ts'
import { readEntityQuery, readQuery } from './odata/read-query.ts'
import { type Selection, selectProperties } from './odata/select.ts'
import type { GraphAnswer, GraphCall } from './operation.ts'

const base = 'https://graph.microsoft.com'

export interface CollectionView {
  readonly resource: GraphResource
  /** As $metadata names the set: `users`, `identity/conditionalAccess/policies`. */
  readonly set: string
  readonly records: readonly GraphRecord[]
  /** What $expand adds, by the name of the relationship; the others are gaps. */
  readonly expand?: Expansions | undefined
  /** Completes the records of a page, for what is too dear to work out for all. */
  readonly complete?: ((record: GraphRecord) => Promise<GraphRecord>) | undefined
}

export type Expansions = Readonly<Record<string, (record: GraphRecord) => Promise<unknown>>>

/** A page of a collection, as the query asks for it. */
export async function answerCollection(
  { skipTokens }: Pick<GraphServices, 'skipTokens'>,
  call: GraphCall,
  view: CollectionView,
): Promise<GraphAnswer> {
  const { resource, set } = view
  const query = readQuery(call.query, resource, { consistencyLevel: call.headers.consistencylevel })
  const page = queryRecords(view.records, query, { skipTokens, collection: `${call.version}${call.path}` })
  const value = await Promise.all(page.records.map((record) => shown(record, query, view)))
  const next = page.skipToken === undefined ? {} : { '@odata.nextLink': nextLink(linkOf(call), page.skipToken) }
  return {
    status: 200,
    body: {
      '@odata.context': `${contextOf(call, set)}${selectedNames(query)}`,
      ...(page.count !== undefined && { '@odata.count': page.count }),
      ...next,
      value,
    },
  }
}

export interface EntityView {
  readonly resource: GraphResource
  readonly set: string
  readonly record: GraphRecord
  readonly expand?: Expansions | undefined
  readonly status?: number | undefined
}

export async function answerEntity(call: GraphCall, view: EntityView): Promise<GraphAnswer> {
  const { resource, set, record, status = 200 } = view
  const selection = readEntityQuery(status === 200 ? call.query : {}, resource)
  const body = await shown(record, selection, view)
  const location = `${base}/${call.version}/${set}/${record.id}`
  return {
    status,
    body: { '@odata.context': `${contextOf(call, set)}${selectedNames(selection)}/$entity`, ...body },
    ...(status === 201 && { headers: { location } }),
  }
}

/** The value of an action or a function. */
export function answerValue(call: GraphCall, type: string, value: unknown): GraphAnswer {
  return { status: 200, body: { '@odata.context': contextOf(call, type), value } }
}

export function contextOf({ version }: Pick<GraphCall, 'version'>, set: string): string {
  return `${base}/${version}/$metadata#${set}`
}

function linkOf({ version, url }: GraphCall): string {
  return `${base}/${version}${url}`
}

function selectedNames({ select }: Selection): string {
  return select ? `(${select.join(',')})` : ''
}

interface Shown {
  readonly resource: GraphResource
  readonly expand?: Expansions | undefined
  readonly complete?: CollectionView['complete']
}

async function shown(record: GraphRecord, selection: Selection, view: Shown): Promise<GraphRecord> {
  const completed = view.complete ? await view.complete(record) : record
  const expanded = await Promise.all(
    selection.expand.map(async (name) => {
      const read = view.expand?.[name]
      if (!read) throw new Gap(`$expand=${name} of ${view.resource.type}`, 'services/entra/README.md')
      return [name, await read(completed)] as const
    }),
  )
  return selectProperties({ ...completed, ...Object.fromEntries(expanded) }, selection, view.resource)
}

/** @throws GraphError where there is nothing of that id. */
export function found<T>(object: T | undefined, id: string): T {
  if (object === undefined) throw new GraphError('notFound', { values: { id } })
  return object
}
