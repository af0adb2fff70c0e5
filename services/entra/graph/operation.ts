import type { GraphCaller } from './graph-caller.ts'
import type { GraphServices } from './graph-services.ts'
import type { QueryParameters } from './odata/read-query.ts'
import type { Needs } from './permissions.ts'

export type GraphMethod = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** One request, whether it came alone or in a batch. */
export interface GraphCall {
  readonly version: 'v1.0' | 'beta'
  /** Path and query below the version, as in a link to the next page. */
  readonly url: string
  /** The path as it was meant: `/users/{id}/memberOf`, `me` resolved. */
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly query: QueryParameters
  readonly headers: Readonly<Record<string, string | undefined>>
  /** JSON of the body; throws GraphError for what is none. */
  readonly body: () => Readonly<Record<string, unknown>>
  readonly caller: GraphCaller
}

export interface GraphAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export type GraphHandler = (services: GraphServices, call: GraphCall) => Promise<GraphAnswer>

/** A row of Graph: who may, and what happens. `{name}` in the path is a key. */
export interface Operation {
  readonly method: GraphMethod
  readonly path: string
  readonly needs: Needs
  readonly handle: GraphHandler
}

export function operation(method: GraphMethod, path: string, needs: Needs, handle: GraphHandler): Operation {
  return { method, path, needs, handle }
}

export const noContent: GraphAnswer = { status: 204 }

/** The value of a key in the path. */
export function key(call: GraphCall, name: string): string {
  return call.parameters[name] ?? ''
}
