import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Gap, type ProtocolError } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import { writeAuthenticationError } from '../authentication/authenticate-user.ts'
import type { ExchangeParts } from '../parts.ts'
import { setBackEnd } from '../server-headers.ts'
import type { WebServicesParts } from './call.ts'
import { WebServicesBlocked, type WebServicesError } from './web-services-error.ts'

/*
 * Exchange Web Services: SOAP requests on one URL, one file for each operation.
 * Owns envelopes, ids and change keys, shapes of items and sync states; what a mailbox holds is the mailbox store's,
 * who calls is `authentication/`. The code is loaded with the first request.
 * URLs: /EWS/Exchange.asmx, and below it /s/GetUserPhoto.
 */
const path = '/EWS/Exchange.asmx'
const bodyLimit = 35 * 1024 * 1024
const readme = 'services/exchange/README.md'

export function addWebServices(scope: FastifyInstance, parts: WebServicesParts): void {
  surfaceErrors(scope, (error, _request, reply) => writeError(error, reply, parts))
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, done) => done(null, body))
  scope.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'cache-control': 'private',
      'request-id': request.id,
      'x-feserver': parts.config.servers[0] ?? '',
      'x-aspnet-version': '4.0.30319',
      'x-powered-by': 'ASP.NET',
    })
  })
  scope.route({ method: 'POST', url: path, bodyLimit, handler: (request, reply) => answer(parts, request, reply) })
  scope.get(`${path}/s/GetUserPhoto`, async (request, reply) => {
    const { answerPhoto } = await import('./user-photo.ts')
    return answerPhoto(parts, request, reply)
  })
  const elsewhere = async (request: FastifyRequest) => {
    const { whoCalls } = await import('./who-calls.ts')
    await whoCalls(parts, request)
    throw new Gap('this page of Exchange Web Services', readme)
  }
  const others = ['GET', 'OPTIONS', 'PUT', 'DELETE'] as const
  scope.route({ method: [...others], url: path, handler: elsewhere })
  for (const url of ['/EWS', '/EWS/*']) scope.route({ method: [...others, 'POST'], url, handler: elsewhere })
}

async function answer(parts: WebServicesParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { runRequest } = await import('./run-request.ts')
  const { status, body, mailboxId } = await runRequest(parts, request)
  if (mailboxId !== undefined) setBackEnd(reply, parts.config, mailboxId)
  return reply.code(status).type('text/xml; charset=utf-8').send(body)
}

function writeError(
  error: ProtocolError | WebServicesError,
  reply: FastifyReply,
  { config }: ExchangeParts,
): FastifyReply {
  if (error instanceof WebServicesBlocked) return reply.code(error.status).headers(error.headers).send()
  if (error.status === 401 && config.location === 'onPremises') reply.header('x-owa-version', config.version)
  return (
    writeAuthenticationError(error, reply, config) ??
    reply.code(error.status).type('text/plain; charset=utf-8').send(`${error.message}\n`)
  )
}
