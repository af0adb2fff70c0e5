import type { FastifyReply } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { sendFormPost } from '#shared/html/form-post.ts'
import { AdfsError } from '../errors.ts'
import { setTokenCookies, tokenCountOf, visitedRelyingParties } from '../sessions/cookies.ts'
import { countToken, loopLimits } from '../sessions/loop-detection.ts'
import { sessionAfterToken } from '../sessions/session.ts'
import { stepOf } from '../trusts.ts'
import type { ConversationParts, SignedInUser } from './conversation.ts'
import type { Grant, SignInRequest, TokenAnswer } from './sign-in-request.ts'
import type { Visit } from './visit.ts'

/** AD FS audit event: token issued. */
const tokenIssued = 299

/** Builds the token, unless this browser has just been given too many of them. */
export async function sendToken(
  visit: Visit,
  signIn: SignInRequest,
  { cookie, session, user, grant }: SignedInUser & { readonly grant: Grant },
  { sessions, clock }: ConversationParts,
): Promise<FastifyReply> {
  const { request, reply } = visit
  const now = clock.now()
  const { name, objectIdentifier } = signIn.trust.settings
  const { outcome, count } = countToken(tokenCountOf(request), now)
  if (outcome === 'loop') {
    const values = [String(count.tokens), String(loopLimits.intervalSeconds)]
    throw new AdfsError('loop', {
      reason: `token ${count.tokens} for "${name}" in one browser`,
      values,
      relyingParty: name,
    })
  }
  const answer = await signIn.respond(grant, request.fault?.audience)
  if (session.freshFor !== undefined || answer.participant) {
    await sessions.update(cookie, sessionAfterToken(session, answer.participant))
  }
  if (answer.refused !== undefined) return sendAnswer(visit, signIn, answer)
  const visited = [...new Set([...visitedRelyingParties(request), signIn.visits ?? objectIdentifier])]
  setTokenCookies(reply, { authenticated: new Date(session.primary.instant), count, visited })
  request.recording.note({
    step: stepOf(signIn.trust, 'token'),
    decision: 'tokenIssued',
    user: user.userPrincipalName,
    detail: { relyingParty: name, protocol: signIn.protocol, methods: session.methods, event: tokenIssued },
  })
  return sendAnswer(visit, signIn, answer)
}

/** The redirect, or the page that posts the message to the relying party. */
export function sendAnswer(
  { request, reply }: Visit,
  signIn: Pick<SignInRequest, 'completed'>,
  answer: TokenAnswer,
): FastifyReply {
  signIn.completed?.(reply)
  if (answer.kind === 'page') return sendPage(reply, answer.page)
  if (answer.refused !== undefined) {
    request.recording.note({ decision: 'refusedToRelyingParty', reason: `the response carries ${answer.refused}` })
  }
  if (answer.kind === 'redirect') return reply.redirect(answer.location, 302)
  return sendFormPost(request, reply, { action: answer.action, fields: answer.fields })
}
