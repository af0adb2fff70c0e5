import type { FastifyReply } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import {
  type AdditionalResult,
  type AdditionalSubject,
  azureMfaProvider,
} from '../additional-authentication/additional-authentication.ts'
import { windowsAccountName } from '../directory/directory-user.ts'
import { additionalAuthenticationPage } from '../pages/additional-authentication-page.ts'
import { setSessionCookie } from '../sessions/cookies.ts'
import { sessionAfterSecondFactor } from '../sessions/session.ts'
import { stepOf } from '../trusts.ts'
import type { ConversationParts, SignedInUser } from './conversation.ts'
import type { SignInRequest } from './sign-in-request.ts'
import { storyOf } from './story.ts'
import { originOf, type Visit } from './visit.ts'

/** The additional authentication page and its post-back; `why` is what the policy step said. */
export async function askForSecondFactor(
  visit: Visit,
  signIn: SignInRequest,
  signedIn: SignedInUser,
  parts: ConversationParts,
  why: string,
): Promise<FastifyReply> {
  const account = windowsAccountName(signedIn.user)
  const subject = {
    session: withCurrentName(signedIn),
    account,
    callerIp: visit.facts.originIp,
    origin: originOf(visit),
  }
  const result = await resultOf(visit, subject, parts)
  if (result.outcome === 'passed') return upgradeSession(visit, signIn, signedIn, parts, result)
  const { decision, reason, prompt } = result
  const user = signedIn.user.userPrincipalName
  visit.request.recording.note({ step: stepOf(signIn.trust, 'policy'), decision, reason, user })
  const story = storyOf(visit, signIn, why)
  const view = { action: visit.self.action, account, provider: azureMfaProvider, prompt, story }
  return sendPage(visit.reply, additionalAuthenticationPage(parts.theme, view))
}

function withCurrentName({ session, user }: SignedInUser): AdditionalSubject['session'] {
  return { ...session, user: { ...session.user, userPrincipalName: user.userPrincipalName } }
}

async function resultOf(
  { form }: Visit,
  subject: AdditionalSubject,
  { additional }: ConversationParts,
): Promise<AdditionalResult> {
  if (form.get('AuthMethod') !== azureMfaProvider) return additional.begin(subject)
  const [context, code, chosen] = ['Context', 'VerificationCode', 'AuthMethodId'].map((name) => form.get(name) ?? '')
  return additional.answer(subject, { context: context ?? '', code: code ?? '', chosen: chosen ?? '' })
}

/** The same session, now with both factors, under a new cookie. */
async function upgradeSession(
  visit: Visit,
  signIn: SignInRequest,
  { cookie, session, user }: SignedInUser,
  { sessions, clock }: ConversationParts,
  { method, methodUri }: Extract<AdditionalResult, { outcome: 'passed' }>,
): Promise<FastifyReply> {
  const upgraded = sessionAfterSecondFactor(session, methodUri, clock.now())
  await sessions.end(cookie)
  const keepUntil = session.keepSignedIn ? new Date(session.expiresAt) : undefined
  setSessionCookie(visit.reply, await sessions.open(upgraded), keepUntil)
  visit.request.recording.note({
    step: stepOf(signIn.trust, 'token'),
    decision: 'additionalAuthenticationPassed',
    reason: method,
    user: user.userPrincipalName,
  })
  return visit.reply.redirect(visit.self.location, 302)
}
