import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { DeepReadonly } from '#shared/scenario/world.ts'
import { LabError, type LabErrorCode } from '../errors.ts'

/** What a handler is given: the parts of the request in the shapes of its row. */
export interface ApiInput<Parameters, Query, Body> {
  readonly parameters: Parameters
  readonly query: Query
  readonly body: Body
  readonly request: FastifyRequest
}

type ObjectSchema = z.ZodObject<z.core.$ZodLooseShape>

/** One operation; the document at /api/openapi.json and the checks of the input are made of the same row. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As in OpenAPI: `/api/mfa/{upn}`. */
  readonly path: `/api/${string}`
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly parameters: ObjectSchema
  readonly query: ObjectSchema
  readonly body: z.ZodType | undefined
  readonly status: number
  readonly answer: z.ZodType
  readonly refusals: readonly LabErrorCode[]
  readonly handle: (input: ApiInput<never, never, never>) => Promise<unknown>
}

interface RouteRow<P extends ObjectSchema, Q extends ObjectSchema, B extends z.ZodType, A extends z.ZodType>
  extends Pick<ApiRoute, 'method' | 'path' | 'name' | 'summary' | 'description'> {
  readonly parameters?: P
  readonly query?: Q
  readonly body?: B
  readonly status?: number
  readonly answer: A
  readonly refusals?: readonly LabErrorCode[]
  readonly handle: (input: ApiInput<z.output<P>, z.output<Q>, z.output<B>>) => Promise<DeepReadonly<z.input<A>>>
}

export function apiRoute<
  A extends z.ZodType,
  P extends ObjectSchema = z.ZodObject<Record<never, never>>,
  Q extends ObjectSchema = z.ZodObject<Record<never, never>>,
  B extends z.ZodType = z.ZodUndefined,
>(row: RouteRow<P, Q, B, A>): ApiRoute {
  return {
    parameters: z.strictObject({}),
    query: z.strictObject({}),
    body: undefined,
    status: 200,
    refusals: [],
    ...row,
    handle: row.handle as ApiRoute['handle'],
  }
}

/** `scope` has the prefix /api. */
export function registerApiRoutes(scope: FastifyInstance, routes: readonly ApiRoute[]): void {
  for (const route of routes) {
    scope.route({
      method: route.method,
      url: route.path.slice('/api'.length).replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: async (request, reply) => reply.code(route.status).send(await answer(route, request)),
    })
  }
}

function answer(route: ApiRoute, request: FastifyRequest): Promise<unknown> {
  const input = {
    parameters: read(route.parameters, request.params, 'path'),
    query: read(route.query, request.query, 'query'),
    body: route.body && read(route.body, request.body ?? undefined, 'body'),
    request,
  }
  return route.handle(input as ApiInput<never, never, never>)
}

/** @throws LabError that lists every problem. */
export function read<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => ({
    at: [where, ...path.map(String)].join('.'),
    message,
  }))
  throw new LabError('invalidRequest', { detail: problems })
}
