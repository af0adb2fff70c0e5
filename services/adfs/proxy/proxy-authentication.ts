import type { FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { type IssuedLeaves, MachineRefused, verifyMachineToken } from '#shared/http/machine-identity.ts'
import { ignoredHeaders, type RequestFacts, requestFacts } from './request-facts.ts'

const proxyDeployments = ['wap']

export interface ProxyTrust {
  readonly leaves: IssuedLeaves
  readonly clock: Clock
  /** The names of the federation service: one of them is the audience of a proxy's token. */
  readonly hosts: readonly string[]
}

/** Reads where a request comes from; a proxy has to prove itself with the machine token. */
export function requestFactsReader(options: ProxyTrust) {
  return async (request: FastifyRequest): Promise<RequestFacts> => {
    const refusal = await proxyRefusal(request, options)
    const ignored = refusal === undefined ? [] : ignoredHeaders(request.headers)
    if (ignored.length > 0) {
      request.recording.note({ decision: 'proxyHeadersIgnored', reason: `${ignored.join(', ')} ignored: ${refusal}` })
    }
    return requestFacts({
      headers: request.headers,
      address: request.caller.address,
      path: request.url.split('?')[0] ?? '/',
      correlationId: request.correlationId,
      provenProxy: refusal === undefined,
    })
  }
}

async function proxyRefusal(
  request: FastifyRequest,
  { leaves, clock, hosts }: ProxyTrust,
): Promise<string | undefined> {
  const token = request.headers['x-ms-proxyauth-token']
  if (typeof token !== 'string') return 'no X-MS-ProxyAuth-Token proves that the sender is the proxy'
  const audience = hosts.find((host) => host === request.hostname.toLowerCase()) ?? ''
  try {
    await verifyMachineToken(token, { leaves, clock, allowed: proxyDeployments, audience })
    return undefined
  } catch (error) {
    if (error instanceof MachineRefused) return error.reason
    throw error
  }
}
