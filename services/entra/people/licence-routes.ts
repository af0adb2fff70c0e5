import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { personRow } from '../mfa/person-row.ts'
import type { Licences } from './licences.ts'
import type { PeopleStore } from './people.ts'

const licenceSchema = z.strictObject({ licensed: z.boolean() })

/** A row of the management port: who has the licence that multifactor authentication and mail need. */
export function addLicenceRoutes(
  app: FastifyInstance,
  { people, licences }: { readonly people: PeopleStore; readonly licences: Licences },
): void {
  app.put(
    '/licences/:upn',
    personRow(people, async (person, request) => {
      const { licensed } = licenceSchema.parse(request.body)
      await licences.set(person, licensed)
      return { userPrincipalName: person.userPrincipalName, licensed }
    }),
  )
}
