import type { FastifyReply } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { sendFormPost } from '#shared/html/form-post.ts'
import type { ReceivedMessage } from '#shared/saml/protocol-message.ts'
import { partnerSignOutUrls } from '../claims-providers/logout-party.ts'
import type { FrontChannelUrls } from '../oauth/front-channel.ts'
import { signOutPage } from '../pages/sign-out-page.ts'
import { answerLogout, continueLogout, type Logout, type LogoutParts, type LogoutStep } from '../saml/logout.ts'
import { asAdfsErrors, type SamlReceiver } from '../saml/receive.ts'
import {
  meansParticipant,
  type ReceivedLogoutRequest,
  receiveLogoutRequest,
  receiveLogoutResponse,
} from '../saml/receive-logout.ts'
import { clearSessionCookies, sessionCookie, visitedRelyingParties } from '../sessions/cookies.ts'
import type { Session } from '../sessions/session.ts'
import type { ConversationParts } from '../sign-in/conversation.ts'
import type { TokenMessage } from '../sign-in/sign-in-request.ts'
import type { Visit } from '../sign-in/visit.ts'
import { type SignOutView, signOut } from '../ws-federation/sign-out.ts'

export interface SignOutParts {
  readonly conversation: ConversationParts
  readonly protocols: LogoutParts & SamlReceiver & { readonly frontChannelUrls: FrontChannelUrls }
}

/** AD FS audit event: sign-out succeeded. */
const signedOutEvent = 1206

/** wsignout1.0 and wsignoutcleanup1.0; also sign-out at AD FS itself. */
export async function signOutEverywhere(
  visit: Visit,
  cleanup: boolean,
  parts: SignOutParts,
  returnUrl?: string,
): Promise<FastifyReply> {
  const asked = await pageFor(visit, cleanup, parts)
  const page = returnUrl === undefined ? asked : { ...asked, returnUrl }
  const session = await endSession(visit, parts, cleanup ? 'signOutCleanup' : 'signedOut', page)
  const remaining = cleanup ? [] : (session?.participants ?? [])
  const logout = { user: session?.user.userPrincipalName ?? '', remaining, failed: [], page }
  return sendStep(visit, await continueLogout(logout, parts.protocols), parts)
}

/** A service provider's LogoutRequest: everybody else is told before it has its answer. */
export async function signOutBySaml(
  visit: Visit,
  message: ReceivedMessage,
  parts: SignOutParts,
): Promise<FastifyReply> {
  return asAdfsErrors(async () => {
    const received = await receiveLogoutRequest(message, parts.protocols)
    const session = await parts.conversation.sessions.find(sessionCookie(visit.request))
    const participants = session?.participants ?? []
    const known = participants.some((each) => meansParticipant(received, each))
    if (session && !known) return refuseStranger(visit, received, parts)
    const page = await pageFor(visit, false, parts)
    await endSession(visit, parts, 'signedOutBySaml', page)
    const { trust, request, relayState } = received
    const initiator = { trust: trust.settings.objectIdentifier, requestId: request.id, relayState }
    const remaining = participants.filter((each) => each.trust !== initiator.trust)
    const logout = { user: session?.user.userPrincipalName ?? '', initiator, remaining, failed: [], page }
    return sendStep(visit, await continueLogout(logout, parts.protocols), parts)
  })
}

/** A service provider has been told; now the next one. */
export async function goOnSigningOut(
  visit: Visit,
  message: ReceivedMessage,
  parts: SignOutParts,
): Promise<FastifyReply> {
  return asAdfsErrors(async () => {
    const { logout, asked, problem } = await receiveLogoutResponse(message, parts.protocols)
    visit.request.recording.note({
      decision: problem === undefined ? 'logoutConfirmed' : 'logoutFailed',
      user: logout.user,
      ...(problem !== undefined && { reason: `${asked.identifier}: ${problem}` }),
    })
    const failed = problem === undefined ? logout.failed : [...logout.failed, asked.identifier]
    return sendStep(visit, await continueLogout({ ...logout, failed }, parts.protocols), parts)
  })
}

/** The session of somebody else, or of another sign-in, goes on. */
async function refuseStranger(
  visit: Visit,
  { trust, request, relayState }: ReceivedLogoutRequest,
  { protocols }: SignOutParts,
): Promise<FastifyReply> {
  visit.request.recording.note({
    decision: 'logoutRefused',
    reason: `MSIS7054: NameID or SessionIndex are not those that "${trust.settings.name}" was given in this session`,
  })
  const status = ['Requester', 'UnknownPrincipal']
  const answer = await answerLogout({ trust, requestId: request.id, relayState, status }, protocols)
  return answer ? sendMessage(visit, answer) : visit.reply.code(204).send()
}

async function pageFor(
  { request, query }: Visit,
  cleanup: boolean,
  { conversation, protocols }: SignOutParts,
): Promise<SignOutView> {
  const visited = visitedRelyingParties(request)
  const page = signOut(conversation.config.trusts, { visited, wreply: query.get('wreply'), cleanup })
  if (cleanup) return page
  const session = await conversation.sessions.find(sessionCookie(request))
  const applications = protocols.frontChannelUrls(visited, session?.user.sid)
  const partner = partnerSignOutUrls(session?.provider?.identifier, conversation.config.trusts)
  return { ...page, cleanupUrls: [...page.cleanupUrls, ...applications, ...partner] }
}

async function endSession(
  { request, reply }: Visit,
  { conversation }: SignOutParts,
  decision: string,
  page: SignOutView,
): Promise<Session | undefined> {
  const cookie = sessionCookie(request)
  const session = await conversation.sessions.find(cookie)
  await conversation.sessions.end(cookie)
  clearSessionCookies(reply)
  const relyingParties = page.cleanupUrls.length + (session?.participants?.length ?? 0)
  request.recording.note({
    decision,
    ...(session && { user: session.user.userPrincipalName }),
    detail: { relyingParties, event: signedOutEvent },
  })
  return session
}

function sendStep(visit: Visit, step: LogoutStep, { conversation }: SignOutParts): FastifyReply {
  if (step.kind === 'send') {
    visit.request.recording.note({ decision: 'logoutRequested', detail: { serviceProvider: step.to } })
    return sendMessage(visit, step.answer)
  }
  const { logout, answer } = step
  noteEnd(visit, logout)
  if (answer && logout.page.cleanupUrls.length === 0) return sendMessage(visit, answer)
  if (answer?.kind === 'post') visit.request.recording.postsTo(answer.action, answer.fields)
  const view = { ...logout.page, failed: logout.failed, onward: answer }
  return sendPage(visit.reply, signOutPage(conversation.themes.for(visit.request), view))
}

function noteEnd({ request }: Visit, { failed, user }: Logout): void {
  if (failed.length === 0) return
  const reason = `MSIS7055: not signed out properly: ${failed.join(', ')}`
  request.recording.note({ decision: 'partialLogout', reason, ...(user !== '' && { user }) })
}

function sendMessage({ request, reply }: Visit, answer: TokenMessage): FastifyReply {
  if (answer.kind === 'redirect') return reply.redirect(answer.location, 302)
  return sendFormPost(request, reply, { action: answer.action, fields: answer.fields })
}
