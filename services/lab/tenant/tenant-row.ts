import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { ask, type Manage } from '../peers/ask.ts'

type ObjectSchema = z.ZodObject<z.core.$ZodLooseShape>

/** An operation of the API that Entra ID's management port carries out as it is. */
export interface TenantRow {
  readonly method: ApiRoute['method']
  readonly path: ApiRoute['path']
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly parameters?: ObjectSchema
  readonly body?: z.ZodType
  readonly status?: number
  /** An empty object where Entra ID answers with nothing. */
  readonly answer?: z.ZodType
  /** The path of the management port; the one of the API without its prefix when left out. */
  readonly at?: (parameters: Readonly<Record<string, string>>) => string
}

export const upnParameters = z.strictObject({ upn: z.string().min(1).describe('The user principal name.') })

export function tenantRow(manage: Manage, row: TenantRow): ApiRoute {
  const { method, path, at, answer = z.object({}), body, ...facts } = row
  return apiRoute({
    ...facts,
    method,
    path,
    parameters: row.parameters ?? z.strictObject({}),
    ...(body && { body }),
    answer,
    refusals: ['notFound', 'conflict', 'deploymentUnreachable'],
    handle: async ({ parameters, body: json, request }) => {
      const given = parameters as Readonly<Record<string, string>>
      const target = at?.(given) ?? managementPath(path, given)
      const wanted = z.union([answer, z.undefined()])
      const told = await ask(manage, { deployment: 'entra', path: target, method, json }, wanted)
      if (method !== 'GET') noteChange(request, row.name, given)
      return told ?? {}
    },
  })
}

function managementPath(path: string, parameters: Readonly<Record<string, string>>): string {
  const own = path.slice('/api'.length)
  return own.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''))
}

/** What was changed, for the journal; never the values, among which may be secrets. */
export function noteChange(
  request: Pick<FastifyRequest, 'recording'>,
  decision: string,
  { upn, ...about }: Readonly<Record<string, string>>,
): void {
  request.recording.note({ decision, ...(upn !== undefined && { user: upn }), detail: about })
}
