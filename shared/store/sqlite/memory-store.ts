import type { DatabaseSync } from 'node:sqlite'
import type { Store, StoreOptions, StoreSnapshot } from '../store.ts'
import type { SqliteDriver } from './driver.ts'
import { imageOf, openImage } from './image.ts'
import { makeSeededDatabase } from './seeded-database.ts'
import { type SeededImage, SqliteStore } from './sqlite-store.ts'

/**
 * The whole life of a memory database happens inside one transaction that is never committed, with
 * a savepoint at its start. Going back to it costs what was changed, however large the start is.
 */
export async function openMemoryStore<Schema>(options: StoreOptions<Schema>): Promise<Store<Schema>> {
  const { from } = options
  const database = from ? held(openImage(from.bytes)) : await holdSeeded(options)
  return new SqliteStore<Schema>(database, new MemoryImage(() => holdSeeded(options), from))
}

class MemoryImage implements SeededImage {
  readonly #seedAnew: () => Promise<DatabaseSync>
  /** What the database was made of, at whose state the savepoint lies; it was seeded while this is undefined. */
  #made: StoreSnapshot | undefined
  /** The seeded state, kept from the moment that the savepoint lies elsewhere. */
  #seed: StoreSnapshot | undefined

  constructor(seedAnew: () => Promise<DatabaseSync>, from: StoreSnapshot | undefined) {
    this.#seedAnew = seedAnew
    this.#made = from
    this.#seed = from
  }

  restore(driver: SqliteDriver): void {
    if (this.#seed) this.load(driver, this.#seed)
    else backToStart(driver)
  }

  async renew(): Promise<(driver: SqliteDriver) => void> {
    const database = await this.#seedAnew()
    return (driver) => {
      driver.replaceDatabase(database)
      this.#made = undefined
      this.#seed = undefined
    }
  }

  /** SQLite copies a database that was made of an image as it was last committed, and any other as it is. */
  snapshot({ database }: SqliteDriver): StoreSnapshot {
    if (!this.#made) return { bytes: imageOf(database) }
    database.exec('commit')
    this.#made = { bytes: imageOf(database) }
    held(database)
    return this.#made
  }

  load(driver: SqliteDriver, snapshot: StoreSnapshot): void {
    if (this.#made === snapshot) backToStart(driver)
    else this.#replace(driver, snapshot)
  }

  #replace(driver: SqliteDriver, snapshot: StoreSnapshot): void {
    const database = openImage(snapshot.bytes)
    if (!this.#seed) {
      backToStart(driver)
      this.#seed = { bytes: imageOf(driver.database) }
    }
    driver.replaceDatabase(held(database))
    this.#made = snapshot
  }
}

function backToStart({ database }: SqliteDriver): void {
  database.exec('rollback to savepoint start')
}

async function holdSeeded<Schema>(options: StoreOptions<Schema>): Promise<DatabaseSync> {
  return held(await makeSeededDatabase(options))
}

function held(database: DatabaseSync): DatabaseSync {
  database.exec('begin; savepoint start')
  return database
}
