import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Trusts } from '../trusts.ts'
import { ProxyConfigurationError } from './configuration-error.ts'
import type { ProxyTables } from './proxy-tables.ts'

const settingsSchema = z.object({
  externalUrl: z.url(),
  internalUrl: z.url(),
  proxyTrustedEndpoint: z.url(),
})

/** What proxies have published for one relying party trust. */
export interface PublishedEndpoints {
  readonly trustedEndpoints: readonly string[]
  readonly mappings: readonly { readonly internalUrl: string; readonly externalUrl: string }[]
}

export async function publishedEndpoints(
  db: Kysely<ProxyTables>,
  objectIdentifier: string,
): Promise<PublishedEndpoints> {
  const rows = await db
    .selectFrom('proxy_published')
    .selectAll()
    .where('relying_party', '=', objectIdentifier.toLowerCase())
    .execute()
  return {
    trustedEndpoints: rows.map((row) => row.trusted_endpoint),
    mappings: rows.map((row) => ({ internalUrl: row.internal_url, externalUrl: row.external_url })),
  }
}

/** /adfs/proxy/RelyingPartyTrusts/{id}/PublishedSettings ([MS-ADFSPIP] §3.7): a proxy publishes an application, or ends it. */
export function publishedSettingsRows(db: Kysely<ProxyTables>, trusts: Trusts) {
  return {
    publish: async (request: FastifyRequest, reply: FastifyReply) => {
      const { relyingParty, settings } = read(request, trusts)
      const urls = { internal_url: settings.internalUrl, trusted_endpoint: settings.proxyTrustedEndpoint }
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('proxy_published')
        .values({ relying_party: relyingParty, external_url: settings.externalUrl, ...urls })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (!numInsertedOrUpdatedRows)
        throw new ProxyConfigurationError(409, `${settings.externalUrl} is published already`)
      return reply.code(200).send('')
    },
    withdraw: async (request: FastifyRequest, reply: FastifyReply) => {
      const { relyingParty, settings } = read(request, trusts)
      const { numDeletedRows } = await db
        .deleteFrom('proxy_published')
        .where('relying_party', '=', relyingParty)
        .where('external_url', '=', settings.externalUrl)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw new ProxyConfigurationError(404, `${settings.externalUrl} is not published`)
      return reply.code(200).send('')
    },
  }
}

function read(request: FastifyRequest, trusts: Trusts) {
  const { id } = request.params as { id: string }
  const trust = trusts.byObjectIdentifier(id)
  if (!trust) throw new ProxyConfigurationError(404, `no relying party trust has the object identifier ${id}`)
  const { data } = settingsSchema.safeParse(request.body)
  if (!data)
    throw new ProxyConfigurationError(400, 'the body holds no externalUrl, internalUrl and proxyTrustedEndpoint')
  return { relyingParty: trust.settings.objectIdentifier.toLowerCase(), settings: data }
}
