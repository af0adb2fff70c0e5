import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Store } from '#shared/store/store.ts'
import {
  allowedNumbers,
  approveSession,
  countWrongTry,
  denySession,
  type MfaSession,
  pendingSessions,
} from './mfa-sessions.ts'
import type { MfaTables } from './mfa-tables.ts'
import { createPhoneBehaviours, type PhoneBehaviours } from './phone-behaviour.ts'
import { type TextMessage, textMessagesOf } from './text-messages.ts'

/** A notification that waits on the phone. */
export interface PendingPush {
  readonly id: string
  /** To type into the phone; null without number matching. */
  readonly number: number | null
  readonly application: string
  readonly address: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly state: 'pending'
}

/** A call that somebody could pick up. */
export interface RingingCall {
  readonly id: string
  readonly phoneNumber: string
  /** What the voice says. */
  readonly text: string
  readonly application: string
  readonly address: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly state: 'ringing'
}

export interface PushAnswer {
  /** The newest one when left out. */
  readonly id?: string | undefined
  /** The right one is typed when left out. */
  readonly number?: number | undefined
}

export interface PushDenial extends Pick<PushAnswer, 'id'> {
  /** "Report suspicious activity" of the app. */
  readonly reportFraud?: boolean | undefined
}

export interface CallAnswer {
  readonly id?: string | undefined
  /** # approves, 0 reports a fraud. */
  readonly press: '#' | '0'
}

export type PushOutcome =
  | { readonly outcome: 'approved' | 'denied' | 'fraudReported'; readonly id: string }
  | { readonly outcome: 'wrongNumber'; readonly id: string; readonly deniedNow: boolean }
  | { readonly outcome: 'noPendingPush' }

export type CallOutcome =
  | { readonly outcome: 'approved' | 'fraudReported'; readonly id: string }
  | { readonly outcome: 'noRingingCall' }

/** What a person does with the phone in hand. */
export interface SimulatedPhone {
  pushes(objectId: string): Promise<readonly PendingPush[]>
  approve(objectId: string, answer: PushAnswer): Promise<PushOutcome>
  deny(objectId: string, answer: PushDenial): Promise<PushOutcome>
  calls(objectId: string): Promise<readonly RingingCall[]>
  answerCall(objectId: string, answer: CallAnswer): Promise<CallOutcome>
  messages(objectId: string): Promise<readonly TextMessage[]>
  readonly behaviours: PhoneBehaviours
}

interface Phone {
  readonly db: Kysely<MfaTables>
  readonly clock: Clock
  readonly behaviours: PhoneBehaviours
}

export function createSimulatedPhone<Schema extends MfaTables>(store: Store<Schema>, clock: Clock): SimulatedPhone {
  const db = store.db as unknown as Kysely<MfaTables>
  const behaviours = createPhoneBehaviours(store)
  const phone = { db, clock, behaviours }
  return {
    behaviours,
    pushes: async (objectId) => (await shown(phone, objectId, 'push')).map(toPendingPush),
    approve: (objectId, answer) =>
      store.transaction(async () => {
        const push = picked(await shown(phone, objectId, 'push'), answer.id)
        if (!push) return { outcome: 'noPendingPush' }
        const typed = answer.number === undefined ? push.expected : String(answer.number)
        if (push.expected !== null && typed !== push.expected) return mistype(db, push)
        await approveSession(db, push.id, clock.now())
        return { outcome: 'approved', id: push.id }
      }),
    deny: (objectId, answer) =>
      store.transaction(async () => {
        const push = picked(await shown(phone, objectId, 'push'), answer.id)
        if (!push) return { outcome: 'noPendingPush' }
        const outcome = answer.reportFraud ? 'fraudReported' : 'denied'
        await denySession(db, push.id, outcome)
        return { outcome, id: push.id }
      }),
    calls: async (objectId) => (await shown(phone, objectId, 'voice')).map(toRingingCall),
    answerCall: (objectId, answer) => store.transaction(() => answerCall(phone, objectId, answer)),
    messages: (objectId) => textMessagesOf(db, objectId, clock.now()),
  }
}

/** A phone that is switched off shows nothing and does not ring. */
async function shown(
  { db, clock, behaviours }: Phone,
  objectId: string,
  type: 'push' | 'voice',
): Promise<readonly MfaSession[]> {
  const behaviour = await behaviours.of(objectId)
  return behaviour[type] === 'ignore' ? [] : pendingSessions(db, objectId, type, clock.now())
}

async function mistype(db: Kysely<MfaTables>, push: MfaSession): Promise<PushOutcome> {
  const deniedNow = (await countWrongTry(db, push.id)) >= allowedNumbers
  if (deniedNow) await denySession(db, push.id)
  return { outcome: 'wrongNumber', id: push.id, deniedNow }
}

async function answerCall(phone: Phone, objectId: string, answer: CallAnswer): Promise<CallOutcome> {
  const { db, clock } = phone
  const now = clock.now()
  const call = picked(await shown(phone, objectId, 'voice'), answer.id)
  if (!call) return { outcome: 'noRingingCall' }
  if (answer.press === '#') await approveSession(db, call.id, now)
  else await denySession(db, call.id, 'fraudReported')
  return { outcome: answer.press === '#' ? 'approved' : 'fraudReported', id: call.id }
}

function picked(waiting: readonly MfaSession[], id: string | undefined): MfaSession | undefined {
  return id === undefined ? waiting[0] : waiting.find((each) => each.id === id)
}

function toPendingPush(session: MfaSession): PendingPush {
  return {
    id: session.id,
    number: session.expected === null ? null : Number(session.expected),
    ...originOf(session),
    state: 'pending',
  }
}

function toRingingCall(session: MfaSession): RingingCall {
  return {
    id: session.id,
    phoneNumber: session.phone_number ?? '',
    text: 'Thank you for using the sign-in verification system. Please press the pound key (#) to finish your verification. If you did not start this sign-in, press 0 to report a fraud.',
    ...originOf(session),
    state: 'ringing',
  }
}

function originOf({ application, address, created_at: createdAt, expires_at: expiresAt }: MfaSession) {
  return {
    application,
    address,
    createdAt: new Date(Number(createdAt)).toISOString(),
    expiresAt: new Date(Number(expiresAt)).toISOString(),
  }
}
