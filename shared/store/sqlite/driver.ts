import type { DatabaseSync } from 'node:sqlite'
import type { DatabaseConnection, Driver } from 'kysely'
import { Turns } from '../turns.ts'
import { SqliteConnection } from './connection.ts'

/** One database, one connection, one holder at a time. */
export class SqliteDriver implements Driver {
  #connection: SqliteConnection
  #insideAnother = false
  readonly #turns = new Turns()

  constructor(database: DatabaseSync) {
    this.#connection = new SqliteConnection(database)
  }

  get database(): DatabaseSync {
    return this.#connection.database
  }

  /** Runs when all that was asked before is done, and before all that is asked later. */
  async exclusively<T>(work: (database: DatabaseSync) => T): Promise<T> {
    await this.#turns.take()
    try {
      return work(this.database)
    } finally {
      this.#turns.give()
    }
  }

  replaceDatabase(database: DatabaseSync): void {
    this.database.close()
    this.#connection = new SqliteConnection(database)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns.take()
    return this.#connection
  }

  async releaseConnection(): Promise<void> {
    this.#turns.give()
  }

  async beginTransaction(): Promise<void> {
    // Memory databases live inside one long transaction, see memory-store.ts.
    this.#insideAnother = this.database.isTransaction
    this.database.exec(this.#insideAnother ? 'savepoint work' : 'begin immediate')
  }

  async commitTransaction(): Promise<void> {
    this.database.exec(this.#insideAnother ? 'release savepoint work' : 'commit')
  }

  async rollbackTransaction(): Promise<void> {
    if (this.#insideAnother) {
      this.database.exec('rollback to savepoint work; release savepoint work')
    } else if (this.database.isTransaction) {
      this.database.exec('rollback')
    }
  }

  async destroy(): Promise<void> {
    await this.exclusively((database) => {
      if (database.isOpen) database.close()
    })
  }
}
