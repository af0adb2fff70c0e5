import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { AdfsError } from '../errors.ts'
import { samlLogoutGap } from '../gaps.ts'
import { signOutPage } from '../pages/sign-out-page.ts'
import { type PreauthenticationParts, preauthenticationSignIn } from '../preauthentication/sign-in.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { SamlReceiver } from '../saml/receive.ts'
import { clearSessionCookies, sessionCookie, visitedRelyingParties } from '../sessions/cookies.ts'
import { type WsFederationParts, wsFederationSignIn } from '../ws-federation/sign-in.ts'
import { signOut } from '../ws-federation/sign-out.ts'
import { type ConversationParts, continueSignIn } from './conversation.ts'
import { formParameters, readParameters } from './parameters.ts'
import { type PassiveMessage, passiveMessage } from './passive-message.ts'
import { selfUrl } from './self-url.ts'
import type { Visit } from './visit.ts'

export interface PassiveParts {
  readonly conversation: ConversationParts
  readonly protocols: WsFederationParts & PreauthenticationParts & SamlReceiver
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}

/** /adfs/ls/: reads which protocol a request speaks and hands it on. */
export async function answerPassive(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: PassiveParts,
): Promise<FastifyReply> {
  const query = readParameters(queryOf(request.url))
  const form = formParameters(request.body)
  const waiting = await parts.protocols.pending.find(request)
  const visit: Visit = {
    request,
    reply,
    query,
    form,
    facts: await parts.readFacts(request),
    self: selfUrl(request.url, request.correlationId, parts.conversation.config.urls),
  }
  const message = passiveMessage(query, form, waiting !== undefined)
  if (message.kind !== 'samlRequest') return answerMessage(message, visit, parts)
  const { receiveSaml } = await import('../saml/receive.ts')
  const received = await receiveSaml(visit, message.binding, waiting, parts.protocols)
  return continueSignIn(received.visit, received.signIn, parts.conversation)
}

function queryOf(url: string): string {
  const mark = url.indexOf('?')
  return mark === -1 ? '' : url.slice(mark + 1)
}

type OtherMessage = Exclude<PassiveMessage, { kind: 'samlRequest' }>

async function answerMessage(message: OtherMessage, visit: Visit, parts: PassiveParts): Promise<FastifyReply> {
  const { query, facts, self } = visit
  switch (message.kind) {
    case 'wsSignIn':
      return continueSignIn(visit, wsFederationSignIn(query, self.key, parts.protocols), parts.conversation)
    case 'preauthentication':
      return continueSignIn(visit, preauthenticationSignIn(query, self.key, facts, parts.protocols), parts.conversation)
    case 'wsSignOut':
      return endSession(visit, message.cleanup, parts)
    case 'samlLogout':
      throw samlLogoutGap()
    case 'unsupportedAction':
      throw new AdfsError('unsupportedAction', { reason: message.reason })
    case 'unknown':
      throw new AdfsError('unknownMessage', { reason: message.reason, values: [pathOf(visit.request)] })
  }
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '/'
}

async function endSession(visit: Visit, cleanup: boolean, { conversation }: PassiveParts): Promise<FastifyReply> {
  const { request, reply, query } = visit
  const cookie = sessionCookie(request)
  const session = await conversation.sessions.find(cookie)
  await conversation.sessions.end(cookie)
  const visited = visitedRelyingParties(request)
  const view = signOut(conversation.config.trusts, { visited, wreply: query.get('wreply'), cleanup })
  clearSessionCookies(reply)
  request.recording.note({
    decision: cleanup ? 'signOutCleanup' : 'signedOut',
    ...(session && { user: session.user.userPrincipalName }),
    detail: { relyingParties: view.cleanupUrls.length, event: 1206 },
  })
  return sendPage(reply, signOutPage(conversation.theme, view))
}
