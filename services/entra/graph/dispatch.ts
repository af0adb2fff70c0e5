import { answerBatch } from './batch.ts'
import type { GraphCaller } from './graph-caller.ts'
import { GraphError } from './graph-error.ts'
import type { GraphServices } from './graph-services.ts'
import { matchOperation, pathSegments } from './match-operation.ts'
import { GraphQueryError } from './odata/graph-query-error.ts'
import type { QueryParameters } from './odata/read-query.ts'
import type { GraphAnswer, GraphCall, GraphMethod } from './operation.ts'
import { operations } from './operations.ts'
import { requirePermission } from './permissions.ts'

/** A request to Graph, from the wire or out of a batch. */
export interface GraphRequest {
  readonly version: string
  readonly method: string
  /** Path and query below the version. */
  readonly url: string
  readonly query: QueryParameters
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: unknown
  readonly caller: GraphCaller
}

/** Finds the row of a request, checks who may, and lets it answer. Throws GraphError, GraphQueryError or Gap. */
export async function dispatch(services: GraphServices, request: GraphRequest): Promise<GraphAnswer> {
  const version = knownVersion(request.version)
  const written = pathSegments(request.url.split('?')[0] ?? '')
  if (written[0] === '$batch' && request.method === 'POST') return answerBatch(services, request, dispatch)
  const segments = withoutMe(written, request.caller)
  if (segments.at(-1) === '$count') return answerCount(services, request)
  const { operation, parameters } = matchOperation(operations, methodOf(request.method), segments)
  requirePermission(operation.needs, request.caller, isOwn(segments, request.caller))
  const call: GraphCall = {
    version,
    url: request.url,
    path: `/${segments.join('/')}`,
    parameters,
    query: request.query,
    headers: request.headers,
    body: () => readBody(request.body),
    caller: request.caller,
  }
  return operation.handle(services, call)
}

function knownVersion(version: string): GraphCall['version'] {
  const lowered = version.toLowerCase()
  if (lowered === 'v1.0' || lowered === 'beta') return lowered
  throw new GraphError('versionUnknown', { values: { version } })
}

const methods: readonly GraphMethod[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

function methodOf(method: string): GraphMethod {
  const found = methods.find((each) => each === method.toUpperCase())
  if (!found) throw new GraphError('methodNotAllowed')
  return found
}

/** `me` is the person of the token. */
function withoutMe(segments: readonly string[], caller: GraphCaller): readonly string[] {
  if (segments[0]?.toLowerCase() !== 'me') return segments
  if (caller.kind !== 'user') throw new GraphError('delegatedOnly', { reason: 'the token is of an application' })
  return ['users', caller.person.objectId, ...segments.slice(1)]
}

function isOwn([set = '', id = '']: readonly string[], caller: GraphCaller): boolean {
  if (caller.kind !== 'user' || set.toLowerCase() !== 'users') return false
  const { objectId, userPrincipalName } = caller.person
  return [objectId, userPrincipalName].some((own) => own.toLowerCase() === id.toLowerCase())
}

/** `/users/$count`: the number alone. */
async function answerCount(services: GraphServices, request: GraphRequest): Promise<GraphAnswer> {
  const url = request.url.replace(/\/\$count(?=\?|$)/, '')
  const query = { ...request.query, $count: 'true', $top: '1' }
  const { body } = await dispatch(services, { ...request, url, query })
  const count = (body as Readonly<Record<string, unknown>>)['@odata.count']
  if (count === undefined) {
    const reason = '$count as a segment needs the header ConsistencyLevel: eventual'
    throw new GraphQueryError('queryUnsupported', { reason })
  }
  return { status: 200, body: String(count), headers: { 'content-type': 'text/plain' } }
}

/** A body comes as text from the wire and as an object out of a batch. */
function readBody(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null || body === '') throw new GraphError('bodyEmpty')
  const value = typeof body === 'string' ? parsed(body) : body
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new GraphError('bodyUnreadable')
  return value as Readonly<Record<string, unknown>>
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new GraphError('bodyUnreadable', { reason: String(error) })
  }
}
