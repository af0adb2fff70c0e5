import type { Kysely } from 'kysely'
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
  return {
    async get<T>(kind: string, id: string, now: Date) {
      const row = await db
        .selectFrom('expiring_entry')
        .select('value')
        .where('kind', '=', kind)
        .where('id', '=', id)
        .where('expires_at', '>', now.getTime())
        .executeTakeFirst()
      return row === undefined ? undefined : (JSON.parse(row.value) as T)
    },
    put: (kind, id, entry) => put(db, kind, id, entry),
    update: (kind, id, changes, now) => update(db, kind, id, changes, now),
    async delete(kind, id) {
      const { numDeletedRows } = await db
        .deleteFrom('expiring_entry')
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
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

async function put(db: Kysely<ExpiringTables>, kind: string, id: string, entry: NewExpiringEntry): Promise<void> {
  const row = {
    owner: entry.owner ?? null,
    value: JSON.stringify(entry.value),
    expires_at: entry.expiresAt.getTime(),
  }
  await db
    .insertInto('expiring_entry')
    .values({ kind, id, ...row })
    .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet(row))
    .execute()
}

async function update(
  db: Kysely<ExpiringTables>,
  kind: string,
  id: string,
  { value, owner, expiresAt }: ExpiringChanges,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('expiring_entry')
    .set({
      // Named even when nothing changes, since an update must set something.
      kind,
      ...(value !== undefined && { value: JSON.stringify(value) }),
      ...(owner !== undefined && { owner }),
      ...(expiresAt !== undefined && { expires_at: expiresAt.getTime() }),
    })
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return numUpdatedRows > 0n
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
