import type { FastifyInstance } from 'fastify'
import { isPlainHttp } from '#shared/http/plain-http.ts'

/**
 * Port 80 of Exchange Online. AutoDiscover of a customer's domain leads to the one host whose certificate can be right
 * ("Autodiscover for Exchange": the HTTP redirect method); everything else to itself over TLS.
 */
export function addPlainHttpRedirects(app: FastifyInstance, onlineHost: string): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isPlainHttp(request)) return
    const isCustomers = request.hostname.toLowerCase().startsWith('autodiscover.')
    request.recording.note({ decision: 'redirectToHttps', reason: 'asked over plain HTTP' })
    return reply.redirect(`https://${isCustomers ? onlineHost : request.hostname}${request.url}`, 302)
  })
}
