import type { Kysely } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import type { MfaTables } from './mfa-tables.ts'

type BehaviourRow = MfaTables['phone_behaviour']

/** What somebody's phone does when nobody touches it; `ask` waits for an answer, `ignore` is a phone that is switched off. */
export interface PhoneBehaviour {
  /** With a notification. `mistype` enters wrong numbers until the sign-in is denied. */
  readonly push: BehaviourRow['push']
  /** When it rings: `approve` presses #, `deny` hangs up, `reportFraud` presses 0. */
  readonly voice: BehaviourRow['voice']
  readonly sms: BehaviourRow['sms']
  /** Of the stack's clock, for answers. */
  readonly afterSeconds: number
}

export interface PhoneBehaviours {
  of(objectId: string): Promise<PhoneBehaviour>
  /** What is left out stays. */
  set(objectId: string, change: Partial<PhoneBehaviour>): Promise<PhoneBehaviour>
}

const untouched: PhoneBehaviour = { push: 'ask', voice: 'ask', sms: 'deliver', afterSeconds: 0 }

export function createPhoneBehaviours<Schema extends MfaTables>(store: Store<Schema>): PhoneBehaviours {
  const db = store.db as unknown as Kysely<MfaTables>
  return {
    of: (objectId) => behaviourOf(db, objectId),
    set: (objectId, change) =>
      store.transaction(async () => {
        const behaviour = { ...(await behaviourOf(db, objectId)), ...change }
        const { afterSeconds, ...words } = behaviour
        const row = { ...words, after_seconds: afterSeconds }
        await db
          .insertInto('phone_behaviour')
          .values({ object_id: objectId, ...row })
          .onConflict((conflict) => conflict.column('object_id').doUpdateSet(row))
          .execute()
        return behaviour
      }),
  }
}

const answers: Partial<Record<BehaviourRow['push'], 'approved' | 'denied' | 'mistyped' | 'fraudReported'>> = {
  approve: 'approved',
  deny: 'denied',
  mistype: 'mistyped',
  reportFraud: 'fraudReported',
}

/** The answer that a new notification or call will get by itself. */
export function answerOfPhone(
  { afterSeconds, ...behaviour }: PhoneBehaviour,
  type: string,
  now: Date,
): Pick<MfaTables['mfa_session'], 'answer' | 'answer_at'> {
  const answer = type === 'push' || type === 'voice' ? answers[behaviour[type]] : undefined
  return answer ? { answer, answer_at: now.getTime() + afterSeconds * 1000 } : { answer: null, answer_at: null }
}

export async function behaviourOf(db: Kysely<MfaTables>, objectId: string): Promise<PhoneBehaviour> {
  const row = await db.selectFrom('phone_behaviour').selectAll().where('object_id', '=', objectId).executeTakeFirst()
  if (!row) return untouched
  const { push, voice, sms, after_seconds: afterSeconds } = row
  return { push, voice, sms, afterSeconds }
}
