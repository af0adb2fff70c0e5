import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { Gap, ProtocolError } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import { graphId } from '../applications/first-party.ts'
import type { EntraConfig } from '../config.ts'
import type { PeopleStore, Person } from '../people/people.ts'
import type { Claims, TokenSigner } from '../token/sign-token.ts'
import { issuerOf } from '../urls.ts'

export interface GraphParts {
  readonly config: EntraConfig
  readonly people: PeopleStore
  readonly signer: TokenSigner
  readonly clock: Clock
}

/** Microsoft Graph's refusal of a token. */
export class GraphUnauthorized extends ProtocolError {
  readonly status = 401
  readonly code = 'InvalidAuthenticationToken'
}

/** graph.microsoft.com: the UserInfo endpoint of the v2 authority; the rest of Graph is a gap. */
export function addGraph(scope: FastifyInstance, parts: GraphParts): void {
  surfaceErrors(scope, (error, request, reply) => {
    const code = error instanceof Gap ? 'NotImplemented' : error.code
    const innerError = {
      date: parts.clock.now().toISOString().slice(0, 19),
      'request-id': request.id,
      'client-request-id': request.correlationId,
    }
    return reply.code(error.status).send({ error: { code, message: error.message, innerError } })
  })
  scope.route({ method: ['GET', 'POST'], url: '/oidc/userinfo', handler: userInfo(parts) })
  scope.all('/*', async (request) => {
    throw new Gap(`Microsoft Graph ${request.method} ${request.url.split('?')[0]}`, 'services/entra/README.md')
  })
}

function userInfo(parts: GraphParts) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const claims = await graphToken(parts, request.headers.authorization)
    const person = await parts.people.byObjectId(String(claims.oid))
    if (!person) throw new GraphUnauthorized('The user of the token does not exist.', `no account ${claims.oid}`)
    request.recording.note({ decision: 'userInfo', user: person.userPrincipalName })
    return reply.send(userInfoBody(person, claims))
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

/** A delegated token for Graph that we signed and that is still good. */
async function graphToken({ signer, clock, config }: GraphParts, authorization: string | undefined): Promise<Claims> {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) throw new GraphUnauthorized('Access token is empty.', 'no bearer token was sent')
  const claims = await signer.read(token)
  if (!claims)
    throw new GraphUnauthorized('Signature verification failed.', 'the token is not signed by a published key')
  const now = clock.seconds()
  if (Number(claims.exp) <= now || Number(claims.nbf) > now)
    throw new GraphUnauthorized('Lifetime validation failed, the token is expired.', 'exp or nbf')
  const audiences = [graphId, 'https://graph.microsoft.com']
  if (
    !audiences.includes(String(claims.aud)) ||
    claims.iss !== issuerOf(1, config.tenant.id) ||
    claims.idtyp !== 'user'
  ) {
    throw new GraphUnauthorized(
      'Invalid audience.',
      `aud is ${claims.aud}, expected ${audiences.join(' or ')} of this tenant, for a user`,
    )
  }
  return claims
}
