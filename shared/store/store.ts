import type { Expression, Kysely, Transaction } from 'kysely'

/**
 * A service's durable state: one relational schema, one set of queries, any engine.
 * Owns opening, migrating, seeding, transactions and reset; knows no service's nouns.
 */
export interface Store<Schema> extends AsyncDisposable {
  /** Inside a `transaction` callback this joins that transaction. */
  readonly db: Kysely<Schema>
  /**
   * As if transactions ran one after another. Nested calls become savepoints. The work may run again
   * when an engine must repeat it, so it has no effect but on the store. Not `db.transaction()`.
   */
  transaction<T>(work: (db: Transaction<Schema>) => Promise<T>): Promise<T>
  /** Back to the freshly seeded state; `reseed` runs the seed again and keeps its result instead. */
  reset(options?: ResetOptions): Promise<void>
  sizeBytes(): Promise<number>
}

export interface ResetOptions {
  readonly reseed?: boolean
}

export type StoreEngine =
  | { readonly kind: 'memory' }
  | { readonly kind: 'folder'; readonly directory: string; readonly name: string }

export interface StoreOptions<Schema> {
  readonly engine: StoreEngine
  readonly migrations: readonly Migration[]
  /** Fills a new store; must not depend on what an earlier run left. */
  readonly seed?: (db: Kysely<Schema>) => Promise<void>
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
