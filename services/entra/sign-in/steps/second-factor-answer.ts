import type { FastifyReply } from 'fastify'
import type { Decision } from '../../conditional-access/decision.ts'
import { EntraError } from '../../errors.ts'
import type { RegisteredMethod } from '../../mfa/methods.ts'
import type { MfaResult } from '../../mfa/mfa-service.ts'
import { combinationOf, loggedDetail, loggedName, loggedResult } from '../../mfa/recorded-method.ts'
import type { AuthenticationDetail } from '../../sign-in-log/sign-in-log.ts'
import type { Conversation, Multifactor } from '../conversation.ts'
import { note } from '../journal.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'
import { offeredMethods, ownerOf, withSecondFactor } from './second-factor.ts'
import { sendSecondFactor } from './second-factor-page.ts'

export type SecondFactorResult =
  | { readonly outcome: 'done'; readonly conversation: Conversation }
  | { readonly outcome: 'shown'; readonly reply: FastifyReply }

export interface SecondFactorAnswer {
  readonly conversation: Conversation
  readonly decision: Decision | undefined
  readonly code: string | undefined
  /** "Don't ask again for N days". */
  readonly remember: boolean
}

/** The form of the page: with a code to try, or to see whether the phone has answered. */
export async function finishSecondFactor(
  services: SignInServices,
  exchange: Exchange,
  { conversation, decision, code, remember }: SecondFactorAnswer,
): Promise<SecondFactorResult> {
  const { mfa } = services
  const { firstFactor, secondFactor } = conversation.progress
  const { sessionId, authMethodId } = secondFactor ?? {}
  const owner = ownerOf(conversation)
  const methods = await offeredMethods(services, conversation, decision)
  const method = methods.find((each) => each.authMethodId === authMethodId) ?? usedUp(authMethodId)
  const result = sessionId === undefined ? 'NoSuchSession' : await answerOf(mfa, sessionId, owner, code)
  const redeemed = result === 'Success' && sessionId !== undefined && (await mfa.redeem(sessionId, owner))
  if (redeemed && method && firstFactor) {
    const passed = await secondFactorPassed(services, exchange, conversation, method)
    const { multifactor } = passed.progress
    if (remember && multifactor) await services.rememberedDevices.remember(exchange, firstFactor.objectId, multifactor)
    return { outcome: 'done', conversation: passed }
  }
  const refused = result === 'Success' ? 'NoSuchSession' : result
  return {
    outcome: 'shown',
    reply: await showUnfinished(services, exchange, { conversation, decision, result: refused, method }),
  }
}

/** A pass that was just tried is no method any more. */
function usedUp(authMethodId: string | undefined): RegisteredMethod | undefined {
  if (authMethodId !== 'AccessPass') return undefined
  return { id: '', type: 'accessPass', authMethodId, display: '', isDefault: false }
}

function answerOf(
  mfa: SignInServices['mfa'],
  sessionId: string,
  owner: ReturnType<typeof ownerOf>,
  code: string | undefined,
): Promise<MfaResult> {
  return code === undefined ? mfa.state(sessionId, owner) : mfa.verify(sessionId, owner, code)
}

/** The conversation goes on with what the method brings: to `amr`, to the strengths of policies, to the log. */
export async function secondFactorPassed(
  services: SignInServices,
  { request }: Pick<Exchange, 'request'>,
  conversation: Conversation,
  method: RegisteredMethod,
): Promise<Conversation> {
  const { firstFactor } = conversation.progress
  const { authMethodId: id, type } = method
  const user = firstFactor?.userPrincipalName ?? ''
  note(request, conversation.request, 'requirement', { decision: 'secondFactorPassed', user, detail: { method: id } })
  const at = services.clock.now().getTime()
  const pass =
    type === 'accessPass' ? await services.securityInfo.accessPasses.of(firstFactor?.objectId ?? '') : undefined
  const federated = firstFactor?.authentication.federated === true
  const multifactor: Multifactor = {
    at,
    combination: combinationOf(method, { federated, oneTimePass: pass?.isUsableOnce === true }),
    ...(type === 'fido2' && { amr: ['fido'] }),
    details: [secondFactorDetail(at, method, 'Success')],
  }
  const { secondFactor: _, ...progress } = conversation.progress
  return { ...conversation, progress: { ...progress, multifactor } }
}

export interface Unfinished {
  readonly conversation: Conversation
  readonly decision: Decision | undefined
  readonly result: MfaResult
  readonly method: RegisteredMethod | undefined
  /** For the journal, where the result alone does not say enough. */
  readonly because?: string
}

const mayTryAgain: readonly MfaResult[] = ['Pending', 'WrongCode', 'CodeAlreadyUsed']

export async function showUnfinished(
  services: SignInServices,
  exchange: Exchange,
  unfinished: Unfinished,
): Promise<FastifyReply> {
  const { conversation, decision, result } = unfinished
  const { firstFactor, secondFactor } = conversation.progress
  const user = firstFactor?.userPrincipalName ?? ''
  const methods = await offeredMethods(services, conversation, decision)
  if (result === 'Pending') {
    note(exchange.request, conversation.request, 'restricted', { decision: 'secondFactorPending', user })
    return sendSecondFactor(services.config, exchange, { conversation, methods, decision, pending: true })
  }
  const reason = unfinished.because ?? `second factor: ${result}`
  const error = new EntraError('strongAuthenticationFailed', { reason })
  note(exchange.request, conversation.request, 'requirement', { decision: error.code, reason, user })
  await logFailure(services, exchange, unfinished, error)
  const over = !mayTryAgain.includes(result)
  const current = over
    ? withSecondFactor(conversation, { authMethodId: secondFactor?.authMethodId, over: true })
    : conversation
  await services.conversations.save(current)
  return sendSecondFactor(services.config, exchange, { conversation: current, methods, decision, error, result })
}

async function logFailure(
  services: SignInServices,
  { request }: Exchange,
  { conversation, decision, result, method }: Unfinished,
  error: EntraError,
): Promise<void> {
  const { firstFactor } = conversation.progress
  const failed = method ? [secondFactorDetail(services.clock.now().getTime(), method, result)] : []
  const end = {
    conversation,
    decision,
    person: await services.people.byObjectId(firstFactor?.objectId ?? ''),
    details: [...(firstFactor?.details ?? []), ...failed],
    errorCode: error.facts.aadsts,
    failureReason: error.message,
    additionalDetails: method ? loggedResult(result, method) : result,
  }
  await services.signIns.add(signInRecord(services.config, request, end))
}

export function secondFactorDetail(at: number, method: RegisteredMethod, result: MfaResult): AuthenticationDetail {
  return {
    authenticationStepDateTime: new Date(at).toISOString(),
    authenticationMethod: loggedName(method),
    authenticationMethodDetail: loggedDetail(method),
    succeeded: result === 'Success',
    authenticationStepResultDetail: loggedResult(result, method),
    authenticationStepRequirement: 'Multifactor authentication',
  }
}
