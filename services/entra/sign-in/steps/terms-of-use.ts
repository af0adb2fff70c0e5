import type { FastifyReply } from 'fastify'
import { EntraError } from '../../errors.ts'
import { termsOfUseBody } from '../../pages/terms-of-use-page.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation } from '../conversation.ts'
import { note } from '../journal.ts'
import type { NextStep, SignInFacts } from '../next-step.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'

export interface AcceptTerms {
  readonly conversation: Conversation
  readonly facts: SignInFacts
  readonly step: Extract<NextStep, { step: 'acceptTerms' }>
}

/** The interrupt 50158: terms of use are an external challenge to the sign-in. */
export async function showTermsOfUse(
  services: SignInServices,
  exchange: Exchange,
  turn: AcceptTerms,
): Promise<FastifyReply> {
  const { conversation, facts, step } = turn
  const agreement = services.circumstances.agreements.byId(step.control.detail ?? '')
  if (!agreement) throw await termsRefused(services, exchange, turn, 'the tenant has no terms of use of that id')
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(exchange.request, conversation.request, undefined, { decision: 'termsOfUsePage', reason: step.reason, user })
  await logTerms(services, exchange, turn, step.reason)
  return sendConversationPage(services.config, exchange, conversation, {
    pageId: 'ConvergedTermsOfUse',
    title: 'Terms of use',
    heading: `${services.config.tenant.displayName} terms of use`,
    account: user,
    urlPost: signInPaths.termsOfUse,
    decision: facts.decision,
    body: termsOfUseBody({
      tokens: formTokens(conversation),
      organization: services.config.tenant.displayName,
      agreementId: agreement.id,
      displayName: agreement.displayName,
      text: agreement.text,
    }),
  })
}

/** Nothing more can be done without the terms: the sign-in ends. */
export async function termsRefused(
  services: SignInServices,
  exchange: Exchange,
  turn: AcceptTerms,
  why: string,
): Promise<EntraError> {
  const reason = `${turn.step.reason}; ${why}`
  const error = new EntraError('externalChallenge', { reason })
  const user = turn.conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(exchange.request, turn.conversation.request, undefined, { decision: error.code, reason, user })
  await logTerms(services, exchange, turn, reason)
  await services.conversations.end(turn.conversation)
  return error
}

async function logTerms(
  services: SignInServices,
  { request }: Exchange,
  { conversation, facts }: AcceptTerms,
  reason: string,
): Promise<void> {
  const error = new EntraError('externalChallenge', { reason })
  const end = {
    conversation,
    decision: facts.decision,
    person: facts.person,
    errorCode: error.facts.aadsts,
    failureReason: error.message,
    additionalDetails: reason,
  }
  await services.signIns.add(signInRecord(services.config, request, end))
}
