import type { FastifyReply } from 'fastify'
import { fingerprint } from '#shared/journal.ts'
import { WapError } from '../errors.ts'
import type { PublishedVisit, PublishingParts } from '../publishing/published-applications.ts'
import { edgeAccessCookie, withCookie } from '../publishing/rewrite-headers.ts'
import { noteStep } from '../publishing/steps.ts'
import { type Changes, forward } from '../relay/forward.ts'
import type { Headers } from '../relay/transport.ts'
import type { AuthToken, AuthTokenCheck } from './auth-token.ts'
import { activityOf, type EdgeAccess, openEdgeAccess, sealEdgeAccess } from './edge-access.ts'
import { asksForFormsSignIn } from './office-client.ts'
import { signInRedirect, withoutAuthToken } from './sign-in-redirect.ts'
import { verifyToken } from './token-verifier.ts'

/** Pre-authentication of browsers, and of Office by a window of its own: the access cookie, or a way to AD FS. */
export async function preAuthenticateBrowser(visit: PublishedVisit, parts: PublishingParts): Promise<FastifyReply> {
  const { request, relyingPartyId, configuration } = visit
  const token = (request.query as Record<string, unknown>).authToken
  if (typeof token === 'string') return acceptAuthToken(visit, parts, token)
  const cookie = request.cookies[edgeAccessCookie]
  if (cookie === undefined) return askToSignIn(visit, 'no EdgeAccessCookie')
  const access = await openEdgeAccess(cookie, configuration.global.accessCookieKey, parts.context.clock)
  if (access?.relyingPartyId.toLowerCase() !== relyingPartyId.toLowerCase()) {
    return askToSignIn(visit, 'the EdgeAccessCookie is forged, expired or of another relying party')
  }
  const activity = activityOf(access, configuration.global.userIdleTimeoutSec, parts.context.clock.seconds())
  if (activity === 'idle') return endIdleAccess(visit, access)
  request.recording.note({ decision: 'preAuthenticated', user: access.userPrincipalName })
  const renewed =
    activity === 'ageing' ? await accessCookie(visit, parts, { ...access, activeAt: now(parts) }) : undefined
  return forward(request, visit.reply, parts, visit.application, answerChanges(visit, renewed))
}

function now({ context }: PublishingParts): number {
  return context.clock.seconds()
}

/** 307 for browsers; Office is told where to open its window ([MS-OFBA] §2.2). */
function askToSignIn(visit: PublishedVisit, reason: string): FastifyReply {
  const { request, reply, relyingPartyId, configuration } = visit
  const { signInUrl, realm } = configuration.global
  const returnUrl = `https://${request.hostname}${withoutAuthToken(request.url)}`
  const location = signInRedirect({ signInUrl, realm, relyingPartyId, returnUrl, correlationId: request.correlationId })
  reply.header('server', 'Microsoft-HTTPAPI/2.0').header('content-length', '0')
  if (asksForFormsSignIn(request.method, request.headers)) {
    noteStep(request, 2, 'formsSignInRequired', reason)
    return reply
      .code(403)
      .header('x-forms_based_auth_required', location)
      .header('x-forms_based_auth_return_url', returnUrl)
      .send()
  }
  noteStep(request, 2, 'redirectToAdfs', reason)
  return reply.code(307).header('location', location).send()
}

/** UserIdleTimeoutAction; an application without sign-out asks to sign in again. */
function endIdleAccess(visit: PublishedVisit, access: EdgeAccess): FastifyReply {
  const { request, reply, application, configuration } = visit
  const { userIdleTimeoutSec, userIdleTimeoutAction, signOutUrl } = configuration.global
  const reason = `${access.userPrincipalName} was idle for more than ${userIdleTimeoutSec} s`
  reply.header('set-cookie', expiredCookie)
  if (userIdleTimeoutAction === 'Reauthenticate' || !application.enableSignOut) return askToSignIn(visit, reason)
  request.recording.note({ decision: 'signedOutWhenIdle', reason, user: access.userPrincipalName })
  return reply.redirect(signOutUrl, 302)
}

async function acceptAuthToken(visit: PublishedVisit, parts: PublishingParts, token: string): Promise<FastifyReply> {
  const { request, reply } = visit
  const check = await verifyOnce(visit, parts, token)
  if (check.outcome === 'malformed') throw new WapError('malformedAuthToken', check.reason)
  if (check.outcome !== 'accepted') return askToSignIn(visit, `authToken refused: ${check.reason}`)
  const user = check.token.userPrincipalName
  request.recording.note({ decision: 'authTokenAccepted', user, detail: { authToken: fingerprint(token) } })
  const cookie = await accessCookie(visit, parts, accessOf(check.token, visit, now(parts)))
  // A redirect would lose what was posted.
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (!isRead) return forward(request, reply, parts, visit.application, answerChanges(visit, cookie))
  reply.header('set-cookie', cookie)
  return reply.redirect(`https://${request.hostname}${withoutAuthToken(request.url)}`, 302)
}

/** A persistent cookie is good for as long as it is kept; a session cookie for as long as its token. */
function accessOf(token: AuthToken, { application }: PublishedVisit, activeAt: number): EdgeAccess {
  const { persistentAccessCookieExpirationTimeSec: persistent } = application
  return { ...token, expiresAt: persistent > 0 ? activeAt + persistent : token.expiresAt, activeAt }
}

async function verifyOnce(visit: PublishedVisit, parts: PublishingParts, token: string): Promise<AuthTokenCheck> {
  const { relyingPartyId, configuration } = visit
  const { tokenAcceptanceSeconds: acceptanceSeconds } = configuration.global
  const { federation, context, usedTokens } = parts
  const check = await verifyToken(federation, context.clock, token, { relyingPartyId, acceptanceSeconds })
  if (check.outcome !== 'accepted') return check
  const first = await usedTokens.claim('authToken', fingerprint(token), new Date(check.token.expiresAt * 1000))
  return first ? check : { outcome: 'refused', reason: 'the authToken was used before' }
}

const expiredCookie = `${edgeAccessCookie}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure`

async function accessCookie(visit: PublishedVisit, parts: PublishingParts, access: EdgeAccess): Promise<string> {
  const { application, configuration } = visit
  const value = await sealEdgeAccess(access, configuration.global.accessCookieKey, parts.context.clock)
  const { persistentAccessCookieExpirationTimeSec: persistent, disableHttpOnlyCookieProtection: open } = application
  return [
    `${edgeAccessCookie}=${value}; Path=/`,
    ...(persistent > 0 ? [`Max-Age=${persistent}`] : []),
    ...(open ? [] : ['HttpOnly']),
    'Secure',
  ].join('; ')
}

/** The answer carries a renewed cookie, or ends the access where it sends the browser to the sign-out of AD FS. */
function answerChanges({ request, application, configuration }: PublishedVisit, cookie: string | undefined): Changes {
  const { signOutUrl } = configuration.global
  const response = (headers: Headers) => {
    if (application.enableSignOut && isSignOut(headers.location, signOutUrl)) {
      request.recording.note({ decision: 'accessEnded', reason: `${application.name} signs out of AD FS` })
      return withCookie(headers, expiredCookie)
    }
    return cookie === undefined ? headers : withCookie(headers, cookie)
  }
  return { response }
}

function isSignOut(location: Headers[string], signOutUrl: string): boolean {
  const target = typeof location === 'string' ? URL.parse(location) : null
  const signOut = new URL(signOutUrl)
  return (
    target?.host === signOut.host &&
    target.pathname.toLowerCase().replace(/\/$/, '') === signOut.pathname.toLowerCase().replace(/\/$/, '') &&
    target.searchParams.get('wa') === 'wsignout1.0'
  )
}
