import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Store } from '#shared/store/store.ts'
import { personRow } from '../mfa/person-row.ts'
import type { PeopleStore } from './people.ts'
import type { PeopleTables } from './people-tables.ts'

const licenceSchema = z.strictObject({ licensed: z.boolean() })

/** A row of the management port: who has the licence that multifactor authentication and mail need. */
export function addLicenceRoutes<Schema extends PeopleTables>(
  app: FastifyInstance,
  { people, store }: { readonly people: PeopleStore; readonly store: Store<Schema> },
): void {
  const db = store.db as unknown as Kysely<PeopleTables>
  app.put(
    '/licences/:upn',
    personRow(people, async ({ userPrincipalName, objectId }, request) => {
      const { licensed } = licenceSchema.parse(request.body)
      const row = { licensed: Number(licensed) }
      await db
        .insertInto('licence')
        .values({ object_id: objectId, ...row })
        .onConflict((conflict) => conflict.column('object_id').doUpdateSet(row))
        .execute()
      return { userPrincipalName, licensed }
    }),
  )
}
