import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PeopleStore, Person } from '../people/people.ts'

/** A row of the management port about one person, who is named in its path. */
export function personRow(
  people: PeopleStore,
  handle: (person: Person, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const person = await people.byUserPrincipalName((request.params as { upn: string }).upn)
    if (person) return handle(person, request, reply)
    return reply.code(404).send({ error: 'The tenant has no such account. Was it synchronized?' })
  }
}
