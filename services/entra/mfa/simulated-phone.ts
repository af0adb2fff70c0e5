import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Store } from '#shared/store/store.ts'
import { approveSession, countWrongTry, denySession, type MfaSession } from './mfa-sessions.ts'
import type { MfaTables } from './mfa-tables.ts'
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

export interface PushAnswer {
  /** The newest one when left out. */
  readonly id?: string | undefined
  /** The right one is typed when left out. */
  readonly number?: number | undefined
}

export type PushOutcome =
  | { readonly outcome: 'approved' | 'denied'; readonly id: string }
  | { readonly outcome: 'wrongNumber'; readonly id: string; readonly deniedNow: boolean }
  | { readonly outcome: 'noPendingPush' }

/** What a person does with the phone in hand. */
export interface SimulatedPhone {
  pushes(objectId: string): Promise<readonly PendingPush[]>
  approve(objectId: string, answer: PushAnswer): Promise<PushOutcome>
  deny(objectId: string, answer: Pick<PushAnswer, 'id'>): Promise<PushOutcome>
  messages(objectId: string): Promise<readonly TextMessage[]>
}

/** Wrong numbers until the phone denies the sign-in. */
const allowedNumbers = 3

export function createSimulatedPhone<Schema extends MfaTables>(store: Store<Schema>, clock: Clock): SimulatedPhone {
  const db = store.db as unknown as Kysely<MfaTables>
  return {
    pushes: async (objectId) => (await pendingPushes(db, objectId, clock.now())).map(toPendingPush),
    approve: (objectId, answer) =>
      store.transaction(async () => {
        const push = await findPush(db, objectId, answer.id, clock.now())
        if (!push) return { outcome: 'noPendingPush' }
        const typed = answer.number === undefined ? push.expected : String(answer.number)
        if (push.expected !== null && typed !== push.expected) return mistype(db, push)
        await approveSession(db, push.id, clock.now())
        return { outcome: 'approved', id: push.id }
      }),
    deny: (objectId, answer) =>
      store.transaction(async () => {
        const push = await findPush(db, objectId, answer.id, clock.now())
        if (!push) return { outcome: 'noPendingPush' }
        await denySession(db, push.id)
        return { outcome: 'denied', id: push.id }
      }),
    messages: (objectId) => textMessagesOf(db, objectId),
  }
}

async function mistype(db: Kysely<MfaTables>, push: MfaSession): Promise<PushOutcome> {
  const deniedNow = (await countWrongTry(db, push.id)) >= allowedNumbers
  if (deniedNow) await denySession(db, push.id)
  return { outcome: 'wrongNumber', id: push.id, deniedNow }
}

async function findPush(
  db: Kysely<MfaTables>,
  objectId: string,
  id: string | undefined,
  now: Date,
): Promise<MfaSession | undefined> {
  const pending = await pendingPushes(db, objectId, now)
  return id === undefined ? pending[0] : pending.find((push) => push.id === id)
}

/** Newest first. */
function pendingPushes(db: Kysely<MfaTables>, objectId: string, now: Date): Promise<MfaSession[]> {
  return db
    .selectFrom('mfa_session')
    .selectAll()
    .where('object_id', '=', objectId)
    .where('type', '=', 'push')
    .where('state', '=', 'pending')
    .where('expires_at', '>', now.getTime())
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
}

function toPendingPush(session: MfaSession): PendingPush {
  return {
    id: session.id,
    number: session.expected === null ? null : Number(session.expected),
    application: session.application,
    address: session.address,
    createdAt: new Date(session.created_at).toISOString(),
    expiresAt: new Date(session.expires_at).toISOString(),
    state: 'pending',
  }
}
