import type { FastifyInstance } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { personRow } from '../mfa/person-row.ts'
import type { PeopleStore } from '../people/people.ts'
import type { Revocations } from './revocations.ts'

interface RevocationParts {
  readonly people: PeopleStore
  readonly revocations: Revocations
  readonly clock: Clock
}

/** Rows of the management port that end sign-ins: what an administrator does in the portal. */
export function addRevocationRoutes(app: FastifyInstance, { people, revocations, clock }: RevocationParts): void {
  app.post(
    '/users/:upn/revoke-sessions',
    personRow(people, async ({ objectId }, _request, reply) => {
      await revocations.revokeSessionsOf(objectId, clock.now())
      return reply.code(204).send()
    }),
  )
  app.post('/sessions/:sid/revoke', async (request, reply) => {
    await revocations.revokeSession((request.params as { sid: string }).sid.toLowerCase(), clock.now())
    return reply.code(204).send()
  })
}
