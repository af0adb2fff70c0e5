import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { surfaceErrors } from '#shared/http/server.ts'
import { errorBody } from './error-body.ts'
import { graphCaller, presentedBy } from './graph-caller.ts'
import { challengeOf, GraphError } from './graph-error.ts'
import type { GraphServices } from './graph-services.ts'
import type { QueryParameters } from './odata/read-query.ts'
import type { GraphAnswer } from './operation.ts'
import { userInfo } from './user-info.ts'

/*
 * graph.microsoft.com: the subset of Microsoft Graph that concerns identities, and the UserInfo endpoint.
 * Owns tokens for it, permissions, OData (odata/) and the shape of answers; the objects are other folders'.
 * One table of operations serves v1.0 and beta; what is not in it is a gap or no segment of Graph at all.
 */
export function addGraph(scope: FastifyInstance, services: GraphServices): void {
  const { clock } = services
  surfaceErrors(scope, (error, request, reply) => {
    if (error.status === 401) {
      const claims = error instanceof GraphError ? error.claims : undefined
      reply.header('www-authenticate', challengeOf({ claims, message: error.message }))
    }
    const identity = { now: clock.now(), requestId: request.id, correlationId: request.correlationId }
    return send(reply, { status: error.status, body: errorBody(error, identity) })
  })
  // A body is read by the operation that needs one, so that its refusal has Graph's shape.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  scope.addHook('onSend', async (request, reply) => {
    reply.header('request-id', request.id)
    reply.header('client-request-id', request.correlationId)
    reply.header('odata-version', '4.0')
    reply.header('x-ms-ags-diagnostic', '{"ServerInfo":{"DataCenter":"Fauxchange","Slice":"E","Ring":"1"}}')
    allowEveryOrigin(request, reply)
  })
  scope.options('/*', async (_request, reply) => reply.code(204).send())
  scope.route({ method: ['GET', 'POST'], url: '/oidc/userinfo', handler: userInfo(services) })
  scope.route({
    method: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
    url: '/:version/*',
    handler: async (request, reply) => answer(services, request as VersionedRequest, reply),
  })
}

type VersionedRequest = FastifyRequest<{ Params: { version: string } }>

async function answer(services: GraphServices, request: VersionedRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = await graphCaller(services, presentedBy(request))
  const { version } = request.params
  const url = request.url.slice(version.length + 1)
  request.recording.note({
    decision: `graph: ${request.method} ${url.split('?')[0]}`,
    ...(caller.kind === 'user' && { user: caller.person.userPrincipalName }),
    detail: { client: caller.appId, as: caller.kind },
  })
  // The rows and what they use are loaded with the first request.
  const { dispatch } = await import('./dispatch.ts')
  const query = request.query as QueryParameters
  const headers = request.headers as Readonly<Record<string, string | undefined>>
  return send(
    reply,
    await dispatch(services, { version, method: request.method, url, query, headers, body: request.body, caller }),
  )
}

const jsonType = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

function send(reply: FastifyReply, { status, body, headers = {} }: GraphAnswer): FastifyReply {
  reply.code(status).headers(headers)
  if (body === undefined) return reply.send()
  if (typeof body === 'string') return reply.send(body)
  return reply.type(jsonType).send(JSON.stringify(body))
}

/** "Microsoft Graph supports CORS": scripts of every page may call it with a token. */
function allowEveryOrigin(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.origin === undefined) return
  reply.header('access-control-allow-origin', '*')
  reply.header('access-control-expose-headers', 'ETag, Location, request-id, client-request-id, WWW-Authenticate')
  if (request.method !== 'OPTIONS') return
  reply.header('access-control-allow-methods', 'GET, POST, PATCH, PUT, DELETE, OPTIONS')
  reply.header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
  reply.header('access-control-max-age', '3600')
}
