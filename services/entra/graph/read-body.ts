import type { z } from 'zod'
import { GraphError, type GraphErrorKey } from './graph-error.ts'
import type { GraphCall } from './operation.ts'

/** A body in the shape of `schema`; annotations are for the client's own use. Throws GraphError in the directory's words. */
export function readBody<Schema extends z.ZodType>(
  call: GraphCall,
  schema: Schema,
  resource: string,
): z.output<Schema> {
  const read = schema.safeParse(withoutAnnotations(call.body()))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw bodyError(issue, resource)
}

type Issue = z.ZodError['issues'][number]

function bodyError(issue: Issue | undefined, resource: string): GraphError {
  if (!issue) return new GraphError('bodyUnreadable')
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    const values = { property: [...path, issue.keys[0] ?? ''].join('/') }
    return new GraphError('propertyUnknown', { values, reason: `${values.property} of ${resource} cannot be set here` })
  }
  const values = { property: path.join('/'), resource }
  return new GraphError(keyOf(issue), { values, reason: `${values.property}: ${issue.message}` })
}

function keyOf(issue: Issue): GraphErrorKey {
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return missing ? 'propertyRequired' : 'propertyInvalid'
}

export function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !name.includes('@odata.'))
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutAnnotations(inner)]))
}
