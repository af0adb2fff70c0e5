import type { Kysely } from 'kysely'
import { changedRows, prepared } from './prepared.ts'
import type { Migration } from './store.ts'

/** What lives until a moment or until its owner ends it: sessions, sign-in conversations, tokens. */
export interface ExpiringStore {
  get<T>(kind: string, id: string, now: Date): Promise<T | undefined>
  /** Creates or replaces. */
  put(kind: string, id: string, entry: NewExpiringEntry): Promise<void>
  /** Never revives: false when it is gone or has expired. */
  update(kind: string, id: string, changes: ExpiringChanges, now: Date): Promise<boolean>
  /** False when there was nothing to delete. */
  delete(kind: string, id: string): Promise<boolean>
  /** Returns how many there were. */
  deleteByOwner(kind: string, owner: string): Promise<number>
  listByOwner<T>(kind: string, owner: string, now: Date): Promise<readonly ExpiringEntry<T>[]>
  /** Forgets what has expired; returns how many. */
  sweep(now: Date): Promise<number>
}

export interface NewExpiringEntry {
  /** Anything JSON can carry. */
  readonly value: unknown
  readonly owner?: string
  readonly expiresAt: Date
}

export interface ExpiringChanges {
  readonly value?: unknown
  readonly owner?: string
  readonly expiresAt?: Date
}

export interface ExpiringEntry<T> {
  readonly id: string
  readonly value: T
  readonly expiresAt: Date
}

export interface ExpiringTables {
  expiring_entry: {
    kind: string
    id: string
    owner: string | null
    value: string
    expires_at: number
  }
}

export const expiringMigration: Migration = {
  name: 'expiring',
  async up({ schema }) {
    await schema
      .createTable('expiring_entry')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('owner', 'text')
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('expiring_entry_key', ['kind', 'id'])
      .execute()
    await schema.createIndex('expiring_entry_owner').on('expiring_entry').columns(['owner', 'kind']).execute()
    await schema.createIndex('expiring_entry_expiry').on('expiring_entry').column('expires_at').execute()
  },
}

export function expiringStore<Schema extends ExpiringTables>(schemaDb: Kysely<Schema>): ExpiringStore {
  const db = schemaDb as unknown as Kysely<ExpiringTables>
  const [select, upsert, change, remove] = [selectLive(db), upsertEntry(db), updateLive(db), deleteEntry(db)]
  return {
    async get<T>(kind: string, id: string, now: Date) {
      const [row] = (await select({ kind, id, now: now.getTime() })).rows
      return row === undefined ? undefined : (JSON.parse(row.value) as T)
    },
    async put(kind, id, { owner = null, value, expiresAt }) {
      await upsert({ kind, id, owner, value: JSON.stringify(value), expires_at: expiresAt.getTime() })
    },
    async update(kind, id, { value, owner = null, expiresAt }, now) {
      const text = value === undefined ? null : JSON.stringify(value)
      const ends = expiresAt?.getTime() ?? null
      return changedRows(await change({ kind, id, value: text, owner, expires_at: ends, now: now.getTime() })) > 0
    },
    delete: async (kind, id) => changedRows(await remove({ kind, id })) > 0,
    async deleteByOwner(kind, owner) {
      const { numDeletedRows } = await db
        .deleteFrom('expiring_entry')
        .where('kind', '=', kind)
        .where('owner', '=', owner)
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
    listByOwner: (kind, owner, now) => listByOwner(db, kind, owner, now),
    async sweep(now) {
      const { numDeletedRows } = await db
        .deleteFrom('expiring_entry')
        .where('expires_at', '<=', now.getTime())
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

interface Key {
  readonly kind: string
  readonly id: string
}

function selectLive(db: Kysely<ExpiringTables>) {
  return prepared(db, ({ kind, id, now }: Key & { readonly now: number }) =>
    db
      .selectFrom('expiring_entry')
      .select('value')
      .where('kind', '=', kind)
      .where('id', '=', id)
      .where('expires_at', '>', now),
  )
}

function upsertEntry(db: Kysely<ExpiringTables>) {
  return prepared(db, ({ kind, id, owner, value, expires_at }: ExpiringTables['expiring_entry']) =>
    db
      .insertInto('expiring_entry')
      .values({ kind, id, owner, value, expires_at })
      .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet({ owner, value, expires_at })),
  )
}

interface Update extends Key {
  readonly value: string | null
  readonly owner: string | null
  readonly expires_at: number | null
  readonly now: number
}

/** Null leaves a column as it is. */
function updateLive(db: Kysely<ExpiringTables>) {
  return prepared(db, ({ kind, id, value, owner, expires_at, now }: Update) =>
    db
      .updateTable('expiring_entry')
      .set(({ fn, ref, val }) => ({
        value: fn.coalesce(val(value), ref('value')),
        owner: fn.coalesce(val(owner), ref('owner')),
        expires_at: fn.coalesce(val(expires_at), ref('expires_at')),
      }))
      .where('kind', '=', kind)
      .where('id', '=', id)
      .where('expires_at', '>', now),
  )
}

function deleteEntry(db: Kysely<ExpiringTables>) {
  return prepared(db, ({ kind, id }: Key) =>
    db.deleteFrom('expiring_entry').where('kind', '=', kind).where('id', '=', id),
  )
}

async function listByOwner<T>(
  db: Kysely<ExpiringTables>,
  kind: string,
  owner: string,
  now: Date,
): Promise<readonly ExpiringEntry<T>[]> {
  const rows = await db
    .selectFrom('expiring_entry')
    .select(['id', 'value', 'expires_at'])
    .where('kind', '=', kind)
    .where('owner', '=', owner)
    .where('expires_at', '>', now.getTime())
    .orderBy('expires_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    value: JSON.parse(row.value) as T,
    expiresAt: new Date(row.expires_at),
  }))
}
