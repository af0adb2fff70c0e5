import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { ProxyConfigurationError } from '../configuration-error.ts'
import type { ProxyTables } from '../proxy-tables.ts'

const identifierSchema = z.object({ Identifier: z.string().min(1).max(1024) })

/** /adfs/proxy/WebApplicationProxy/trust ([MS-ADFSPIP] §3.4): under which identifier the proxy asks for tokens. */
export function proxyIdentifierRows(db: Kysely<ProxyTables>) {
  const current = () => db.selectFrom('proxy_trust').selectAll().executeTakeFirst()
  return {
    read: async () => {
      const trust = await current()
      if (!trust) throw new ProxyConfigurationError(404, 'no proxy has set its relying party identifier')
      return { Identifier: trust.identifier }
    },
    create: async (request: FastifyRequest, reply: FastifyReply) => {
      const { data } = identifierSchema.safeParse(request.body)
      if (!data) throw new ProxyConfigurationError(400, 'the body holds no Identifier')
      if (await current()) throw new ProxyConfigurationError(409, 'a proxy has set the identifier before')
      await db.insertInto('proxy_trust').values({ identifier: data.Identifier }).execute()
      return reply.code(200).send('')
    },
    remove: async (_request: FastifyRequest, reply: FastifyReply) => {
      const { numDeletedRows } = await db.deleteFrom('proxy_trust').executeTakeFirst()
      if (numDeletedRows === 0n) throw new ProxyConfigurationError(404, 'no identifier is set')
      return reply.code(200).send('')
    },
  }
}
