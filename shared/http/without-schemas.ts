import type { FastifyServerOptions } from 'fastify'

/** No route has a schema, since zod reads what comes in; so Fastify need not load what compiles schemas. */
export const withoutSchemas: Pick<FastifyServerOptions, 'schemaController'> = {
  schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
}

function noCompiler(): never {
  throw new Error('Routes have no schemas here: the handler reads its input.')
}
