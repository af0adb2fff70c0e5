import type { FastifyReply } from 'fastify'
import { EntraError } from '../../errors.ts'
import { interruptBody } from '../../pages/registration-pages.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation } from '../conversation.ts'
import { resourceOf } from '../facts.ts'
import { note } from '../journal.ts'
import type { NextStep, SignInFacts } from '../next-step.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'
import { sendRegistrationStage } from './registration-stages.ts'
import { sendSecurityInfo } from './security-info.ts'

export interface RegistrationTurn {
  readonly conversation: Conversation
  readonly facts: SignInFacts
  readonly step: Extract<NextStep, { step: 'registerSecondFactor' | 'securityInfo' }>
  /** Beside the field of the page. */
  readonly error?: string | undefined
}

/** Where a registration stands; before its first step the interrupt, or the list of what is registered. */
export function showRegistration(
  services: SignInServices,
  exchange: Exchange,
  turn: RegistrationTurn,
): Promise<FastifyReply> {
  if (turn.conversation.progress.registration) return sendRegistrationStage(services, exchange, turn)
  if (turn.step.step === 'securityInfo') return sendSecurityInfo(services, exchange, turn)
  return showInterrupt(services, exchange, { ...turn, step: turn.step })
}

type Interrupt = RegistrationTurn & { readonly step: Extract<NextStep, { step: 'registerSecondFactor' }> }

/** A policy needs a second factor of somebody who has registered none: the sign-in waits until one is. */
async function showInterrupt(
  services: SignInServices,
  exchange: Exchange,
  { conversation, facts, step }: Interrupt,
): Promise<FastifyReply> {
  const { reason, daysLeft } = step
  const error = interrupt(conversation, reason)
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(exchange.request, conversation.request, 'restricted', {
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
    urlPost: signInPaths.securityInfo,
    error,
    decision: facts.decision,
    body: interruptBody({
      tokens: formTokens(conversation),
      organization: services.config.tenant.displayName,
      daysLeft,
    }),
    config: {
      sProofUpAuthState: conversation.flowToken,
      iRemainingDaysToSkipMfaRegistration: daysLeft ?? 0,
      ...(daysLeft !== undefined && daysLeft > 0 && { urlSkipMfaRegistration: signInPaths.skipRegistration }),
    },
  })
}

export function interrupt(conversation: Conversation, reason: string): EntraError {
  const values = { resource: resourceOf(conversation.request) }
  return new EntraError('mfaRegistrationInterrupt', { values, reason })
}
