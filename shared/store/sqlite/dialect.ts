import type { Dialect, Driver, Kysely as KyselyType } from 'kysely'
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from '../kysely.ts'
import type { ColumnTypes } from '../store.ts'

export function sqliteOver<Schema>(driver: Driver): KyselyType<Schema> {
  const dialect: Dialect = {
    createDriver: () => driver,
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
  return new Kysely<Schema>({ dialect })
}

export const sqliteColumnTypes: ColumnTypes = {
  // Without `autoincrement`, the number of a deleted last row would be given out again.
  autoNumberKey: sql`integer primary key autoincrement`,
  bytes: sql`blob`,
}
