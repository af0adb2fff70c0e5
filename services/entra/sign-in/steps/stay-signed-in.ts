import type { FastifyReply } from 'fastify'
import { catalogue } from '../../error-catalogue.ts'
import { staySignedInBody } from '../../pages/stay-signed-in-page.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation } from '../conversation.ts'
import { note } from '../journal.ts'
import type { SignInFacts } from '../next-step.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'

/** "Stay signed in?", logged as the interrupt 50140. */
export async function showStaySignedIn(
  services: SignInServices,
  exchange: Exchange,
  { conversation, facts }: { readonly conversation: Conversation; readonly facts: SignInFacts },
): Promise<FastifyReply> {
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(exchange.request, conversation.request, undefined, { decision: 'staySignedInPage', user })
  const end = {
    conversation,
    decision: facts.decision,
    person: facts.person,
    errorCode: catalogue.keepSignedInInterrupt.aadsts,
    failureReason: catalogue.keepSignedInInterrupt.message,
  }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  return sendConversationPage(services.config, exchange, conversation, {
    pageId: 'KmsiInterrupt',
    title: 'Sign in to your account',
    heading: 'Stay signed in?',
    account: user,
    urlPost: signInPaths.keepSignedIn,
    decision: facts.decision,
    body: staySignedInBody({ tokens: formTokens(conversation) }),
  })
}

/** `LoginOptions` 1 is Yes, 3 is No. */
export function staySignedInAnswered(conversation: Conversation, loginOptions: string | undefined): Conversation {
  return { ...conversation, progress: { ...conversation.progress, keepSignedIn: loginOptions === '1' } }
}
