import type { Kysely } from 'kysely'
import type { Migration, Store } from '#shared/store/store.ts'

export interface SessionValidityTables {
  session_validity: { object_id: string; valid_from: number }
}

export const sessionValidityMigration: Migration = {
  name: 'session-validity',
  async up({ schema }) {
    await schema
      .createTable('session_validity')
      .addColumn('object_id', 'text', (column) => column.primaryKey())
      .addColumn('valid_from', 'bigint', (column) => column.notNull())
      .execute()
  },
}

/** [Graph] signInSessionsValidFromDateTime: what was signed in or issued before no longer counts. */
export interface SessionValidity {
  /** Epoch milliseconds; 0 when nothing was ever revoked. */
  validFrom(objectId: string): Promise<number>
  /** Sessions, refresh tokens and, for those who can be told, access tokens of somebody end at this moment. */
  revoke(objectId: string, at: Date): Promise<void>
}

export function createSessionValidity<Schema extends SessionValidityTables>(store: Store<Schema>): SessionValidity {
  const db = store.db as unknown as Kysely<SessionValidityTables>
  return {
    async validFrom(objectId) {
      const mine = db.selectFrom('session_validity').select('valid_from').where('object_id', '=', objectId)
      return Number((await mine.executeTakeFirst())?.valid_from ?? 0)
    },
    async revoke(objectId, at) {
      const change = { valid_from: at.getTime() }
      await db
        .insertInto('session_validity')
        .values({ object_id: objectId, ...change })
        .onConflict((conflict) => conflict.column('object_id').doUpdateSet(change))
        .execute()
    },
  }
}
