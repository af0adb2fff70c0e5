import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import type { Trust, Trusts } from '../trusts.ts'
import { ProxyConfigurationError } from './configuration-error.ts'
import type { ProxyTables } from './proxy-tables.ts'
import { type PublishedEndpoints, publishedEndpoints } from './published-settings.ts'

/** GET /adfs/proxy/RelyingPartyTrusts and /{id} ([MS-ADFSPIP] §3.7). */
export function relyingPartyTrustRows(db: Kysely<ProxyTables>, trusts: Trusts) {
  return {
    list: async () =>
      Promise.all(
        trusts.all.map(async (trust) =>
          summaryOf(trust, await publishedEndpoints(db, trust.settings.objectIdentifier)),
        ),
      ),
    one: async (request: FastifyRequest) => {
      const { id } = request.params as { id: string }
      const trust = trusts.byObjectIdentifier(id)
      if (!trust) throw new ProxyConfigurationError(404, `no relying party trust has the object identifier ${id}`)
      const { identifiers, proxyTrustedEndpoints } = trust.settings
      const published = await publishedEndpoints(db, trust.settings.objectIdentifier)
      return {
        ...summaryOf(trust, published),
        identifiers,
        proxyTrustedEndpoints: [...new Set([...proxyTrustedEndpoints, ...published.trustedEndpoints])],
        proxyEndpointMappings: published.mappings.map(({ internalUrl, externalUrl }) => ({
          Key: internalUrl,
          Value: externalUrl,
        })),
      }
    },
  }
}

function summaryOf({ settings }: Trust, published: PublishedEndpoints) {
  const { objectIdentifier, name, type, enabled } = settings
  const publishedThroughProxy = settings.publishedThroughProxy || published.trustedEndpoints.length > 0
  return { objectIdentifier, name, publishedThroughProxy, nonClaimsAware: type === 'NonClaimsAware', enabled }
}
