import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseConnection, Driver } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { migrationTable } from '../migrate.ts'
import { PostgresConnection } from './connection.ts'
import { withoutEngine } from './outages.ts'
import { StatementNames } from './statement-names.ts'

/**
 * Every transaction locks this table, which is written by migrations only: a reset, which takes it for itself, falls
 * between transactions; those that met a conflict do it again one at a time. `lock table` takes no snapshot of the
 * data, so that whoever waited sees what was committed meanwhile.
 */
const gate = (mode: string) => `lock table "${migrationTable}" in ${mode} mode`
const begin = 'begin isolation level serializable'
const ways = {
  together: `${begin}; ${gate('row share')}`,
  queued: `${begin}; ${gate('share update exclusive')}`,
  alone: `${begin}; ${gate('exclusive')}`,
} as const
export const closeGate = gate('exclusive')

export class PostgresDriver implements Driver {
  readonly #pool: Pool
  readonly #gated: boolean
  readonly #names = new StatementNames()
  readonly #connections = new WeakMap<PoolClient, PostgresConnection>()
  readonly #way = new AsyncLocalStorage<keyof typeof ways>()

  /** Without the gate: for the work that makes its table. */
  constructor(pool: Pool, { gated }: { readonly gated: boolean }) {
    this.#pool = pool
    this.#gated = gated
  }

  /** Transactions that begin inside stand in a queue, or run alone, in this and every other process. */
  transactions<T>(way: keyof typeof ways, work: () => Promise<T>): Promise<T> {
    return this.#way.run(way, work)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw withoutEngine(error)
    })
    const known = this.#connections.get(client)
    if (known) return known
    const connection = new PostgresConnection(client, this.#names)
    this.#connections.set(client, connection)
    return connection
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const lane = connection as PostgresConnection
    lane.release()
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const way = ways[this.#way.getStore() ?? 'together']
    await (connection as PostgresConnection).begin(this.#gated ? way : 'begin')
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as PostgresConnection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as PostgresConnection).rollback()
  }

  async destroy(): Promise<void> {
    if (!this.#pool.ended) await this.#pool.end()
  }
}
