import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'

interface Prepared {
  readonly statement: StatementSync
  readonly returnsRows: boolean
}

/** More than the queries one service has, so that only generated `in (…)` lists ever evict. */
const preparedLimit = 500

/**
 * Kysely's connection over one `DatabaseSync`. Integers are read as numbers; one beyond 2^53 is an
 * error, never a rounded value. Bytes are read as `Uint8Array`.
 */
export class SqliteConnection implements DatabaseConnection {
  readonly database: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(database: DatabaseSync) {
    this.database = database
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { statement, returnsRows } = this.#prepare(query.sql)
    const parameters = query.parameters as SQLInputValue[]
    if (returnsRows) return { rows: statement.all(...parameters) as Row[] }
    return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) }
  }

  streamQuery(): never {
    throw new Error('A stream would hold the only connection between rows: read pages by key.')
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.database.prepare(sql)
    const prepared = { statement, returnsRows: statement.columns().length > 0 }
    if (this.#prepared.size >= preparedLimit) this.#forgetOldest()
    this.#prepared.set(sql, prepared)
    return prepared
  }

  #forgetOldest(): void {
    const oldest = this.#prepared.keys().next()
    if (!oldest.done) this.#prepared.delete(oldest.value)
  }
}
