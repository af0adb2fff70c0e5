import type { Kysely } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import type { MfaTables } from './mfa-tables.ts'

/** What somebody's phone does with a notification when nobody touches it. */
export interface PhoneBehaviour {
  /** `ask` waits for an answer; `ignore` is a phone that is switched off. */
  readonly push: 'ask' | 'approve' | 'deny' | 'ignore'
  /** Of the stack's clock. */
  readonly afterSeconds: number
}

export interface PhoneBehaviours {
  of(objectId: string): Promise<PhoneBehaviour>
  set(objectId: string, behaviour: PhoneBehaviour): Promise<void>
}

const asks: PhoneBehaviour = { push: 'ask', afterSeconds: 0 }

export function createPhoneBehaviours<Schema extends MfaTables>(store: Store<Schema>): PhoneBehaviours {
  const db = store.db as unknown as Kysely<MfaTables>
  return {
    of: (objectId) => behaviourOf(db, objectId),
    async set(objectId, { push, afterSeconds }) {
      if (push === 'ask') {
        await db.deleteFrom('phone_behaviour').where('object_id', '=', objectId).execute()
        return
      }
      const row = { push, after_seconds: afterSeconds }
      await db
        .insertInto('phone_behaviour')
        .values({ object_id: objectId, ...row })
        .onConflict((conflict) => conflict.column('object_id').doUpdateSet(row))
        .execute()
    },
  }
}

/** The answer that a new notification will get by itself. */
export async function answerOfPhone(
  db: Kysely<MfaTables>,
  objectId: string,
  type: string,
  now: Date,
): Promise<Pick<MfaTables['mfa_session'], 'answer' | 'answer_at'>> {
  const { push, afterSeconds } = type === 'push' ? await behaviourOf(db, objectId) : asks
  if (push !== 'approve' && push !== 'deny') return { answer: null, answer_at: null }
  return { answer: push === 'approve' ? 'approved' : 'denied', answer_at: now.getTime() + afterSeconds * 1000 }
}

async function behaviourOf(db: Kysely<MfaTables>, objectId: string): Promise<PhoneBehaviour> {
  const row = await db.selectFrom('phone_behaviour').selectAll().where('object_id', '=', objectId).executeTakeFirst()
  return row ? { push: row.push, afterSeconds: row.after_seconds } : asks
}
