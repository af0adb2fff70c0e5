import type { FastifyReply } from 'fastify'
import { EntraError } from '../errors.ts'
import { advance } from './advance.ts'
import type { Conversation } from './conversation.ts'
import { gatherFacts } from './facts.ts'
import { note } from './journal.ts'
import { type NextStep, nextStep, type SignInFacts } from './next-step.ts'
import type { PostTurn } from './page-posts.ts'
import { registrationAction } from './registration-actions.ts'
import type { Exchange, SignInServices } from './services.ts'
import { signInRecord } from './sign-in-record.ts'
import { showRegistration } from './steps/registration.ts'
import { leaveSecurityInfo } from './steps/security-info.ts'

type RegistrationStep = Extract<NextStep, { step: 'registerSecondFactor' | 'securityInfo' }>

/** `/common/SecurityInfo`: every form of a registration, told apart by `action`. */
export async function securityInfoPost(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form }: PostTurn,
): Promise<FastifyReply> {
  const facts = await gatherFacts(services, exchange, conversation)
  const step = nextStep(facts)
  // A form of an earlier page is answered with the page of now.
  if (step.step !== 'registerSecondFactor' && step.step !== 'securityInfo')
    return advance(services, exchange, conversation)
  if (step.step === 'securityInfo' && form.action === 'done') return leaveSecurityInfo(services, exchange, conversation)
  if (form.action === 'begin') await refuseWherePolicyDoes(services, exchange, conversation, step)
  const result = await registrationAction(form.action)({ services, exchange, conversation, facts, form })
  if (result.error === undefined) return advance(services, exchange, result.conversation)
  return shown(services, exchange, { conversation: result.conversation, facts, step, error: result.error })
}

async function shown(
  services: SignInServices,
  exchange: Exchange,
  turn: {
    readonly conversation: Conversation
    readonly facts: SignInFacts
    readonly step: RegistrationStep
    readonly error: string
  },
): Promise<FastifyReply> {
  await services.conversations.save(turn.conversation)
  const user = turn.conversation.progress.firstFactor?.userPrincipalName ?? ''
  const content = { decision: 'registrationRefused', reason: turn.error, user }
  note(exchange.request, turn.conversation.request, undefined, content)
  return showRegistration(services, exchange, turn)
}

/** "Conditional Access: user actions": in the middle of a sign-in, registering is an action of its own. */
async function refuseWherePolicyDoes(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  { step }: RegistrationStep,
): Promise<void> {
  if (step === 'securityInfo') return
  const request = { ...conversation.request, userAction: 'urn:user:registersecurityinfo' as const }
  const facts = await gatherFacts(services, exchange, { ...conversation, request })
  const { decision, person } = facts
  if (!decision || decision.outcome === 'allow') return
  const error = new EntraError('registrationBlocked', { reason: decision.reason })
  const end = {
    conversation,
    decision,
    person,
    errorCode: error.facts.aadsts,
    failureReason: error.message,
    additionalDetails: decision.reason,
  }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  await services.conversations.end(conversation)
  throw error
}

/** `/common/SkipMfaRegistration`: not now, as long as the registration policy lets it. */
export async function skipRegistration(
  services: SignInServices,
  exchange: Exchange,
  { conversation }: PostTurn,
): Promise<FastifyReply> {
  const facts = await gatherFacts(services, exchange, conversation)
  const step = nextStep(facts)
  if (step.step !== 'registerSecondFactor' || !step.daysLeft) return advance(services, exchange, conversation)
  const error = new EntraError('registrationSkipped', { reason: `${step.daysLeft} days are left to register a method` })
  const user = facts.person?.userPrincipalName ?? ''
  note(exchange.request, conversation.request, undefined, { decision: error.code, user, reason: error.reason })
  const end = {
    conversation,
    decision: facts.decision,
    person: facts.person,
    errorCode: error.facts.aadsts,
    failureReason: error.message,
  }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  const progress = { ...conversation.progress, registrationSkipped: true }
  return advance(services, exchange, { ...conversation, progress })
}
