import { z } from 'zod'
import { LabError, type LabErrorCode } from '../errors.ts'
import type { ApiRoute } from './route.ts'

type JsonSchema = Readonly<Record<string, unknown>>

export const errorSchema = z.object({
  error: z.string().describe('What went wrong, for people.'),
  detail: z.unknown().describe('What exactly, per field or per deployment.').optional(),
})

/** OpenAPI 3.1 of the given rows. */
export function openApiDocument(routes: readonly ApiRoute[]): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Fauxchange lab',
      version: '1',
      summary: 'What the real products do not have: reset, clock, simulated phones, journal, faults.',
      description:
        'For programs on this machine. Requests with a foreign Host or Origin are refused; there is no sign-in. Bodies are read as JSON whatever their Content-Type says.',
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: { Error: schemaOf(errorSchema, 'output') } },
  }
}

function operation(route: ApiRoute): JsonSchema {
  return {
    operationId: route.name,
    summary: route.summary,
    ...(route.description && { description: route.description }),
    parameters: [...parameters(route.parameters, 'path'), ...parameters(route.query, 'query')],
    ...(route.body && {
      requestBody: {
        required: !route.body.safeParse(undefined).success,
        content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
      },
    }),
    responses: {
      [route.status]: {
        description: 'Done.',
        content: { 'application/json': { schema: schemaOf(route.answer, 'input') } },
      },
      ...refusals(route),
    },
  }
}

function parameters(schema: ApiRoute['query'], where: 'path' | 'query'): readonly JsonSchema[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, { description?: string }>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(description && { description }),
    schema: property,
  }))
}

function refusals(route: ApiRoute): JsonSchema {
  const codes: readonly LabErrorCode[] = [
    'foreignOrigin',
    'foreignHost',
    // Whatever it takes, a query that it does not know and a body that is no JSON are told.
    'invalidRequest',
    ...route.refusals,
  ]
  const byStatus = Map.groupBy(codes, (code) => new LabError(code).status)
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      { description: [...new Set(group)].map((code) => new LabError(code).message).join(' Or: '), content },
    ]),
  )
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: withoutNoise })
  return rest
}

/** What says nothing to a reader: the pattern behind a format, the limits of a double. */
function withoutNoise({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}
