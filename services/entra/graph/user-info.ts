import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Claims } from '#shared/jwt/own-token.ts'
import type { Person } from '../people/people.ts'
import { graphCaller, presentedBy } from './graph-caller.ts'
import { GraphError } from './graph-error.ts'
import type { GraphServices } from './graph-services.ts'

/** The UserInfo endpoint of the v2 authority (OpenID Connect Core §5.3). */
export function userInfo(services: GraphServices) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = await graphCaller(services, presentedBy(request))
    if (caller.kind !== 'user') throw new GraphError('delegatedOnly', { reason: 'the token is of an application' })
    request.recording.note({ decision: 'userInfo', user: caller.person.userPrincipalName })
    return reply.send(userInfoBody(caller.person, caller.claims))
  }
}

function userInfoBody(person: Person, { sub }: Claims) {
  return {
    sub,
    name: person.displayName,
    ...(person.surname !== undefined && { family_name: person.surname }),
    ...(person.givenName !== undefined && { given_name: person.givenName }),
    picture: 'https://graph.microsoft.com/v1.0/me/photo/$value',
    ...(person.mail !== undefined && { email: person.mail }),
  }
}
