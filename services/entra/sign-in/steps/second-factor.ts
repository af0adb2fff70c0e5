import type { FastifyReply } from 'fastify'
import type { Decision } from '../../conditional-access/decision.ts'
import { EntraError } from '../../errors.ts'
import type { AuthMethodId, RegisteredMethod } from '../../mfa/methods.ts'
import type { MfaOwner } from '../../mfa/mfa-service.ts'
import type { Conversation, SecondFactor } from '../conversation.ts'
import { clientOf, resourceOf } from '../facts.ts'
import { note } from '../journal.ts'
import { methodsToOffer } from '../registration-facts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'
import { sendSecondFactor } from './second-factor-page.ts'

/** Sessions of the second factor that Entra ID's own pages began. */
export const sessionCaller = 'entra'

export function ownerOf(conversation: Conversation): MfaOwner {
  return { caller: sessionCaller, objectId: conversation.progress.firstFactor?.objectId }
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
  const methods = await offeredMethods(services, conversation, decision)
  const user = progress.firstFactor?.userPrincipalName ?? ''
  const current = progress.secondFactor?.choosing
    ? conversation
    : await begun(services, exchange, conversation, methods)
  const reason = `AADSTS50074: ${ask.reason}`
  const how = current.progress.secondFactor?.choosing ? 'choose' : current.progress.secondFactor?.authMethodId
  note(exchange.request, authorize, 'restricted', {
    decision: 'secondFactorAsked',
    reason,
    user,
    detail: { method: how },
  })
  if (progress.secondFactor === undefined) await logInterrupt(services, exchange, ask)
  return sendSecondFactor(services.config, exchange, { conversation: current, methods, decision })
}

/** What the person may choose from now. */
export async function offeredMethods(
  services: SignInServices,
  { progress }: Conversation,
  decision: Decision | undefined,
): Promise<readonly RegisteredMethod[]> {
  return methodsToOffer(services, await services.mfa.methodsOf(progress.firstFactor?.objectId ?? ''), decision)
}

async function logInterrupt(
  services: SignInServices,
  { request }: Exchange,
  { conversation, decision, reason }: Ask,
): Promise<void> {
  const error = new EntraError('strongAuthenticationNeeded', { reason })
  const end = {
    conversation,
    decision,
    person: await services.people.byObjectId(conversation.progress.firstFactor?.objectId ?? ''),
    errorCode: error.facts.aadsts,
    failureReason: error.message,
    additionalDetails: 'MFA required in Azure AD',
  }
  await services.signIns.add(signInRecord(services.config, request, end))
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
  services: SignInServices,
  { request }: Exchange,
  conversation: Conversation,
  authMethodId: AuthMethodId,
): Promise<Conversation> {
  const { mfa, conversations } = services
  const { objectId, userPrincipalName } = conversation.progress.firstFactor ?? { objectId: '', userPrincipalName: '' }
  const keep = async (secondFactor: SecondFactor) => {
    const current = withSecondFactor(conversation, secondFactor)
    await conversations.save(current)
    return current
  }
  // A passkey is a ceremony between page and authenticator: nothing begins here.
  if (authMethodId === 'FidoKey') return keep({ authMethodId })
  const started = await mfa.begin({
    person: { objectId, userPrincipalName },
    authMethodId,
    application: askingApplication(services, conversation),
    address: services.circumstances.whereabouts.of(objectId, request.caller.address),
    caller: sessionCaller,
  })
  if (started.result === 'TooManyAttempts') return keep({ authMethodId, over: true, limited: true })
  if (started.result !== 'Success')
    throw new Error(`the registered method ${authMethodId} cannot begin: ${started.result}`)
  return keep({ authMethodId, sessionId: started.sessionId, entropy: started.entropy })
}

/** What the phone says the request is for. */
export function askingApplication({ config }: Pick<SignInServices, 'config'>, { request }: Conversation): string {
  return (config.applications.byId(resourceOf(request)) ?? clientOf(config, request)).displayName
}

export function withSecondFactor(conversation: Conversation, secondFactor: SecondFactor): Conversation {
  return { ...conversation, progress: { ...conversation.progress, secondFactor } }
}

/** Another method, or the list of them; a request that is open on the phone is left to expire. */
export function methodChosen(conversation: Conversation, choice: string): Conversation {
  return withSecondFactor(conversation, choice === 'choose' ? { choosing: true } : { authMethodId: choice })
}
