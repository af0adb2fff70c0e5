import type { FastifyReply, FastifyRequest } from 'fastify'
import { userInfoIdentifier } from './applications/application-groups.ts'
import { OAuthError } from './oauth-error.ts'
import type { OAuthParts } from './oauth-parts.ts'

/** /adfs/userinfo: `sub` and nothing else ("AD FS OpenID Connect/OAuth concepts"). */
export async function answerUserInfo(
  request: FastifyRequest,
  reply: FastifyReply,
  { builder }: OAuthParts,
): Promise<FastifyReply> {
  const token = /^Bearer ([\w.-]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw refused('there is no bearer token')
  const claims = await builder.signer.read(token)
  if (!claims) throw refused('no key of this AD FS signed the token')
  if (claims.iss !== builder.identifier || claims.aud !== userInfoIdentifier) {
    throw refused(`the token is for "${String(claims.aud)}", not for ${userInfoIdentifier}`)
  }
  if (typeof claims.exp !== 'number' || claims.exp <= builder.clock.seconds()) throw refused('the token has expired')
  if (typeof claims.sub !== 'string') throw refused('the token lacks the scope openid')
  request.recording.note({ decision: 'userInfo' })
  return reply.header('cache-control', 'no-store').send({ sub: claims.sub })
}

function refused(reason: string): OAuthError {
  return new OAuthError('tokenInvalid', { reason })
}
