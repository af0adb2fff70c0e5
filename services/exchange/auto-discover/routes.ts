import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ProtocolError } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import { writeAuthenticationError } from '../authentication/authenticate-user.ts'
import type { ExchangeParts } from '../parts.ts'
import { AutoDiscoverError } from './auto-discover-error.ts'
import { answerPlain } from './plain-old-xml.ts'
import { answerSoap } from './soap.ts'
import { addFrontEndHeaders, answerVersionTwo, sendJson } from './version-two.ts'

/*
 * AutoDiscover: which servers a mailbox's client talks to. Version 2 in JSON for anybody, version 1 in XML and SOAP for
 * people who prove who they are. Owns where an address leads; the URLs themselves are configuration.
 * URLs: /autodiscover/autodiscover.{json,xml,svc}.
 */

/** What clients read even from a 401. */
const capabilities = { 'x-soap-enabled': 'True', 'x-oauth-enabled': 'True' }
const bodyLimit = 64 * 1024

export function addAutoDiscoverRoutes(scope: FastifyInstance, parts: ExchangeParts): void {
  surfaceErrors(scope, (error, _request, reply) => writeError(error, reply, parts))
  const versionTwo = (request: FastifyRequest, reply: FastifyReply) => answerVersionTwo(request, reply, parts)
  for (const path of ['', '/v1.0/:email']) scope.get(`/autodiscover/autodiscover.json${path}`, versionTwo)
  scope.register(async (xml) => {
    xml.removeAllContentTypeParsers()
    xml.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, done) => done(null, body))
    xml.addHook('onRequest', async (_request, reply) => {
      addFrontEndHeaders(reply, parts.config)
      reply.headers(capabilities)
    })
    for (const method of ['GET', 'POST'] as const) {
      const plain = '/autodiscover/autodiscover.xml'
      const soap = '/autodiscover/autodiscover.svc'
      xml.route({ method, url: plain, handler: (request, reply) => answerPlain(request, reply, parts) })
      xml.route({ method, url: soap, handler: (request, reply) => answerSoap(request, reply, parts) })
    }
  })
}

function writeError(error: ProtocolError, reply: FastifyReply, { config }: ExchangeParts): FastifyReply {
  if (error instanceof AutoDiscoverError)
    return sendJson(reply.code(error.status), { ErrorCode: error.code, ErrorMessage: error.message })
  const answered = writeAuthenticationError(error, reply, config)
  return answered ?? reply.code(error.status).type('text/plain; charset=utf-8').send(`${error.message}\n`)
}
