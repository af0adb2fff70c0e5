import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import type { PeopleStore } from '../people/people.ts'
import type { MfaTables } from './mfa-tables.ts'
import { personRow } from './person-row.ts'
import { accessPassLifetimes, createTemporaryAccessPasses } from './temporary-access-pass.ts'

export interface AccessPassParts<Schema extends MfaTables> {
  readonly store: Store<Schema>
  readonly people: PeopleStore
  readonly clock: Clock
  readonly random: Random
}

const wantedSchema = z
  .strictObject({
    lifetimeInMinutes: z.int().min(accessPassLifetimes.least).max(accessPassLifetimes.most).optional(),
    isUsableOnce: z.boolean().optional(),
    startDateTime: z.coerce.date().optional(),
  })
  .prefault({})

/** What an administrator does in the portal, in the shape of Graph's temporaryAccessPassMethods. */
export function addAccessPassRoutes<Schema extends MfaTables>(
  app: FastifyInstance,
  parts: AccessPassParts<Schema>,
): void {
  const { people } = parts
  const passes = createTemporaryAccessPasses(parts)
  const path = '/mfa/:upn/access-pass'
  app.post(
    path,
    personRow(people, async (person, request, reply) => {
      const wanted = wantedSchema.parse(request.body ?? undefined)
      return reply.code(201).send(await passes.create(person.objectId, wanted))
    }),
  )
  app.get(
    path,
    personRow(people, async (person, _request, reply) => {
      const pass = await passes.of(person.objectId)
      return pass ?? reply.code(404).send({ error: 'This person has no Temporary Access Pass.' })
    }),
  )
  app.delete(
    path,
    personRow(people, async (person, _request, reply) => {
      await passes.remove(person.objectId)
      return reply.code(204).send()
    }),
  )
}
