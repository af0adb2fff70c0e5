import type { Kysely } from 'kysely'
import { changedRows, prepared } from './prepared.ts'
import type { Migration } from './store.ts'

/** What may be used once: authorization codes, nonces, assertion ids. Every call is atomic by itself. */
export interface SingleUseStore {
  /** Creates or replaces. */
  put(kind: string, id: string, value: unknown, expiresAt: Date): Promise<void>
  /** Removes and returns it; of concurrent callers one gets the value. Expired counts as absent. */
  take<T>(kind: string, id: string, now: Date): Promise<T | undefined>
  /** True for the first caller only, until a sweep later than `expiresAt`: replay detection. */
  claim(kind: string, id: string, expiresAt: Date): Promise<boolean>
  /** Forgets what has expired; returns how many. */
  sweep(now: Date): Promise<number>
}

export interface SingleUseTables {
  single_use_value: { kind: string; id: string; value: string; expires_at: number }
  single_use_claim: { kind: string; id: string; expires_at: number }
}

export const singleUseMigration: Migration = {
  name: 'single-use',
  async up({ schema }) {
    await schema
      .createTable('single_use_value')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('single_use_value_key', ['kind', 'id'])
      .execute()
    await schema
      .createTable('single_use_claim')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('single_use_claim_key', ['kind', 'id'])
      .execute()
    for (const table of ['single_use_value', 'single_use_claim']) {
      await schema.createIndex(`${table}_expiry`).on(table).column('expires_at').execute()
    }
  },
}

export function singleUseStore<Schema extends SingleUseTables>(schemaDb: Kysely<Schema>): SingleUseStore {
  const db = schemaDb as unknown as Kysely<SingleUseTables>
  const insert = insertClaim(db)
  return {
    async put(kind, id, value, expiresAt) {
      const row = { value: JSON.stringify(value), expires_at: expiresAt.getTime() }
      await db
        .insertInto('single_use_value')
        .values({ kind, id, ...row })
        .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet(row))
        .execute()
    },
    async take<T>(kind: string, id: string, now: Date) {
      const row = await db
        .deleteFrom('single_use_value')
        .where('kind', '=', kind)
        .where('id', '=', id)
        .returning(['value', 'expires_at'])
        .executeTakeFirst()
      if (row === undefined || row.expires_at <= now.getTime()) return undefined
      return JSON.parse(row.value) as T
    },
    claim: async (kind, id, expiresAt) => {
      const { rows } = await insert({ kind, id, expires_at: expiresAt.getTime() })
      return rows.length === 1
    },
    sweep: sweeper(db),
  }
}

function insertClaim(db: Kysely<SingleUseTables>) {
  return prepared(db, ({ kind, id, expires_at }: SingleUseTables['single_use_claim']) =>
    db
      .insertInto('single_use_claim')
      .values({ kind, id, expires_at })
      .onConflict((conflict) => conflict.columns(['kind', 'id']).doNothing())
      .returning('id'),
  )
}

function sweeper(db: Kysely<SingleUseTables>): SingleUseStore['sweep'] {
  const tables = (['single_use_value', 'single_use_claim'] as const).map((table) =>
    prepared(db, ({ now }: { readonly now: number }) => db.deleteFrom(table).where('expires_at', '<=', now)),
  )
  return async (now) => {
    let swept = 0
    for (const expired of tables) swept += changedRows(await expired({ now: now.getTime() }))
    return swept
  }
}
