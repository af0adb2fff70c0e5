import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { ProxyConfigurationError } from '../configuration-error.ts'
import type { ProxyTables } from '../proxy-tables.ts'

const entrySchema = z.object({
  key: z.string().min(1).max(256),
  version: z.int().min(0).default(0),
  value: z.string().max(1024 * 1024),
})

/**
 * /adfs/proxy/WebApplicationProxy/Store ([MS-ADFSPIP] §3.5): key and value for the proxies of a farm. A change names the
 * version it changes, so that of two proxies that change an entry at once one is told.
 */
export function storeEntryRows(db: Kysely<ProxyTables>) {
  return {
    list: async () => db.selectFrom('proxy_store_entry').selectAll().orderBy('key').execute(),
    read: async (request: FastifyRequest) => {
      const entry = await db
        .selectFrom('proxy_store_entry')
        .selectAll()
        .where('key', '=', keyOf(request))
        .executeTakeFirst()
      return entry ?? absent(request)
    },
    create: async (request: FastifyRequest, reply: FastifyReply) => {
      const { key, value } = entryOf(request)
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('proxy_store_entry')
        .values({ key, version: 0, value })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (!numInsertedOrUpdatedRows) throw new ProxyConfigurationError(409, `the store has an entry "${key}"`)
      return reply.code(200).send('')
    },
    replace: (request: FastifyRequest, reply: FastifyReply) => replace(db, request, reply),
    remove: async (request: FastifyRequest, reply: FastifyReply) => {
      const { numDeletedRows } = await db
        .deleteFrom('proxy_store_entry')
        .where('key', '=', keyOf(request))
        .executeTakeFirst()
      if (numDeletedRows === 0n) absent(request)
      return reply.code(200).send('')
    },
  }
}

async function replace(db: Kysely<ProxyTables>, request: FastifyRequest, reply: FastifyReply) {
  const { key, version, value } = entryOf(request)
  const { numUpdatedRows } = await db
    .updateTable('proxy_store_entry')
    .set({ value, version: version + 1 })
    .where('key', '=', key)
    .where('version', '=', version)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return reply.code(200).send('')
  const present = await db.selectFrom('proxy_store_entry').select('version').where('key', '=', key).executeTakeFirst()
  if (!present) return absent(request)
  throw new ProxyConfigurationError(412, `entry "${key}" has version ${present.version}, not ${version}`)
}

function keyOf(request: FastifyRequest): string {
  return (request.params as { key: string }).key
}

function entryOf(request: FastifyRequest) {
  const { data } = entrySchema.safeParse(request.body)
  if (!data) throw new ProxyConfigurationError(400, 'the body is no store entry of key, version and value')
  if (data.key !== keyOf(request)) throw new ProxyConfigurationError(400, 'the key of the body is not that of the URL')
  return data
}

function absent(request: FastifyRequest): never {
  throw new ProxyConfigurationError(404, `the store has no entry "${keyOf(request)}"`)
}
