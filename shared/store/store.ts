import type { Expression, Kysely, Transaction } from 'kysely'

/**
 * A service's durable state: one relational schema, one set of queries, any engine.
 * Owns opening, migrating, seeding, transactions and reset; knows no service's nouns.
 */
export interface Store<Schema> extends AsyncDisposable {
  /** Inside a `transaction` callback this joins that transaction. */
  readonly db: Kysely<Schema>
  readonly notices: Notices
  /**
   * As if transactions ran one after another. Nested calls become savepoints. The work may run again
   * when an engine must repeat it, so it has no effect but on the store. Not `db.transaction()`.
   */
  transaction<T>(work: (db: Transaction<Schema>) => Promise<T>): Promise<T>
  /** Back to the freshly seeded state; `reseed` runs the seed again and keeps its result instead. */
  reset(options?: ResetOptions): Promise<void>
  /** All that the store holds now. Costs its size in memory. */
  snapshot(): Promise<StoreSnapshot>
  /** To the state of a snapshot of this store, or of one with the same migrations; `reset` keeps leading to the seed. */
  restore(snapshot: StoreSnapshot): Promise<void>
  sizeBytes(): Promise<number>
}

/** A copy that belongs to no store: it can be kept, and begin another one (`StoreOptions.from`). */
export interface StoreSnapshot {
  /** In the engine's own form: one engine does not read another's. */
  readonly bytes: Uint8Array
}

/** Short messages between all who have opened the store, in whatever process. Nothing is kept for those who come later. */
export interface Notices {
  /** Heard by everybody, this process included: inside a transaction once it is committed, and never when it is not. */
  tell(topic: string, text: string): Promise<void>
  /**
   * `hear` gets undefined when something may have been missed, or the store was reset elsewhere: look at the store
   * instead. From `others`: not what was told through this opening of the store.
   */
  listen(topic: string, hear: (text: string | undefined) => void, options?: ListenOptions): Disposable
}

export interface ListenOptions {
  readonly from?: 'everybody' | 'others'
}

export interface ResetOptions {
  readonly reseed?: boolean
}

export type StoreEngine =
  | { readonly kind: 'memory' }
  | { readonly kind: 'folder'; readonly directory: string; readonly name: string }
  /** One schema of a database that several processes share. */
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string }

export interface StoreOptions<Schema> {
  readonly engine: StoreEngine
  readonly migrations: readonly Migration[]
  /** Fills a new store; must not depend on what an earlier run left. */
  readonly seed?: (db: Kysely<Schema>) => Promise<void>
  /** Begins a new store with this instead of migrating and seeding; `reset` leads back to it. */
  readonly from?: StoreSnapshot | undefined
}

/** Runs once for each database, in a transaction, in list order. Never change one that has shipped. */
export interface Migration {
  readonly name: string
  up(db: Kysely<MigratedSchema>, types: ColumnTypes): Promise<void>
}

/** A migration sees the tables of its moment, which no compile-time type describes. */
export type MigratedSchema = Record<string, Record<string, unknown>>

/** The column types whose names differ between engines. */
export interface ColumnTypes {
  /** A whole primary-key column, type and constraint: ascending numbers, never used twice. */
  readonly autoNumberKey: Expression<unknown>
  /** Bytes: bound and read as `Uint8Array`. */
  readonly bytes: Expression<unknown>
}
