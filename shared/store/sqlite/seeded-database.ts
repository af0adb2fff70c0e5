import { DatabaseSync } from 'node:sqlite'
import { JoiningDriver } from '../joining-driver.ts'
import { migrate } from '../migrate.ts'
import type { StoreOptions } from '../store.ts'
import { sqliteColumnTypes, sqliteOver } from './dialect.ts'
import { SqliteDriver } from './driver.ts'

/** A new database in memory, migrated and seeded: where every store and every reset starts from. */
export async function makeSeededDatabase<Schema>(options: StoreOptions<Schema>): Promise<DatabaseSync> {
  const database = new DatabaseSync(':memory:')
  try {
    const db = sqliteOver<Schema>(new JoiningDriver(new SqliteDriver(database)))
    await migrate(db, options.migrations, sqliteColumnTypes)
    refuseDeferredKeys(database)
    database.exec('begin')
    await options.seed?.(db)
    database.exec('commit')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A memory store never reaches the outermost commit at which deferred keys are checked. */
function refuseDeferredKeys(database: DatabaseSync): void {
  const deferred = database.prepare(`select name from sqlite_schema where lower(sql) like '%initially deferred%'`).get()
  if (deferred === undefined) return
  throw new Error(`Table "${String(deferred.name)}" has a deferred foreign key: use immediate ones.`)
}
