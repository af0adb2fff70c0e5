import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Claims } from '#shared/jwt/own-token.ts'
import { directoryGraphId } from '../applications/first-party.ts'
import { EntraError } from '../errors.ts'
import type { Person } from '../people/people.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { issuerOf } from '../urls.ts'
import { grantedPerson } from './check-user.ts'

type Services = Pick<SignInServices, 'config' | 'signer' | 'clock' | 'people'>

/** The UserInfo endpoint of the v1 authority (OpenID Connect Core §5.3): for a token that names no other API. */
export function versionOneUserInfo(services: Services) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const claims = await readToken(services, token)
    const person = await grantedPerson(services, String(claims.oid))
    request.recording.note({ decision: 'userInfo', user: person.userPrincipalName })
    return reply.header('cache-control', 'no-store, no-cache').send(userInfoBody(person, claims))
  }
}

async function readToken({ config, signer, clock }: Services, token: string | undefined): Promise<Claims> {
  if (token === undefined) throw invalid('no bearer token was sent')
  const claims = await signer.read(token)
  if (!claims) throw invalid('the token is not signed by a published key')
  const now = clock.seconds()
  if (!(Number(claims.nbf) <= now && now < Number(claims.exp)))
    throw invalid(`nbf is ${claims.nbf}, exp is ${claims.exp}, and the clock says ${now}`)
  const resource = config.applications.resource(String(claims.aud))
  if (claims.iss !== issuerOf(1, config.tenant.id) || resource?.appId !== directoryGraphId)
    throw invalid(`the token is of ${claims.iss} for ${claims.aud}, expected one for ${directoryGraphId}`)
  if (typeof claims.scp !== 'string') throw invalid('the token is no access token about a person')
  return claims
}

function invalid(reason: string): EntraError {
  return new EntraError('userInfoTokenInvalid', { reason })
}

function userInfoBody(person: Person, { sub, tid }: Claims) {
  return {
    sub,
    oid: person.objectId,
    tid,
    name: person.displayName,
    ...(person.surname !== undefined && { family_name: person.surname }),
    ...(person.givenName !== undefined && { given_name: person.givenName }),
    unique_name: person.userPrincipalName,
    upn: person.userPrincipalName,
    ...(person.mail !== undefined && { email: person.mail }),
  }
}
