import { z } from 'zod'
import { ProtocolError } from '#shared/errors.ts'
import type { GraphRequest } from './dispatch.ts'
import { errorBody } from './error-body.ts'
import { GraphError } from './graph-error.ts'
import type { GraphServices } from './graph-services.ts'
import type { GraphAnswer } from './operation.ts'

const itemSchema = z.object({
  id: z.string().min(1),
  method: z.string().min(1),
  url: z.string().min(1),
  headers: z.record(z.string(), z.string()).nullish(),
  body: z.unknown().optional(),
  dependsOn: z.array(z.string()).nullish(),
})

/** "Combine multiple HTTP requests using JSON batching": 20 at most, each with an answer of its own. */
const schema = z.object({ requests: z.array(itemSchema).min(1).max(20) })

type Item = z.output<typeof itemSchema>
type Dispatch = (services: GraphServices, request: GraphRequest) => Promise<GraphAnswer>

export async function answerBatch(
  services: GraphServices,
  request: GraphRequest,
  dispatch: Dispatch,
): Promise<GraphAnswer> {
  const responses: { id: string; status: number; headers: Readonly<Record<string, string>>; body: unknown }[] = []
  for (const item of readItems(request.body)) {
    const failed = (item.dependsOn ?? []).some((id) => responses.some((each) => each.id === id && each.status >= 400))
    const answer = failed ? failedDependency(services, item) : await answerItem(services, request, item, dispatch)
    // Clients look for this very spelling.
    const headers = { ...(answer.body !== undefined && { 'Content-Type': 'application/json' }), ...answer.headers }
    responses.push({ id: item.id, status: answer.status, headers, body: answer.body ?? null })
  }
  return { status: 200, body: { responses } }
}

function readItems(body: unknown): readonly Item[] {
  let value = body
  try {
    if (typeof body === 'string') value = JSON.parse(body)
  } catch {
    throw new GraphError('bodyUnreadable')
  }
  const read = schema.safeParse(value)
  if (!read.success) throw new GraphError('bodyInvalid', { values: { problem: z.prettifyError(read.error) } })
  return read.data.requests
}

async function answerItem(
  services: GraphServices,
  outer: GraphRequest,
  { method, url, headers, body }: Item,
  dispatch: Dispatch,
): Promise<GraphAnswer> {
  const lowered = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])
  const path = url.startsWith('/') ? url : `/${url}`
  try {
    if (path.startsWith('/$batch')) throw new GraphError('requestRefused', { values: { problem: 'Nested batch.' } })
    return await dispatch(services, {
      version: outer.version,
      method,
      url: path,
      query: queryOf(path),
      headers: Object.fromEntries(lowered),
      body,
      caller: outer.caller,
    })
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { status: error.status, body: errorBody(error, identityOf(services)) }
  }
}

function queryOf(path: string): Readonly<Record<string, string | readonly string[]>> {
  const parameters = new URLSearchParams(path.split(/\?(.*)/s)[1] ?? '')
  const names = [...new Set(parameters.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    }),
  )
}

function failedDependency(services: GraphServices, { id }: Item): GraphAnswer {
  const problem = `A request that request ${id} depends on has failed.`
  const error = new GraphError('requestRefused', { values: { problem } })
  return { status: 424, body: errorBody(error, identityOf(services)) }
}

function identityOf({ clock, random }: GraphServices) {
  return { now: clock.now(), requestId: random.uuid(), correlationId: random.uuid() }
}
