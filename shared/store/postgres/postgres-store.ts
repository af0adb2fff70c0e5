import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import { JoiningDriver } from '../joining-driver.ts'
import { sql } from '../kysely.ts'
import type { ResetOptions, Store, StoreOptions, StoreSnapshot } from '../store.ts'
import { isConflict } from './conflicts.ts'
import { openPool, type Place, poolConfig } from './connect.ts'
import { postgresOver } from './dialect.ts'
import { PostgresDriver } from './driver.ts'
import { inTransaction } from './in-transaction.ts'
import { PostgresNotices } from './postgres-notices.ts'
import { imageOf, makeSchemas, renewImage } from './seeded-schema.ts'
import { copyRows, loadRows, restoreRows } from './table-rows.ts'

const mostAttempts = 40
const longestPauseMs = 10

export async function openPostgresStore<Schema>(options: StoreOptions<Schema>, place: Place): Promise<Store<Schema>> {
  await makeSchemas(options, place)
  const store = new PostgresStore(options, place)
  await store.notices.open()
  return store
}

/** Transactions are serializable: one that meets another is undone and done again, then in a queue with its like. */
class PostgresStore<Schema> implements Store<Schema> {
  readonly db: Kysely<Schema>
  readonly notices: PostgresNotices
  readonly #options: StoreOptions<Schema>
  readonly #place: Place
  readonly #driver: PostgresDriver
  readonly #joining: JoiningDriver

  constructor(options: StoreOptions<Schema>, place: Place) {
    this.#options = options
    this.#place = place
    this.#driver = new PostgresDriver(openPool(place), { gated: true })
    this.#joining = new JoiningDriver(this.#driver)
    this.db = postgresOver<Schema>(this.#joining)
    this.notices = new PostgresNotices(this.db as Kysely<unknown>, poolConfig(place), place.schema)
  }

  async transaction<T>(work: (db: Transaction<Schema>) => Promise<T>): Promise<T> {
    const once = () => inTransaction(this.db, this.#joining, work)
    if (this.#joining.insideTransaction) return once()
    try {
      return await once()
    } catch (error) {
      if (!isConflict(error)) throw error
      return this.#driver.transactions('queued', () => untilItFits(once))
    }
  }

  async reset({ reseed = false }: ResetOptions = {}): Promise<void> {
    this.#requireOutside()
    const { schema } = this.#place
    if (reseed) await renewImage(this.#options, this.#place)
    else await this.#alone((db) => restoreRows(db, schema, imageOf(this.#place)))
    await this.notices.tellOfReset()
  }

  async snapshot(): Promise<StoreSnapshot> {
    this.#requireOutside()
    return { bytes: await this.#alone((db) => copyRows(db, this.#place.schema)) }
  }

  async restore({ bytes }: StoreSnapshot): Promise<void> {
    this.#requireOutside()
    await this.#alone((db) => loadRows(db, this.#place.schema, bytes))
    await this.notices.tellOfReset()
  }

  #alone<T>(work: (db: Transaction<Schema>) => Promise<T>): Promise<T> {
    const once = () => inTransaction(this.db, this.#joining, work)
    return this.#driver.transactions('alone', () => untilItFits(once))
  }

  #requireOutside(): void {
    if (!this.#joining.insideTransaction) return
    throw new Error('A store cannot be reset or copied from inside one of its transactions.')
  }

  async sizeBytes(): Promise<number> {
    const { rows } = await sql<{ bytes: number }>`
      select coalesce(sum(pg_total_relation_size(oid)), 0) as bytes from pg_class
      where relnamespace = to_regnamespace(${this.#place.schema}) and relkind = 'r'`.execute(this.db)
    return rows[0]?.bytes ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.notices[Symbol.asyncDispose]()
    await this.#driver.destroy()
  }
}

async function untilItFits<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!isConflict(error) || count === mostAttempts) throw error
      await pause(Math.min(count, longestPauseMs))
    }
  }
}
