import type { FastifyReply } from 'fastify'
import type { Decision } from '../../conditional-access/decision.ts'
import { EntraError } from '../../errors.ts'
import type { AuthMethodId, RegisteredMethod } from '../../mfa/methods.ts'
import type { MfaOwner, MfaResult } from '../../mfa/mfa-service.ts'
import type { AuthenticationDetail } from '../../sign-in-log/sign-in-log.ts'
import type { Conversation, SecondFactor } from '../conversation.ts'
import { clientOf, resourceOf } from '../facts.ts'
import { note } from '../journal.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'
import { sendSecondFactor } from './second-factor-page.ts'

/** Sessions of the second factor that Entra ID's own pages began. */
const caller = 'entra'

export function ownerOf(conversation: Conversation): MfaOwner {
  return { caller, objectId: conversation.progress.firstFactor?.objectId }
}

interface Ask {
  readonly conversation: Conversation
  readonly decision: Decision | undefined
  readonly reason: string
}

/** Asks for the second factor: the default method, unless the person chose another. */
export async function showSecondFactor(services: SignInServices, exchange: Exchange, ask: Ask): Promise<FastifyReply> {
  const { conversation, decision } = ask
  const { request: authorize, progress } = conversation
  const methods = await services.mfa.methodsOf(progress.firstFactor?.objectId ?? '')
  const user = progress.firstFactor?.userPrincipalName ?? ''
  const first = progress.secondFactor === undefined
  const current = progress.secondFactor?.choosing
    ? conversation
    : await begun(services, exchange, conversation, methods)
  const reason = `AADSTS50074: ${ask.reason}`
  const how = current.progress.secondFactor?.choosing ? 'choose' : current.progress.secondFactor?.authMethodId
  note(exchange.request, authorize, 4, { decision: 'secondFactorAsked', reason, user, detail: { method: how } })
  if (first) {
    const error = new EntraError('strongAuthenticationNeeded', { reason: ask.reason })
    const person = await services.people.byObjectId(progress.firstFactor?.objectId ?? '')
    const end = {
      conversation,
      decision,
      person,
      errorCode: error.facts.aadsts,
      failureReason: error.message,
      additionalDetails: 'MFA required in Azure AD',
    }
    await services.signIns.add(signInRecord(services.config, exchange.request, end))
  }
  return sendSecondFactor(services.config, exchange, { conversation: current, methods, decision })
}

/** One request at a time: whoever reloads the page gets the number that is on the phone already. */
export async function begun(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  methods: readonly RegisteredMethod[],
): Promise<Conversation> {
  const { secondFactor } = conversation.progress
  if (secondFactor?.over) return conversation
  const wanted = methods.find(({ authMethodId }) => authMethodId === secondFactor?.authMethodId) ?? methods[0]
  if (!wanted) throw new Error('a second factor is asked of somebody who has none')
  const open = secondFactor?.authMethodId === wanted.authMethodId && (await isOpen(services, conversation))
  return open ? conversation : beginMethod(services, exchange, conversation, wanted.authMethodId)
}

async function isOpen({ mfa }: SignInServices, conversation: Conversation): Promise<boolean> {
  const { sessionId } = conversation.progress.secondFactor ?? {}
  if (sessionId === undefined) return false
  return ['Pending', 'Success'].includes(await mfa.state(sessionId, ownerOf(conversation)))
}

async function beginMethod(
  { mfa, config, conversations }: SignInServices,
  { request }: Exchange,
  conversation: Conversation,
  authMethodId: AuthMethodId,
): Promise<Conversation> {
  const { objectId, userPrincipalName } = conversation.progress.firstFactor ?? { objectId: '', userPrincipalName: '' }
  const resource = config.applications.byId(resourceOf(conversation.request)) ?? clientOf(config, conversation.request)
  const started = await mfa.begin({
    person: { objectId, userPrincipalName },
    authMethodId,
    application: resource.displayName,
    address: request.caller.address,
    caller,
  })
  if (started.result !== 'Success')
    throw new Error(`the registered method ${authMethodId} cannot begin: ${started.result}`)
  const { sessionId, entropy } = started
  const begunNow = withSecondFactor(conversation, { authMethodId, sessionId, entropy })
  await conversations.save(begunNow)
  return begunNow
}

export function withSecondFactor(conversation: Conversation, secondFactor: SecondFactor): Conversation {
  return { ...conversation, progress: { ...conversation.progress, secondFactor } }
}

/** Another method, or the list of them; a request that is open on the phone is left to expire. */
export function methodChosen(conversation: Conversation, choice: string): Conversation {
  return withSecondFactor(conversation, choice === 'choose' ? { choosing: true } : { authMethodId: choice })
}

export type SecondFactorResult =
  | { readonly outcome: 'done'; readonly conversation: Conversation }
  | { readonly outcome: 'shown'; readonly reply: FastifyReply }

/** The form of the page: with a code to try, or to see whether the phone has answered. */
export async function finishSecondFactor(
  services: SignInServices,
  exchange: Exchange,
  {
    conversation,
    decision,
    code,
  }: {
    readonly conversation: Conversation
    readonly decision: Decision | undefined
    readonly code: string | undefined
  },
): Promise<SecondFactorResult> {
  const { mfa, clock } = services
  const { sessionId, authMethodId } = conversation.progress.secondFactor ?? {}
  const owner = ownerOf(conversation)
  const result =
    sessionId === undefined
      ? 'NoSuchSession'
      : await (code === undefined ? mfa.state(sessionId, owner) : mfa.verify(sessionId, owner, code))
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  if (result === 'Success' && sessionId !== undefined && (await mfa.redeem(sessionId, owner))) {
    note(exchange.request, conversation.request, 5, {
      decision: 'secondFactorPassed',
      user,
      detail: { method: authMethodId },
    })
    const at = clock.now().getTime()
    const details = [secondFactorDetail(at, authMethodId, true, 'MFA successfully completed')]
    const multifactor = { at, combination: combinations[authMethodId ?? ''] ?? 'password', details }
    const { secondFactor: _, ...progress } = conversation.progress
    return { outcome: 'done', conversation: { ...conversation, progress: { ...progress, multifactor } } }
  }
  return { outcome: 'shown', reply: await showUnfinished(services, exchange, { conversation, decision, result }) }
}

interface Unfinished {
  readonly conversation: Conversation
  readonly decision: Decision | undefined
  readonly result: MfaResult
}

const mayTryAgain: readonly MfaResult[] = ['Pending', 'WrongCode', 'CodeAlreadyUsed']

async function showUnfinished(
  services: SignInServices,
  exchange: Exchange,
  { conversation, decision, result }: Unfinished,
): Promise<FastifyReply> {
  const { firstFactor, secondFactor } = conversation.progress
  const user = firstFactor?.userPrincipalName ?? ''
  const methods = await services.mfa.methodsOf(firstFactor?.objectId ?? '')
  if (result === 'Pending') {
    note(exchange.request, conversation.request, 5, { decision: 'secondFactorPending', user })
    return sendSecondFactor(services.config, exchange, { conversation, methods, decision, pending: true })
  }
  const reason = `second factor: ${result}`
  const error = new EntraError('strongAuthenticationFailed', { reason })
  note(exchange.request, conversation.request, 5, { decision: error.code, reason, user })
  const person = await services.people.byObjectId(firstFactor?.objectId ?? '')
  const failed = secondFactorDetail(
    services.clock.now().getTime(),
    secondFactor?.authMethodId,
    false,
    resultTexts[result] ?? result,
  )
  const end = {
    conversation,
    decision,
    person,
    details: [...(firstFactor?.details ?? []), failed],
    errorCode: error.facts.aadsts,
    failureReason: error.message,
    additionalDetails: result,
  }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  const over = !mayTryAgain.includes(result)
  const current = over
    ? withSecondFactor(conversation, { authMethodId: secondFactor?.authMethodId, over: true })
    : conversation
  await services.conversations.save(current)
  return sendSecondFactor(services.config, exchange, { conversation: current, methods, decision, error, result })
}

/** Authentication combinations ([Graph] authenticationMethodModes). */
const combinations: Readonly<Record<string, string>> = {
  PhoneAppNotification: 'password,microsoftAuthenticatorPush',
  PhoneAppOTP: 'password,softwareOath',
  OneWaySMS: 'password,sms',
}

const methodNames: Readonly<Record<string, string>> = {
  PhoneAppNotification: 'Mobile app notification',
  PhoneAppOTP: 'OATH verification code',
  OneWaySMS: 'SMS',
}

const resultTexts: Partial<Record<MfaResult, string>> = {
  Denied: 'MFA denied; user declined the authentication',
  TimedOut: 'User did not respond to mobile app notification',
  WrongCode: 'MFA denied; incorrect verification code',
  CodeAlreadyUsed: 'MFA denied; duplicate verification code',
  TooManyAttempts: 'MFA denied; too many attempts',
}

function secondFactorDetail(
  at: number,
  authMethodId: string | undefined,
  succeeded: boolean,
  text: string,
): AuthenticationDetail {
  return {
    authenticationStepDateTime: new Date(at).toISOString(),
    authenticationMethod: methodNames[authMethodId ?? ''] ?? '',
    authenticationMethodDetail: '',
    succeeded,
    authenticationStepResultDetail: text,
    authenticationStepRequirement: 'Multifactor authentication',
  }
}
