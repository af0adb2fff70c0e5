import type { Kysely } from 'kysely'
import { preparedFor } from '#shared/store/prepared.ts'
import type { MfaOwner, MfaResult } from './mfa-service.ts'
import type { MfaTables } from './mfa-tables.ts'

export type MfaSession = MfaTables['mfa_session']

/** Wrong codes until a session is worth nothing. */
export const allowedTries = 5
/** Wrong numbers until the phone denies the sign-in. */
export const allowedNumbers = 3
/** How long a session that succeeded may be redeemed. */
const redeemableMilliseconds = 5 * 60_000
const keptMilliseconds = 60 * 60_000

/** How a session stands. */
export function standingOf(session: MfaSession | undefined, now: Date): MfaResult {
  if (!session) return 'NoSuchSession'
  if (session.state === 'denied') return 'Denied'
  if (session.state === 'fraudReported') return 'FraudReported'
  if (session.expires_at <= now.getTime()) return 'TimedOut'
  if (session.state === 'approved') return 'Success'
  return session.wrong_tries >= allowedTries ? 'TooManyAttempts' : 'Pending'
}

/** Nobody but its owner learns that a session exists. */
export async function findSession(
  db: Kysely<MfaTables>,
  sessionId: string,
  owner: MfaOwner,
  now: Date,
): Promise<MfaSession | undefined> {
  await answerByItself(db, 'id', sessionId, now)
  const [session] = await sessionOf(db, { sessionId, caller: owner.caller })
  return owner.objectId === undefined || session?.object_id === owner.objectId ? session : undefined
}

const sessionOf = preparedFor(
  (db: Kysely<MfaTables>, values: { readonly sessionId: string; readonly caller: string }) =>
    db.selectFrom('mfa_session').selectAll().where('id', '=', values.sessionId).where('caller', '=', values.caller),
)

interface Due {
  readonly value: string
  readonly now: number
}

const dueBy = { id: dueSessions('id'), object_id: dueSessions('object_id') }

function dueSessions(column: 'id' | 'object_id') {
  return preparedFor((db: Kysely<MfaTables>, { value, now }: Due) =>
    db
      .selectFrom('mfa_session')
      .select('id')
      .where(column, '=', value)
      .where('state', '=', 'pending')
      .where('answer_at', '<=', now)
      .whereRef('answer_at', '<', 'expires_at'),
  )
}

/** A phone that answers by itself has done so once somebody looks: nothing has to happen in between. */
export async function answerByItself(
  db: Kysely<MfaTables>,
  column: 'id' | 'object_id',
  value: string,
  now: Date,
): Promise<void> {
  if ((await dueBy[column](db, { value, now: now.getTime() })).length === 0) return
  const due = db
    .updateTable('mfa_session')
    .where(column, '=', value)
    .where('state', '=', 'pending')
    .where('answer_at', '<=', now.getTime())
    .whereRef('answer_at', '<', 'expires_at')
  await due.where('answer', '=', 'denied').set({ state: 'denied' }).execute()
  await due.where('answer', '=', 'mistyped').set({ state: 'denied', wrong_tries: allowedNumbers }).execute()
  await due.where('answer', '=', 'fraudReported').set({ state: 'fraudReported' }).execute()
  await due
    .where('answer', '=', 'approved')
    .set((row) => ({
      state: 'approved',
      expires_at: row(row.fn.coalesce('answer_at', 'created_at'), '+', redeemableMilliseconds),
    }))
    .execute()
}

export async function approveSession(db: Kysely<MfaTables>, sessionId: string, now: Date): Promise<void> {
  await db
    .updateTable('mfa_session')
    .set({ state: 'approved', expires_at: now.getTime() + redeemableMilliseconds })
    .where('id', '=', sessionId)
    .execute()
}

export async function denySession(
  db: Kysely<MfaTables>,
  sessionId: string,
  state: 'denied' | 'fraudReported' = 'denied',
): Promise<void> {
  await db.updateTable('mfa_session').set({ state }).where('id', '=', sessionId).execute()
}

/** Returns how many wrong tries there have been now. */
export async function countWrongTry(db: Kysely<MfaTables>, sessionId: string): Promise<number> {
  const { wrong_tries: tries } = await db
    .updateTable('mfa_session')
    .set((row) => ({ wrong_tries: row('wrong_tries', '+', 1) }))
    .where('id', '=', sessionId)
    .returning('wrong_tries')
    .executeTakeFirstOrThrow()
  return tries
}

/** Wrong tries of all sessions of somebody that began since then. */
export async function wrongTriesSince(db: Kysely<MfaTables>, objectId: string, since: Date): Promise<number> {
  const [sum] = await triesSince(db, { objectId, since: since.getTime() })
  return Number(sum?.tries ?? 0)
}

const triesSince = preparedFor((db: Kysely<MfaTables>, values: { readonly objectId: string; readonly since: number }) =>
  db
    .selectFrom('mfa_session')
    .select((row) => row.fn.sum<number | string | null>('wrong_tries').as('tries'))
    .where('object_id', '=', values.objectId)
    .where('created_at', '>', values.since),
)

/** What waits on somebody's phone, newest first. */
export async function pendingSessions(
  db: Kysely<MfaTables>,
  objectId: string,
  type: 'push' | 'voice',
  now: Date,
): Promise<readonly MfaSession[]> {
  await answerByItself(db, 'object_id', objectId, now)
  return db
    .selectFrom('mfa_session')
    .selectAll()
    .where('object_id', '=', objectId)
    .where('type', '=', type)
    .where('state', '=', 'pending')
    .where((row) => row.or([row('answer', 'is', null), row('answer', '!=', 'lost')]))
    .where('expires_at', '>', now.getTime())
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
}

/** One statement: of two callers one gets it. */
export async function redeemSession(
  db: Kysely<MfaTables>,
  sessionId: string,
  owner: MfaOwner,
  now: Date,
): Promise<boolean> {
  await answerByItself(db, 'id', sessionId, now)
  const approved = db
    .deleteFrom('mfa_session')
    .where('id', '=', sessionId)
    .where('caller', '=', owner.caller)
    .where('state', '=', 'approved')
    .where('expires_at', '>', now.getTime())
  const own = owner.objectId === undefined ? approved : approved.where('object_id', '=', owner.objectId)
  return (await own.returning('id').execute()).length === 1
}

/** Expired sessions are kept for a while, so that a late question hears that time is up. */
export async function forgetOldSessions(db: Kysely<MfaTables>, now: Date): Promise<void> {
  await forgetEndedBefore(db, { instant: now.getTime() - keptMilliseconds })
}

const forgetEndedBefore = preparedFor((db: Kysely<MfaTables>, { instant }: { readonly instant: number }) =>
  db.deleteFrom('mfa_session').where('expires_at', '<', instant),
)
