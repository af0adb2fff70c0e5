import type { Clock } from '#shared/clock.ts'
import { additionalMethodUris } from '../claims/authentication-methods.ts'
import type { CallOrigin } from '../directory/directory-client.ts'
import type { Session } from '../sessions/session.ts'
import { type EndResult, type MfaMethod, type MfaService, MfaServiceFailed } from './mfa-service.ts'
import type { AdditionalContext, ContextSealer } from './sealed-context.ts'
import { answerTexts, instructionsFor, notAvailable, serviceFailed } from './texts.ts'

// The Azure MFA adapter: asks the Entra service which methods a person has, begins one, and reads the answer from the
// page that comes back. Owns the opaque `Context`; does not decide whether a second factor is needed, and never touches
// the session. Its pages live at /adfs/ls/, under the query of the request they interrupt.

/** The provider's name in configuration and in the field `AuthMethod`. */
export const azureMfaProvider = 'AzureMfaAuthentication'

export interface AdditionalSubject {
  readonly session: Session
  /** As the page greets the user: `CONTOSO\alice`. */
  readonly account: string
  readonly callerIp: string
  readonly origin: CallOrigin
}

/** What the page shows. */
export interface AdditionalPrompt {
  readonly state: 'waiting' | 'code' | 'ended'
  readonly method: string
  readonly methods: readonly MfaMethod[]
  readonly context: string
  /** The number to type on the phone; 0 when there is none. */
  readonly entropy: number
  readonly instructions: string
  readonly error: string
}

export type AdditionalResult =
  | { readonly outcome: 'passed'; readonly method: string; readonly methodUri: string | undefined }
  | { readonly outcome: 'ask'; readonly decision: string; readonly reason: string; readonly prompt: AdditionalPrompt }

export interface AdditionalAnswer {
  readonly context: string
  readonly code: string
  /** The method that the user chose from the list. */
  readonly chosen: string
}

export interface AdditionalAuthentication {
  /** Begins with the chosen method, else the person's own default: a push goes out, a text message is sent. */
  begin(subject: AdditionalSubject, chosen?: string): Promise<AdditionalResult>
  answer(subject: AdditionalSubject, answer: AdditionalAnswer): Promise<AdditionalResult>
}

interface Parts {
  readonly service: MfaService
  readonly sealer: ContextSealer
  readonly clock: Clock
}

const contextMinutes = 10
const codeMethods = new Set(['PhoneAppOTP', 'OneWaySMS'])
const codePattern = /^\d{4,10}$/

export function additionalAuthentication(parts: Parts): AdditionalAuthentication {
  const guarded = async (work: () => Promise<AdditionalResult>): Promise<AdditionalResult> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof MfaServiceFailed) return ended(error.message, serviceFailed)
      throw error
    }
  }
  return {
    begin: (subject, chosen = '') => guarded(() => begin(parts, subject, chosen)),
    answer: (subject, given) => guarded(() => answer(parts, subject, given)),
  }
}

async function begin(parts: Parts, subject: AdditionalSubject, chosen: string): Promise<AdditionalResult> {
  const { userPrincipalName } = subject.session.user
  const contextId = subject.origin.correlationId
  const { result, methods } = await parts.service.methodsOf(userPrincipalName, contextId, subject.origin)
  const method = methods.find(({ authMethodId }) => authMethodId === chosen) ?? defaultOf(methods)
  if (result !== 'Success' || !method) return ended(`${userPrincipalName}: ${result}`, notAvailable(subject.account))
  const { authMethodId } = method
  const request = { userPrincipalName, authMethodId, contextId, callerIp: subject.callerIp }
  const begun = await parts.service.begin(request, subject.origin)
  if (begun.result !== 'Success') {
    return ended(`${authMethodId} for ${userPrincipalName}: ${begun.result}`, serviceFailed, authMethodId, methods)
  }
  const context = {
    session: subject.session.id,
    method: authMethodId,
    methods,
    ticket: begun.sessionId,
    entropy: begun.entropy,
    expiresAt: parts.clock.now().getTime() + contextMinutes * 60_000,
  }
  return ask(context, parts.sealer.seal(context), { decision: 'additionalAuthenticationBegun', reason: authMethodId })
}

function defaultOf(methods: readonly MfaMethod[]): MfaMethod | undefined {
  return methods.find(({ isDefault }) => isDefault) ?? methods[0]
}

async function answer(parts: Parts, subject: AdditionalSubject, given: AdditionalAnswer): Promise<AdditionalResult> {
  if (given.chosen !== '' || given.context === '') return begin(parts, subject, given.chosen)
  const context = parts.sealer.open(given.context)
  const refusal = contextRefusal(context, subject.session, parts.clock.now())
  if (!context || refusal) return ended(`additional authentication context: ${refusal}`, serviceFailed)
  const result = await endResult(parts.service, context, given.code.replace(/\s/g, ''), subject.origin)
  if (result === 'Success') {
    return { outcome: 'passed', method: context.method, methodUri: additionalMethodUris[context.method] }
  }
  const reason = `${context.method} for ${subject.session.user.userPrincipalName}: ${result}`
  if (result === 'Pending') return ask(context, given.context, { decision: 'additionalAuthenticationPending', reason })
  if (result === 'WrongCode' || result === 'CodeAlreadyUsed') {
    return ask(context, given.context, { decision: answerRefused, reason, error: answerTexts[result] })
  }
  return ended(reason, answerTexts[result], context.method, context.methods)
}

function contextRefusal(context: AdditionalContext | undefined, session: Session, now: Date): string | undefined {
  if (!context) return 'not sealed by this federation service'
  if (context.session !== session.id) return 'made for another session'
  return context.expiresAt <= now.getTime() ? 'expired' : undefined
}

async function endResult(
  service: MfaService,
  context: AdditionalContext,
  code: string,
  origin: CallOrigin,
): Promise<EndResult> {
  if (!codeMethods.has(context.method)) return service.end(context.ticket, undefined, origin)
  return codePattern.test(code) ? service.end(context.ticket, code, origin) : 'WrongCode'
}

export const answerRefused = 'additionalAuthenticationRefused'

function ask(
  context: AdditionalContext,
  sealed: string,
  { decision, reason, error = '' }: { decision: string; reason: string; error?: string },
): AdditionalResult {
  const { method, methods, entropy } = context
  const state = codeMethods.has(method) ? 'code' : 'waiting'
  const instructions = instructionsFor(method, entropy)
  return {
    outcome: 'ask',
    decision,
    reason,
    prompt: { state, method, methods, context: sealed, entropy, instructions, error },
  }
}

function ended(reason: string, error: string, method = '', methods: readonly MfaMethod[] = []): AdditionalResult {
  const prompt = { state: 'ended', method, methods, context: '', entropy: 0, instructions: '', error } as const
  return { outcome: 'ask', decision: answerRefused, reason, prompt }
}
