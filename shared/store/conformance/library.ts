import type { Generated, Kysely } from 'kysely'
import { type ExpiringTables, expiringMigration } from '../expiring.ts'
import { type LeaseTables, leaseMigration } from '../lease.ts'
import { openStore } from '../open.ts'
import { type SingleUseTables, singleUseMigration } from '../single-use.ts'
import type { Migration, Store, StoreEngine, StoreOptions } from '../store.ts'

/** The schema that every engine is tried with: a small lending library. */
export interface Library extends SingleUseTables, ExpiringTables, LeaseTables {
  shelf: { id: string; capacity: number }
  book: {
    number: Generated<number>
    shelf: string
    title: string
    note: string | null
    cover: Uint8Array | null
  }
}

/** What an engine brings to the suite. */
export interface EngineUnderTest {
  readonly name: string
  /** A place that nothing has been stored in. Opening a durable one again finds what was stored. */
  newPlace(): StoreEngine
  readonly durable: boolean
}

export const libraryMigrations: readonly Migration[] = [
  singleUseMigration,
  expiringMigration,
  leaseMigration,
  {
    name: 'shelves-and-books',
    async up({ schema }, types) {
      await schema
        .createTable('shelf')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('capacity', 'bigint', (column) => column.notNull())
        .execute()
      await schema
        .createTable('book')
        .addColumn('number', types.autoNumberKey)
        .addColumn('shelf', 'text', (column) => column.notNull().references('shelf.id'))
        .addColumn('title', 'text', (column) => column.notNull().unique())
        .addColumn('note', 'text')
        .addColumn('cover', types.bytes)
        .execute()
    },
  },
]

export async function seedLibrary(db: Kysely<Library>): Promise<void> {
  await db
    .insertInto('shelf')
    .values([
      { id: 'poems', capacity: 10 },
      { id: 'plays', capacity: 20 },
    ])
    .execute()
  await db
    .insertInto('book')
    .values([
      { shelf: 'poems', title: 'Odes' },
      { shelf: 'plays', title: 'Clouds' },
    ])
    .execute()
}

export function openLibrary(
  engine: StoreEngine,
  options: Partial<StoreOptions<Library>> = {},
): Promise<Store<Library>> {
  return openStore<Library>({
    engine,
    migrations: libraryMigrations,
    seed: seedLibrary,
    ...options,
  })
}

export async function titles({ db }: Pick<Store<Library>, 'db'>): Promise<readonly string[]> {
  const rows = await db.selectFrom('book').select('title').orderBy('number').execute()
  return rows.map(({ title }) => title)
}

export async function addBook({ db }: Pick<Store<Library>, 'db'>, title: string): Promise<number> {
  const { number } = await db
    .insertInto('book')
    .values({ shelf: 'poems', title })
    .returning('number')
    .executeTakeFirstOrThrow()
  return number
}

export async function capacity({ db }: Pick<Store<Library>, 'db'>): Promise<number> {
  const shelf = await db.selectFrom('shelf').select('capacity').where('id', '=', 'poems').executeTakeFirstOrThrow()
  return shelf.capacity
}

export async function setCapacity({ db }: Pick<Store<Library>, 'db'>, value: number): Promise<void> {
  await db.updateTable('shelf').set({ capacity: value }).where('id', '=', 'poems').execute()
}
