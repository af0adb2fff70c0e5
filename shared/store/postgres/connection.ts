import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { QueryResult as PgResult, PoolClient, QueryConfig } from 'pg'
import { writableParameters } from './column-values.ts'
import { isConflict } from './conflicts.ts'
import { withoutEngine } from './outages.ts'
import type { StatementNames } from './statement-names.ts'

const counted = new Set(['INSERT', 'UPDATE', 'DELETE'])
const mostAttempts = 5

/** Kysely's connection over one of the pool's. */
export class PostgresConnection implements DatabaseConnection {
  readonly client: PoolClient
  readonly #names: StatementNames
  #inTransaction = false
  #lost = false
  #conflict: unknown

  constructor(client: PoolClient, names: StatementNames) {
    this.client = client
    this.#names = names
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#execute<Row>(query)
      } catch (error) {
        if (!isConflict(error)) throw error
        if (this.#inTransaction) {
          this.#conflict = error
          throw error
        }
        // A statement by itself was undone as a whole.
        if (attempt === mostAttempts) throw error
      }
    }
  }

  async begin(command: string): Promise<void> {
    await this.#ask(command)
    this.#inTransaction = true
    this.#conflict = undefined
  }

  /** PostgreSQL "commits" a failed transaction by undoing it, without an error. */
  async commit(): Promise<void> {
    this.#inTransaction = false
    const { command } = await this.#ask('commit')
    if (command === 'COMMIT') return
    throw this.#conflict ?? new Error('A query failed inside this transaction, and its error was not let out.')
  }

  /** A connection that cannot even do that is given up, which undoes the transaction as well. */
  async rollback(): Promise<void> {
    this.#inTransaction = false
    await this.client.query('rollback').catch(() => {
      this.#lost = true
    })
  }

  release(): void {
    this.client.release(this.#lost)
  }

  streamQuery(): never {
    throw new Error('A stream would hold a connection between rows: read pages by key.')
  }

  async #execute<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const name = parameters.length > 0 ? this.#names.nameOf(sql) : undefined
    const values = writableParameters(parameters)
    const { command, rowCount, rows } = await this.#ask({ text: sql, values, ...(name && { name }) })
    return counted.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }
  }

  async #ask(query: string | QueryConfig): Promise<PgResult> {
    try {
      return await this.client.query(query)
    } catch (error) {
      const known = withoutEngine(error)
      // What answers no more is no use to the next one either.
      if (known !== error) this.#lost = true
      throw known
    }
  }
}
