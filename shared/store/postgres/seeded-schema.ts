import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { Pool } from 'pg'
import { JoiningDriver } from '../joining-driver.ts'
import { sql } from '../kysely.ts'
import { migrate, migrationTable } from '../migrate.ts'
import type { StoreOptions } from '../store.ts'
import { type Place, poolConfig } from './connect.ts'
import { postgresColumnTypes, postgresOver } from './dialect.ts'
import { closeGate, PostgresDriver } from './driver.ts'
import { inTransaction } from './in-transaction.ts'
import { loadRows, restoreRows } from './table-rows.ts'

/**
 * `<schema>` is the state, `<schema>_seed` the image that a reset goes back to. Both are made in one transaction, by
 * whoever of several processes comes first; the others wait and find them.
 */
export async function makeSchemas<Schema>(options: StoreOptions<Schema>, place: Place): Promise<void> {
  await alone<Schema>(place, async (db) => {
    if (!(await isMade(db, place.schema))) await makeImage(options, place, db)
    else await within(db, imageOf(place), () => migrate(db, options.migrations, postgresColumnTypes))
    await makeState(options, place, db)
  })
}

/** Runs the seed again and puts its result in place of the image, and of the state. */
export async function renewImage<Schema>(options: StoreOptions<Schema>, place: Place): Promise<void> {
  await alone<Schema>(place, async (db) => {
    await makeImage({ ...options, from: undefined }, place, db)
    await sql.raw(`set local search_path to "${place.schema}"; ${closeGate}`).execute(db)
    await restoreRows(db, place.schema, imageOf(place))
  })
}

export function imageOf({ schema }: Place): string {
  return `${schema}_seed`
}

async function makeState<Schema>(options: StoreOptions<Schema>, place: Place, db: Kysely<Schema>): Promise<void> {
  const isNew = !(await isMade(db, place.schema))
  await sql`create schema if not exists ${sql.id(place.schema)}`.execute(db)
  await within(db, place.schema, () => migrate(db, options.migrations, postgresColumnTypes))
  if (isNew) await restoreRows(db, place.schema, imageOf(place))
}

async function makeImage<Schema>(options: StoreOptions<Schema>, place: Place, db: Kysely<Schema>): Promise<void> {
  const image = imageOf(place)
  await sql`drop schema if exists ${sql.id(image)} cascade`.execute(db)
  await sql`create schema ${sql.id(image)}`.execute(db)
  await within(db, image, async () => {
    await migrate(db, options.migrations, postgresColumnTypes)
    if (options.from) await loadRows(db, image, options.from.bytes)
    else await options.seed?.(db)
  })
}

async function isMade<Schema>(db: Kysely<Schema>, schema: string): Promise<boolean> {
  const { rows } = await sql<{ made: number }>`
    select to_regclass(${`"${schema}"."${migrationTable}"`}) is not null as made`.execute(db)
  return rows[0]?.made === 1
}

async function within<Schema>(db: Kysely<Schema>, schema: string, work: () => Promise<void>): Promise<void> {
  await sql.raw(`set local search_path to "${schema}"`).execute(db)
  await work()
}

/** A transaction that no other process has at the same time, for this schema. */
async function alone<Schema>(place: Place, work: (db: Kysely<Schema>) => Promise<void>): Promise<void> {
  const pool = new Pool({ ...poolConfig(place), max: 1 })
  const joining = new JoiningDriver(new PostgresDriver(pool, { gated: false }))
  try {
    await reach(pool, place)
    const db = postgresOver<Schema>(joining)
    await inTransaction(db, joining, async () => {
      await sql`select pg_advisory_xact_lock(hashtext('fauxchange'), hashtext(${place.schema}))`.execute(db)
      await work(db)
    })
  } finally {
    await pool.end()
  }
}

async function reach(pool: Pool, { url }: Place): Promise<void> {
  const { host, hostname, pathname } = new URL(url)
  try {
    await connectOnce(pool, hostname)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message || (cause as { code?: string }).code : String(cause)
    throw new Error(`The database ${pathname.slice(1)} at ${host} cannot be used: ${reason}`, { cause })
  }
}

const startingCodes: readonly unknown[] = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', '57P03']
const patienceMs = 15_000
const pauseMs = 250

/** A database in a container of its own may only just be starting; on this machine it is there or it is not. */
async function connectOnce(pool: Pool, hostname: string): Promise<void> {
  const isHere = /^(localhost|127\.|\[::1\])/.test(hostname)
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return (await pool.connect()).release()
    } catch (error) {
      const isStarting = startingCodes.includes((error as { readonly code?: string }).code)
      if (isHere || !isStarting || waited >= patienceMs) throw error
      await pause(pauseMs)
    }
  }
}
