import type { FastifyReply, FastifyRequest } from 'fastify'
import { Gap } from '#shared/errors.ts'
import { fingerprint } from '#shared/journal.ts'
import type { PublishedApplication } from '#shared/scenario/world.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import { WapError } from '../errors.ts'
import type { FederationService } from '../federation-service.ts'
import { type AuthTokenCheck, checkAuthToken } from '../pre-authentication/auth-token.ts'
import type { EdgeAccess } from '../pre-authentication/edge-access.ts'
import { signInRedirect, withoutAuthToken } from '../pre-authentication/sign-in-redirect.ts'
import { forward } from '../relay/forward.ts'
import { matchApplication } from './match-application.ts'
import { edgeAccessCookie } from './rewrite-headers.ts'

export interface PublishingParts {
  readonly context: DeploymentContext
  readonly federation: FederationService
  readonly edgeAccess: EdgeAccess
  readonly usedTokens: SingleUseStore
}

/** The identifier of the proxy's own trust, the default of ADFSWebApplicationProxyRelyingPartyUri. */
const proxyRealm = 'urn:AppProxy:com'

/** One request to a published application: matched, pre-authenticated if the application says so, passed on. */
export async function answerPublished(request: FastifyRequest, reply: FastifyReply, parts: PublishingParts) {
  const path = request.url.split('?')[0] ?? '/'
  const application = matchApplication(parts.context.scenario.wap.publishedApplications, {
    host: request.hostname,
    path,
  })
  if (!application)
    throw new WapError('notPublished', `no application is published at https://${request.hostname}${path}`)
  noteStep(request, path, 1, 'published', application.name)
  switch (application.externalPreauthentication) {
    case 'PassThrough':
      return forward(request, reply, parts.context, application)
    case 'ADFS':
      return preAuthenticate(request, reply, parts, application)
    default:
      throw new Gap(`pre-authentication ${application.externalPreauthentication}`, 'services/wap/README.md')
  }
}

async function preAuthenticate(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: PublishingParts,
  application: PublishedApplication,
) {
  const trust = await parts.federation.trustNamed(application.relyingPartyName ?? '')
  const token = (request.query as Record<string, unknown>).authToken
  if (typeof token === 'string')
    return acceptAuthToken(request, reply, parts, { application, relyingPartyId: trust.objectIdentifier, token })
  const cookie = request.cookies[edgeAccessCookie]
  const access = cookie === undefined ? undefined : await parts.edgeAccess.open(cookie)
  if (access?.relyingPartyId.toLowerCase() === trust.objectIdentifier.toLowerCase()) {
    request.recording.note({ decision: 'preAuthenticated', user: access.userPrincipalName })
    return forward(request, reply, parts.context, application)
  }
  const reason =
    cookie === undefined ? 'no EdgeAccessCookie' : 'the EdgeAccessCookie is forged, expired or of another relying party'
  return redirectToSignIn(request, reply, parts, { relyingPartyId: trust.objectIdentifier, reason })
}

function redirectToSignIn(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: PublishingParts,
  { relyingPartyId, reason }: { relyingPartyId: string; reason: string },
) {
  const path = request.url.split('?')[0] ?? '/'
  noteStep(request, path, 2, 'redirectToAdfs', reason)
  const location = signInRedirect({
    federationHost: parts.federation.host,
    realm: proxyRealm,
    relyingPartyId,
    returnUrl: `https://${request.hostname}${withoutAuthToken(request.url)}`,
    correlationId: request.correlationId,
  })
  return reply
    .code(307)
    .header('location', location)
    .header('server', 'Microsoft-HTTPAPI/2.0')
    .header('content-length', '0')
    .send()
}

interface TokenArrival {
  readonly application: PublishedApplication
  readonly relyingPartyId: string
  readonly token: string
}

async function acceptAuthToken(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: PublishingParts,
  arrival: TokenArrival,
) {
  const check = await verify(parts, arrival)
  if (check.outcome === 'malformed') throw new WapError('malformedAuthToken', check.reason)
  if (check.outcome !== 'accepted')
    return redirectToSignIn(request, reply, parts, { ...arrival, reason: `authToken refused: ${check.reason}` })
  const { token } = check
  request.recording.note({
    decision: 'authTokenAccepted',
    user: token.userPrincipalName,
    detail: { authToken: fingerprint(arrival.token) },
  })
  const lifetime = arrival.application.persistentAccessCookieExpirationTimeSec
  reply.setCookie(edgeAccessCookie, await parts.edgeAccess.seal(token), {
    path: '/',
    secure: true,
    httpOnly: true,
    ...(lifetime > 0 && { maxAge: lifetime }),
  })
  return reply.redirect(`https://${request.hostname}${withoutAuthToken(request.url)}`, 302)
}

async function verify(parts: PublishingParts, { token, relyingPartyId }: TokenArrival): Promise<AuthTokenCheck> {
  const { federation, context, usedTokens } = parts
  const expected = { audience: proxyRealm, relyingPartyId, now: context.clock.now() }
  let check = await checkAuthToken(token, { ...expected, certificates: await federation.signingCertificates() })
  if (check.outcome === 'unknownCertificate') {
    check = await checkAuthToken(token, { ...expected, certificates: await federation.signingCertificates(true) })
  }
  if (check.outcome !== 'accepted') return check
  const first = await usedTokens.claim('authToken', fingerprint(token), new Date(check.token.expiresAt * 1000))
  return first ? check : { outcome: 'refused', reason: 'the authToken was used before' }
}

/** Only the two web applications of Exchange are steps of a documented flow. */
function noteStep(request: FastifyRequest, path: string, step: 1 | 2, decision: string, reason: string): void {
  const isWeb = /^\/(owa|ecp)(\/|$)/i.test(path)
  request.recording.note({ decision, reason, ...(isWeb && { step: `WEB-ONPREM-${step}` as const }) })
}
