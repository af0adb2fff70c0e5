import type { DatabaseSync } from 'node:sqlite'
import type { Kysely, Transaction } from 'kysely'
import { JoiningDriver, joinedIsolation } from '../joining-driver.ts'
import { ownNotices } from '../own-notices.ts'
import type { Notices, ResetOptions, Store, StoreSnapshot } from '../store.ts'
import { sqliteOver } from './dialect.ts'
import { SqliteDriver } from './driver.ts'

/** How an engine goes back to its seeded state. The effects run while nobody else uses the driver. */
export interface SeededImage {
  restore(driver: SqliteDriver): void
  /** Runs the seed aside and returns what puts its result in place of the former. */
  renew(): Promise<(driver: SqliteDriver) => void>
  snapshot(driver: SqliteDriver): StoreSnapshot
  /** Puts the state of a snapshot in place of the present one. */
  load(driver: SqliteDriver, snapshot: StoreSnapshot): void
}

export class SqliteStore<Schema> implements Store<Schema> {
  readonly db: Kysely<Schema>
  readonly notices: Notices
  readonly #driver: SqliteDriver
  readonly #joining: JoiningDriver
  readonly #image: SeededImage

  constructor(database: DatabaseSync, image: SeededImage) {
    this.#driver = new SqliteDriver(database)
    this.#joining = new JoiningDriver(this.#driver)
    this.#image = image
    this.db = sqliteOver<Schema>(this.#joining)
    this.notices = ownNotices(this.#joining)
  }

  transaction<T>(work: (db: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.db
      .transaction()
      .setIsolationLevel(joinedIsolation)
      .execute((transaction) => this.#joining.runInside(transaction, work))
  }

  async reset({ reseed = false }: ResetOptions = {}): Promise<void> {
    this.#requireOutside()
    const restore = reseed ? await this.#image.renew() : (driver: SqliteDriver) => this.#image.restore(driver)
    await this.#driver.exclusively(() => restore(this.#driver))
  }

  async snapshot(): Promise<StoreSnapshot> {
    this.#requireOutside()
    return this.#driver.exclusively(() => this.#image.snapshot(this.#driver))
  }

  async restore(snapshot: StoreSnapshot): Promise<void> {
    this.#requireOutside()
    await this.#driver.exclusively(() => this.#image.load(this.#driver, snapshot))
  }

  #requireOutside(): void {
    if (!this.#joining.insideTransaction) return
    throw new Error('A store cannot be reset or copied from inside one of its transactions.')
  }

  async sizeBytes(): Promise<number> {
    const { page_count: pages } = this.#driver.database.prepare('pragma page_count').get() ?? {}
    const { page_size: bytes } = this.#driver.database.prepare('pragma page_size').get() ?? {}
    return Number(pages) * Number(bytes)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver.destroy()
  }
}
