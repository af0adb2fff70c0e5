import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ProtocolError } from '#shared/errors.ts'
import { discardBody } from '#shared/http/server.ts'
import { LabError } from '../errors.ts'

/** JSON in, JSON out: also for bodies that say they are something else, and for everything that fails. */
export function speakJson(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)))
    } catch {
      done(new LabError('invalidRequest', { message: 'The body is not JSON.' }))
    }
  })
  scope.all('/*', async (request) => {
    throw new LabError('unknownPath', { detail: `${request.method} ${pathOf(request)}` })
  })
  scope.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (error.statusCode === 413) await discardBody(request.raw)
    if (error instanceof ProtocolError) {
      request.recording.note({ decision: error.code, reason: error.reason })
      return writeError(error, reply)
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      request.recording.note({ decision: 'malformedRequest', reason: error.message })
      return reply.code(error.statusCode).send({ error: error.message })
    }
    request.log.error({ err: error, url: pathOf(request) }, 'crash')
    request.recording.note({ decision: 'crash', reason: String(error.stack ?? error) })
    return reply.code(500).send({ error: 'The lab failed; its log says why.' })
  })
}

/** No route and no scope has such a request: whoever speaks JSON elsewhere in the API hears it here, too. */
export function unreadablePath(path: string): { type: string; body: string } | undefined {
  if (!/^\/api(?:\/|$)/i.test(path)) return undefined
  const body = { error: 'The path is not valid percent-encoded UTF-8.', detail: path }
  return { type: 'application/json; charset=utf-8', body: JSON.stringify(body) }
}

function writeError(error: ProtocolError, reply: FastifyReply): FastifyReply {
  const detail = error instanceof LabError ? error.detail : undefined
  return reply.code(error.status).send({ error: error.message, ...(detail !== undefined && { detail }) })
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '/'
}
