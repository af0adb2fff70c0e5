import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { ignoredHeaders, type RequestFacts, requestFacts } from './request-facts.ts'
import type { ProxyRefusal, TrustedProxies } from './trust/trusted-proxies.ts'

/** Tells our own proxy that an administrator ended the trust, which the product leaves it to guess from the 401. */
export const proxyTrustHeader = 'fauxchange-proxy-trust'

/** Reads where a request comes from; a proxy has to prove itself with the certificate of its trust. */
export function requestFactsReader(proxies: TrustedProxies, whereabouts: DeploymentContext['whereabouts']) {
  return async (request: FastifyRequest): Promise<RequestFacts> => {
    const refusal = await proxies.judge(request)
    const ignored = refusal === undefined ? [] : ignoredHeaders(request.headers)
    if (ignored.length > 0) {
      const reason = `${ignored.join(', ')} ignored: ${refusal?.reason}`
      request.recording.note({ decision: 'proxyHeadersIgnored', reason })
    }
    return requestFacts({
      headers: request.headers,
      address: request.connection.address,
      standsAt: (person) => whereabouts.of(person),
      path: request.url.split('?')[0] ?? '/',
      correlationId: request.correlationId,
      provenProxy: refusal === undefined,
      direct: request.caller.zone === 'internet',
    })
  }
}

/**
 * A proxy without a trust gets nothing: what it passes on would otherwise count as coming from inside.
 * A client without a certificate that names itself a proxy merely says nothing that anybody believes.
 */
export function refuseStrangeProxies(proxies: TrustedProxies) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.headers['x-ms-proxy'] === undefined) return
    const refusal = await proxies.judge(request)
    if (refusal === undefined || refusal.kind === 'noCertificate') return
    request.recording.note({ decision: 'proxyRefused', reason: refusal.reason })
    return reply.code(401).headers(trustHeaders(refusal)).send('')
  }
}

export function trustHeaders(refusal: ProxyRefusal): Record<string, string> {
  return { [proxyTrustHeader]: refusal.kind }
}
