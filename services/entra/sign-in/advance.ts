import type { FastifyReply } from 'fastify'
import { EntraError, type EntraErrorKey } from '../errors.ts'
import { federate } from '../federation/send-to-provider.ts'
import { withForcedOutcome } from '../outcomes/forced-sign-in.ts'
import { type Conversation, contextOf } from './conversation.ts'
import { gatherFacts } from './facts.ts'
import { note, noteRestrictions } from './journal.ts'
import { type NextStep, nextStep, type SignInFacts } from './next-step.ts'
import type { Exchange, SignInServices } from './services.ts'
import { signInRecord } from './sign-in-record.ts'
import { showAccessPass } from './steps/access-pass.ts'
import { answer } from './steps/answer.ts'
import { challengeDevice, sendToBroker } from './steps/authenticate-device.ts'
import { showChangePassword } from './steps/change-password.ts'
import { showConfirmation } from './steps/connect-device.ts'
import { showConsent } from './steps/consent.ts'
import { showAccountPicker, showUserName } from './steps/identify.ts'
import { showPassword } from './steps/password.ts'
import { showRegistration } from './steps/registration.ts'
import { showSecondFactor } from './steps/second-factor.ts'
import { withoutRememberedDevice, withoutSecondFactor, withRememberedDevice } from './steps/second-factor-remembered.ts'
import { showStaySignedIn } from './steps/stay-signed-in.ts'
import { showTermsOfUse } from './steps/terms-of-use.ts'

/** Goes on with a conversation until a page, a redirect or the answer is due. Every step ends by coming back here. */
export async function advance(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
): Promise<FastifyReply> {
  const { conversation: current, facts, step } = await settle(services, exchange, conversation)
  // The last step ends the conversation, so there is nothing to keep for another one.
  if (step.step !== 'answer' && step.step !== 'refuse') await services.conversations.save(current)
  noteDecision(exchange, current, facts)
  return show(services, exchange, { conversation: current, facts, step })
}

export interface Turn<Step extends NextStep = NextStep> {
  readonly conversation: Conversation
  readonly facts: SignInFacts
  readonly step: Step
}

/** Takes the steps that need nobody: a session that still counts, or one that is too old. */
export async function settle(services: SignInServices, exchange: Exchange, settling: Conversation): Promise<Turn> {
  const remembering = await withRememberedDevice(services, exchange, settling)
  const conversation = await withForcedOutcome(services, exchange, remembering)
  const facts = await gatherFacts(services, exchange, conversation)
  const step = nextStep(facts)
  if (step.step === 'resumeSession') return settle(services, exchange, withSession(conversation, step))
  if (step.step === 'signInAgain') {
    if (step.interrupt) await logInterrupt(services, exchange, { conversation, facts, key: step.interrupt })
    return settle(services, exchange, withoutSession(conversation))
  }
  if (step.step === 'forgetDevice') return settle(services, exchange, withoutRememberedDevice(conversation))
  if (step.step === 'repeatSecondFactor') return settle(services, exchange, withoutSecondFactor(conversation))
  return { conversation, facts, step }
}

function withSession(
  conversation: Conversation,
  { account }: Extract<NextStep, { step: 'resumeSession' }>,
): Conversation {
  const { objectId, userPrincipalName, authentication, sid } = account
  const details = [previouslySatisfied(authentication.authenticatedAt)]
  const firstFactor = { objectId, userPrincipalName, authentication, sid, details }
  return { ...conversation, progress: { ...conversation.progress, username: userPrincipalName, firstFactor } }
}

interface Interrupt {
  readonly conversation: Conversation
  readonly facts: SignInFacts
  readonly key: EntraErrorKey
}

async function logInterrupt(
  { signIns, config }: SignInServices,
  { request }: Exchange,
  { conversation, facts: { decision, person }, key }: Interrupt,
): Promise<void> {
  const { facts, message } = new EntraError(key, { reason: 'the sign-in begins anew' })
  const end = { conversation, decision, person, errorCode: facts.aadsts, failureReason: message }
  await signIns.add(signInRecord(config, request, end))
}

function previouslySatisfied(at: number) {
  return {
    authenticationStepDateTime: new Date(at).toISOString(),
    authenticationMethod: 'Previously satisfied',
    authenticationMethodDetail: '',
    succeeded: true,
    authenticationStepResultDetail: 'First factor requirement satisfied by claim in the token',
    authenticationStepRequirement: 'Primary authentication',
  }
}

function withoutSession(conversation: Conversation): Conversation {
  const { firstFactor, ...progress } = conversation.progress
  return { ...conversation, progress: { ...progress, username: firstFactor?.userPrincipalName, ignoreSessions: true } }
}

function noteDecision(
  { request }: Exchange,
  { request: authorize }: Conversation,
  { decision, person }: SignInFacts,
): void {
  if (!decision || !person) return
  const applied = decision.applied.map((policy) => `${policy.displayName}: ${policy.result}`)
  const content = {
    decision: `conditionalAccess: ${decision.outcome}`,
    user: person.userPrincipalName,
    detail: { conditionalAccess: applied },
  }
  note(request, authorize, 'policy', decision.outcome === 'allow' ? content : { ...content, reason: decision.reason })
  noteRestrictions(request, authorize, decision)
}

async function show(services: SignInServices, exchange: Exchange, turn: Turn): Promise<FastifyReply> {
  const { conversation, facts, step } = turn
  switch (step.step) {
    case 'identify':
      return showUserName(services, exchange, { conversation, step })
    case 'chooseAccount':
      return showAccountPicker(services, exchange, { conversation, session: facts.session, reason: step.reason })
    case 'password':
      return showPassword(services, exchange, { conversation, reason: step.reason })
    case 'accessPass':
      return showAccessPass(services, exchange, { conversation, reason: step.reason })
    case 'federate':
      return federate(services, exchange, { conversation, step, context: contextOf(conversation) })
    case 'authenticateDevice':
      return challengeDevice(services, exchange, { conversation, facts, step })
    case 'installBroker':
      return sendToBroker(services, exchange, { conversation, facts, step })
    case 'secondFactor':
      return showSecondFactor(services, exchange, { conversation, decision: facts.decision, reason: step.reason })
    case 'registerSecondFactor':
    case 'securityInfo':
      return showRegistration(services, exchange, { conversation, facts, step })
    case 'changePassword':
      return showChangePassword(services, exchange, { conversation, facts, step })
    case 'acceptTerms':
      return showTermsOfUse(services, exchange, { conversation, facts, step })
    case 'staySignedIn':
      return showStaySignedIn(services, exchange, { conversation, facts })
    case 'consent':
      return showConsent(services, exchange, { conversation, facts })
    case 'confirmApplication':
      return showConfirmation(services, exchange, { conversation, facts })
    case 'refuse':
      return refuse(services, exchange, { conversation, facts, step })
    case 'answer':
      return answer(services, exchange, { conversation, facts, persistent: step.persistent })
    default:
      throw new Error(`step ${step.step} is settled before anything is shown`)
  }
}

/** The person stays on an error page: nothing more can be done in this browser. */
async function refuse(
  services: SignInServices,
  { request }: Exchange,
  { conversation, facts, step }: Turn<Extract<NextStep, { step: 'refuse' }>>,
): Promise<never> {
  const error = refusal(services, conversation, step)
  const end = {
    conversation,
    decision: facts.decision,
    person: facts.person,
    errorCode: error.facts.aadsts,
    failureReason: error.message,
  }
  await services.signIns.add(signInRecord(services.config, request, end))
  if (facts.person) await services.circumstances.risk.signedIn(facts.person.objectId, { multifactor: false })
  await services.conversations.end(conversation)
  note(request, conversation.request, undefined, { user: conversation.progress.firstFactor?.userPrincipalName ?? '' })
  throw error
}

export function refusal(
  { config }: Pick<SignInServices, 'config'>,
  { progress, request }: Conversation,
  step: Extract<NextStep, { step: 'refuse' }>,
): EntraError {
  const user = progress.firstFactor?.userPrincipalName ?? progress.username ?? ''
  const values = {
    user,
    tenant: config.tenant.displayName,
    resource: request.access.resource?.appId ?? request.clientId,
    ...step.values,
  }
  return new EntraError(step.error, { values, reason: step.reason })
}
