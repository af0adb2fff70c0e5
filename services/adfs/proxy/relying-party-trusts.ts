import type { FastifyReply, FastifyRequest } from 'fastify'
import { ProtocolError } from '#shared/errors.ts'
import type { Trust, Trusts } from '../trusts.ts'

/** [MS-ADFSPIP] §3.3: the configuration REST answers with a status alone. */
export class ProxyConfigurationError extends ProtocolError {
  readonly status: number
  readonly code: string

  constructor(status: 404 | 500 | 501, reason: string) {
    super(reason, reason)
    this.status = status
    this.code = `proxyConfiguration${status}`
  }
}

export type AuthenticateMachine = (request: FastifyRequest, allowed: readonly string[]) => Promise<string>

/** GET /adfs/proxy/RelyingPartyTrusts and /{id}, for a proxy that proves itself with its machine token. */
export function relyingPartyTrustRows(trusts: Trusts, authenticate: AuthenticateMachine) {
  const admit = async (request: FastifyRequest, reply: FastifyReply) => {
    await authenticate(request, ['wap'])
    checkVersion((request.query as Record<string, unknown>)['api-version'])
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache').type('application/json;charset=UTF-8')
  }
  return {
    list: async (request: FastifyRequest, reply: FastifyReply) => {
      await admit(request, reply)
      return trusts.all.map(summaryOf)
    },
    one: async (request: FastifyRequest, reply: FastifyReply) => {
      await admit(request, reply)
      const { id } = request.params as { id: string }
      const trust = trusts.byObjectIdentifier(id)
      if (!trust) throw new ProxyConfigurationError(404, `no relying party trust has the object identifier ${id}`)
      const { identifiers, proxyTrustedEndpoints } = trust.settings
      return { ...summaryOf(trust), identifiers, proxyTrustedEndpoints, proxyEndpointMappings: [] }
    },
  }
}

function checkVersion(version: unknown): void {
  if (version === undefined) throw new ProxyConfigurationError(500, 'api-version is missing')
  if (version !== '1') throw new ProxyConfigurationError(501, `api-version ${String(version)} is not 1`)
}

function summaryOf({ settings }: Trust) {
  const { objectIdentifier, name, publishedThroughProxy, type, enabled } = settings
  return { objectIdentifier, name, publishedThroughProxy, nonClaimsAware: type === 'NonClaimsAware', enabled }
}
