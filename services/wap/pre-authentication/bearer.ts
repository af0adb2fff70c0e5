import type { FastifyReply } from 'fastify'
import type { PublishedVisit, PublishingParts } from '../publishing/published-applications.ts'
import { forward } from '../relay/forward.ts'
import { checkBearer } from './bearer-token.ts'
import { verifyToken } from './token-verifier.ts'

/** Pre-authentication of clients that speak OAuth: a token that AD FS issued for this proxy, or where to get one. */
export async function preAuthenticateBearer(visit: PublishedVisit, parts: PublishingParts): Promise<FastifyReply> {
  const { request, reply, relyingPartyId, application, configuration } = visit
  const check = await checkBearer(request.headers.authorization, (token) =>
    verifyToken(parts.federation, parts.context.clock, token, { relyingPartyId }),
  )
  if (check.outcome === 'refused') {
    request.recording.note({ decision: 'bearerRequired', reason: check.reason })
    const { host, pathname } = new URL(configuration.global.authorizationUrl)
    return reply
      .code(401)
      .header('www-authenticate', `Bearer authorization_uri=https://${host}:443${pathname}`)
      .header('content-length', '0')
      .send()
  }
  request.recording.note({ decision: 'preAuthenticated', user: check.token.userPrincipalName })
  return forward(request, reply, parts, application, { request: { authorization: check.authorization } })
}
