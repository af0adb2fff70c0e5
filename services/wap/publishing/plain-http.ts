import type { FastifyReply, FastifyRequest } from 'fastify'
import { isPlainHttp } from '#shared/http/plain-http.ts'
import { WapError } from '../errors.ts'
import type { FederationService } from '../federation-service.ts'
import { matchApplication } from './match-application.ts'

/** Port 80: where EnableHTTPRedirect says so, to the same URL over TLS; nothing else is answered there. */
export function redirectPlainHttp(federation: FederationService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (!isPlainHttp(request)) return undefined
    const [path = '/'] = request.url.split('?', 1)
    const { applications } = await federation.configuration()
    const application = matchApplication(applications, { host: request.hostname, path })
    if (!application?.enableHttpRedirect) {
      throw new WapError('notPublished', `nothing redirects http://${request.hostname}${path} to https`)
    }
    request.recording.note({ decision: 'redirectToHttps', reason: application.name })
    return reply.redirect(`https://${request.hostname}${request.url}`, 307)
  }
}
