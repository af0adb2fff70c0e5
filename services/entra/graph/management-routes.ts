import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { AppCaller } from './graph-caller.ts'
import type { GraphServices } from './graph-services.ts'
import type { QueryParameters } from './odata/read-query.ts'
import { scopes } from './permissions.ts'

const requestSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PATCH', 'DELETE']),
  /** Below the version: `/applications?$top=5`. */
  path: z.string().startsWith('/'),
  body: z.record(z.string(), z.unknown()).optional(),
})

/**
 * Rows of the management port: an operation of Graph as a program with every permission would have it, with
 * all of Graph's checks, and what Conditional Access would decide about a sign-in that nobody makes.
 */
export function addGraphManagement(app: FastifyInstance, services: GraphServices): void {
  app.post('/graph', async (request, reply) => {
    const { method, path, body } = requestSchema.parse(request.body)
    const { dispatch } = await import('./dispatch.ts')
    const query = Object.fromEntries(new URL(path, 'https://graph.microsoft.com').searchParams) as QueryParameters
    const asked = { version: 'v1.0', method, url: path, query, headers: { consistencylevel: 'eventual' }, body, caller }
    const answer = await dispatch(services, asked)
    return reply.code(answer.status).send(answer.body)
  })
  app.post('/try/sign-in', async (request) => {
    const { trySignIn } = await import('./conditional-access/try-sign-in.ts')
    return trySignIn(services, request.body)
  })
}

const caller: AppCaller = {
  kind: 'app',
  appId: '',
  servicePrincipalId: '',
  claims: {},
  roles: new Set(Object.values(scopes).flat()),
}
