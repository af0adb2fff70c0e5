import { z } from 'zod'
import { ask, type Manage } from '../peers/ask.ts'

export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the version: `/applications`. */
  readonly path: string
  readonly body?: unknown
}

/**
 * An operation of Microsoft Graph as a program with every permission has it; all of its checks apply.
 * @throws LabError with Graph's sentence, and the reason as its detail
 */
export function graph<Schema extends z.ZodType>(
  manage: Manage,
  request: GraphRequest,
  schema: Schema,
): Promise<z.output<Schema>> {
  return ask(manage, { deployment: 'entra', path: '/graph', method: 'POST', json: request }, schema)
}

/** Every object of a set, page by page. */
export async function graphList<Schema extends z.ZodType>(
  manage: Manage,
  path: string,
  schema: Schema,
): Promise<readonly z.output<Schema>[]> {
  const page = z.object({ value: z.array(schema), '@odata.nextLink': z.string().optional() })
  const objects: z.output<Schema>[] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer: z.output<typeof page> = await graph(manage, { method: 'GET', path: next }, page)
    objects.push(...answer.value)
    next = answer['@odata.nextLink']?.replace(/^https:\/\/graph\.microsoft\.com\/[^/]+/, '')
  }
  return objects
}
