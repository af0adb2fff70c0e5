import type { DatabaseSync } from 'node:sqlite'
import type { Store, StoreOptions } from '../store.ts'
import type { SqliteDriver } from './driver.ts'
import { makeSeededDatabase } from './seeded-database.ts'
import { type SeededImage, SqliteStore } from './sqlite-store.ts'

/**
 * The whole life of a memory database happens inside one transaction that is never committed, with
 * a savepoint after the seed. Going back to it costs what was changed, however large the seed is.
 */
export async function openMemoryStore<Schema>(options: StoreOptions<Schema>): Promise<Store<Schema>> {
  return new SqliteStore<Schema>(await holdSeeded(options), memoryImage(options))
}

function memoryImage<Schema>(options: StoreOptions<Schema>): SeededImage {
  return {
    restore: ({ database }: SqliteDriver) => database.exec('rollback to savepoint seeded'),
    renew: async () => {
      const database = await holdSeeded(options)
      return (driver) => driver.replaceDatabase(database)
    },
  }
}

async function holdSeeded<Schema>(options: StoreOptions<Schema>): Promise<DatabaseSync> {
  const database = await makeSeededDatabase(options)
  database.exec('begin; savepoint seeded')
  return database
}
