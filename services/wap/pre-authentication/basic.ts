import type { FastifyReply, FastifyRequest } from 'fastify'
import { type BasicCredentials, basicCredentials } from '#shared/http/basic-credentials.ts'
import type { PublishedVisit, PublishingParts } from '../publishing/published-applications.ts'
import { forward } from '../relay/forward.ts'
import type { AuthToken } from './auth-token.ts'
import { verifyToken } from './token-verifier.ts'

/** Pre-authentication of clients that send user name and password with every request ([MS-ADFSPIP] §3.13.5.2.3). */
export async function preAuthenticateBasic(visit: PublishedVisit, parts: PublishingParts): Promise<FastifyReply> {
  const { request, reply, application, relyingPartyId } = visit
  const { authorization } = request.headers
  const credentials = basicCredentials(authorization)
  if (!credentials || authorization === undefined) return challenge(request, reply, 'no Basic credentials were sent')
  const { vouched, context } = parts
  const token =
    vouched.find(authorization, relyingPartyId, context.clock.seconds()) ?? (await askAdfs(visit, parts, credentials))
  if (token === undefined) return challenge(request, reply, 'AD FS refused the credentials')
  vouched.keep(authorization, token)
  request.recording.note({ decision: 'preAuthenticated', user: token.userPrincipalName })
  return forward(request, reply, parts, application)
}

async function askAdfs(
  { request, relyingPartyId, configuration }: PublishedVisit,
  { federation, context }: PublishingParts,
  { userName, password }: BasicCredentials,
): Promise<AuthToken | undefined> {
  const question = {
    ...{ appRealm: relyingPartyId, realm: configuration.global.realm, username: userName },
    password: Buffer.from(password).toString('base64url'),
    ...{ deviceCertificate: null, userCertificate: null },
    httpHeaders: [
      { Key: 'X-MS-Forwarded-Client-IP', Value: request.caller.address },
      { Key: 'User-Agent', Value: request.headers['user-agent'] ?? '' },
    ],
  }
  const token = await federation.relyingPartyToken(question, request.id)
  if (token === undefined) return undefined
  const check = await verifyToken(federation, context.clock, token, { relyingPartyId })
  return check.outcome === 'accepted' ? check.token : undefined
}

function challenge(request: FastifyRequest, reply: FastifyReply, reason: string): FastifyReply {
  request.recording.note({ decision: 'basicRequired', reason })
  return reply
    .code(401)
    .header('www-authenticate', `Basic realm="${request.hostname}"`)
    .header('content-length', '0')
    .send()
}
