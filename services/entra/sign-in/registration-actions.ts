import { z } from 'zod'
import { draftOf, type Registration } from '../mfa/registrations.ts'
import { readAttestation } from '../passkeys/ceremony.ts'
import type { Conversation, RegistrationProgress } from './conversation.ts'
import { note } from './journal.ts'
import type { SignInFacts } from './next-step.ts'
import type { Exchange, SignInServices } from './services.ts'
import { registrableTypes } from './steps/registration-stages.ts'
import { askingApplication, ownerOf, sessionCaller } from './steps/second-factor.ts'
import { secondFactorPassed } from './steps/second-factor-answer.ts'

export interface ActionTurn {
  readonly services: SignInServices
  readonly exchange: Exchange
  readonly conversation: Conversation
  readonly facts: SignInFacts
  readonly form: Readonly<Record<string, string | undefined>>
}

export interface ActionResult {
  readonly conversation: Conversation
  /** Beside the field; the page stays. */
  readonly error?: string | undefined
}

type Action = (turn: ActionTurn) => Promise<ActionResult> | ActionResult

/** What the forms of a registration do; whether they may is settled before. */
const actions: Readonly<Record<string, Action>> = {
  begin: ({ conversation }) => at(conversation, { stage: 'choose' }),
  back,
  choose,
  number,
  scanned,
  again: startTrial,
  confirm,
  passkey,
  remove,
  default: makeDefault,
}

/** A form that says nothing we know goes back a step. */
export function registrationAction(name: string | undefined): Action {
  return (name !== undefined && Object.hasOwn(actions, name) ? actions[name] : undefined) ?? back
}

function back({ conversation }: ActionTurn): ActionResult {
  const { stage } = conversation.progress.registration ?? {}
  return at(conversation, stage === undefined || stage === 'choose' ? undefined : { stage: 'choose' })
}

function at(conversation: Conversation, registration: RegistrationProgress | undefined): ActionResult {
  return { conversation: { ...conversation, progress: { ...conversation.progress, registration } } }
}

function objectIdOf({ progress }: Conversation): string {
  return progress.firstFactor?.objectId ?? ''
}

async function choose(turn: ActionTurn): Promise<ActionResult> {
  const { services, conversation, form } = turn
  const type = registrableTypes(services, turn).find((each) => each === form.method)
  if (type === undefined) return { conversation, error: 'Choose one of the methods.' }
  if (type === 'fido2') return at(conversation, { stage: 'passkey', type })
  if (type === 'sms' || type === 'voice') return at(conversation, { stage: 'number', type })
  const { id } = await services.securityInfo.registrations.begin(objectIdOf(conversation), { type })
  return at(conversation, { stage: type === 'push' ? 'scan' : 'try', type, id })
}

const numberSchema = z.object({
  countryCode: z.string().regex(/^\+\d{1,3}$/),
  phoneNumber: z
    .string()
    .transform((text) => text.replaceAll(/[\s().-]/g, '').replace(/^0+/, ''))
    .pipe(z.string().regex(/^\d{5,14}$/)),
  phoneType: z.enum(['mobile', 'alternateMobile', 'office']).catch('mobile').default('mobile'),
})

async function number(turn: ActionTurn): Promise<ActionResult> {
  const { services, conversation, form } = turn
  const { registration } = conversation.progress
  const type = registration?.type
  if (type !== 'sms' && type !== 'voice') return at(conversation, { stage: 'choose' })
  const typed = numberSchema.safeParse(form)
  if (!typed.success) return { conversation, error: 'This is no phone number. Type it with digits only.' }
  const { countryCode, phoneNumber, phoneType } = typed.data
  const wanted = {
    type,
    phoneNumber: `${countryCode} ${phoneNumber}`,
    phoneType: type === 'sms' ? 'mobile' : phoneType,
  } as const
  const { id } = await services.securityInfo.registrations.begin(objectIdOf(conversation), wanted)
  return startTrial({ ...turn, conversation: at(conversation, { stage: 'try', type, id }).conversation })
}

async function scanned(turn: ActionTurn): Promise<ActionResult> {
  const known = await registrationOf(turn)
  if (!known) return over(turn)
  if (known.isScanned) return startTrial(turn)
  return { conversation: turn.conversation, error: 'No app has scanned this code yet. Scan it, then go on.' }
}

/** Tries the method: a code is texted, a phone rings, or a notification is sent. */
async function startTrial(turn: ActionTurn): Promise<ActionResult> {
  const { services, exchange, conversation } = turn
  const known = await registrationOf(turn)
  if (!known || known.type === 'totp') return over(turn)
  const { objectId, userPrincipalName } = conversation.progress.firstFactor ?? { objectId: '', userPrincipalName: '' }
  const draft = draftOf(known)
  const started = await services.mfa.begin({
    person: { objectId, userPrincipalName },
    authMethodId: draft.authMethodId,
    application: askingApplication(services, conversation),
    address: exchange.request.caller.address,
    caller: sessionCaller,
    draft,
  })
  if (started.result !== 'Success') return { conversation, error: 'There were too many attempts. Wait a few minutes.' }
  const { sessionId, entropy } = started
  return at(conversation, { stage: 'try', type: known.type, id: known.id, sessionId, entropy })
}

async function confirm(turn: ActionTurn): Promise<ActionResult> {
  const known = await registrationOf(turn)
  if (!known) return over(turn)
  const result = await (known.type === 'totp' ? firstCode(turn, known) : trialResult(turn))
  if (result === 'Success') return completed(turn, known)
  if (result === 'TooManyAttempts' || result === 'NoSuchSession') return over(turn)
  return { conversation: turn.conversation, error: refusals[result] ?? 'That did not work. Try again.' }
}

const refusals: Readonly<Record<string, string>> = {
  Pending: 'It is not approved yet. Approve it on the phone, then go on.',
  WrongCode: "You didn't enter the expected verification code. Please try again.",
  CodeAlreadyUsed: 'This code was used already. Wait for the next one, then try again.',
  Denied: 'The request was denied on your phone.',
  FraudReported: 'The request was reported as a fraud on your phone.',
  TimedOut: "We didn't hear from you. Try again.",
}

function firstCode({ services, form }: ActionTurn, known: Registration) {
  return services.securityInfo.registrations.tryCode(known, form.otc ?? '')
}

async function trialResult({ services, conversation, form }: ActionTurn) {
  const { sessionId } = conversation.progress.registration ?? {}
  if (sessionId === undefined) return 'NoSuchSession'
  const owner = ownerOf(conversation)
  const result = await services.mfa.verify(sessionId, owner, form.otc)
  if (result !== 'Success') return result
  return (await services.mfa.redeem(sessionId, owner)) ? result : 'NoSuchSession'
}

/** What was proved to work has proved the person too. */
async function completed({ services, exchange, conversation }: ActionTurn, known: Registration): Promise<ActionResult> {
  const method = await services.securityInfo.registrations.complete(known)
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(exchange.request, conversation.request, 'requirement', {
    decision: 'methodRegistered',
    user,
    detail: { registered: method.authMethodId },
  })
  const passed = await secondFactorPassed(services, exchange, conversation, method)
  return at(passed, undefined)
}

async function passkey(turn: ActionTurn): Promise<ActionResult> {
  const { services, exchange, conversation, form } = turn
  const attestation = readAttestation(form.attestation ?? '')
  if (!attestation || conversation.progress.registration?.stage !== 'passkey') return over(turn)
  const owner = { objectId: objectIdOf(conversation), displayName: form.name?.trim().slice(0, 30) || 'My passkey' }
  const ceremony = { kind: 'create', conversationId: conversation.id } as const
  const created = await services.securityInfo.passkeys.register(attestation, ceremony, owner)
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  if (created.outcome === 'refused') {
    note(exchange.request, conversation.request, undefined, {
      decision: 'passkeyRefused',
      reason: created.reason,
      user,
    })
    return { conversation, error: "We couldn't register this passkey. Try again." }
  }
  note(exchange.request, conversation.request, 'restricted', {
    decision: 'methodRegistered',
    user,
    detail: { registered: 'FidoKey' },
  })
  return at(conversation, undefined)
}

async function remove({ services, exchange, conversation, form }: ActionTurn): Promise<ActionResult> {
  const { passkeys, registry } = services.securityInfo
  const [objectId, id] = [objectIdOf(conversation), form.methodId ?? '']
  const removed = (await passkeys.remove(objectId, id)) || (await registry.remove(objectId, id))
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  if (!removed) return { conversation, error: 'This method is not registered any more.' }
  note(exchange.request, conversation.request, undefined, { decision: 'methodRemoved', user })
  return { conversation }
}

async function makeDefault({ services, conversation, form }: ActionTurn): Promise<ActionResult> {
  const { registry } = services.securityInfo
  const done = await registry.makeDefault(objectIdOf(conversation), form.methodId ?? '')
  return done ? { conversation } : { conversation, error: 'This method is not registered any more.' }
}

function registrationOf({ services, conversation }: ActionTurn): Promise<Registration | undefined> {
  const { id = '' } = conversation.progress.registration ?? {}
  return services.securityInfo.registrations.find(objectIdOf(conversation), id)
}

function over({ conversation }: ActionTurn): ActionResult {
  const { conversation: current } = at(conversation, { stage: 'choose' })
  return { conversation: current, error: 'This registration is over. Choose the method again.' }
}
