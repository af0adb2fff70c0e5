import type { FastifyReply } from 'fastify'
import { EntraError } from '../../errors.ts'
import { registrationBody } from '../../pages/registration-page.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation } from '../conversation.ts'
import { resourceOf } from '../facts.ts'
import { note } from '../journal.ts'
import type { SignInFacts } from '../next-step.ts'
import { sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'

interface Registration {
  readonly conversation: Conversation
  readonly facts: SignInFacts
  readonly reason: string
}

/** A policy needs a second factor of somebody who has registered none: the sign-in ends at the interrupt. */
export async function showRegistration(
  services: SignInServices,
  exchange: Exchange,
  { conversation, facts, reason }: Registration,
): Promise<FastifyReply> {
  const error = new EntraError('mfaRegistrationInterrupt', {
    values: { resource: resourceOf(conversation.request) },
    reason,
  })
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(exchange.request, conversation.request, 4, {
    decision: error.code,
    user,
    reason: `${reason}; no method is registered`,
  })
  const end = {
    conversation,
    decision: facts.decision,
    person: facts.person,
    errorCode: error.facts.aadsts,
    failureReason: error.message,
  }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  return sendConversationPage(services.config, exchange, conversation, {
    pageId: 'ConvergedProofUpRedirect',
    title: 'More information required',
    heading: 'More information required',
    account: user,
    urlPost: signInPaths.reprocess,
    error,
    decision: facts.decision,
    body: registrationBody({ organization: services.config.tenant.displayName }),
  })
}
