import type { FastifyReply } from 'fastify'
import { saml20Protocol } from '#shared/saml/names.ts'
import type { MessageField } from '#shared/saml/protocol-message.ts'
import { isNamed } from '#shared/xml/elements.ts'
import { continueSignIn } from '../sign-in/conversation.ts'
import type { Visit } from '../sign-in/visit.ts'
import { goOnSigningOut, type SignOutParts, signOutBySaml } from '../sign-out/sign-out.ts'
import type { PendingMessage } from './pending-messages.ts'
import { asAdfsErrors, receiveAuthnRequest, receiveMessage, receivePending } from './receive.ts'

/** A SAML message at the passive end point, just arrived in a field or kept while the user signs in. */
export async function answerSaml(
  visit: Visit,
  source: MessageField | PendingMessage | undefined,
  parts: SignOutParts,
): Promise<FastifyReply> {
  const waiting = typeof source === 'object' ? source : undefined
  const field = typeof source === 'string' ? source : 'SAMLRequest'
  const message = await asAdfsErrors(() => (waiting ? receivePending(waiting) : receiveMessage(visit, field)))
  if (isNamed(message.root, saml20Protocol, 'LogoutRequest')) return signOutBySaml(visit, message, parts)
  if (isNamed(message.root, saml20Protocol, 'LogoutResponse')) return goOnSigningOut(visit, message, parts)
  if (isNamed(message.root, saml20Protocol, 'Response')) {
    const { answerPartner } = await import('../claims-providers/partner-answer.ts')
    const { xml, relayState: context = '' } = message
    return answerPartner(visit, { protocol: 'SAML', context, xml }, parts.conversation)
  }
  const received = await receiveAuthnRequest(visit, message, waiting, parts.protocols)
  return continueSignIn(received.visit, received.signIn, parts.conversation)
}
