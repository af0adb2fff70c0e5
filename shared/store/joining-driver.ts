import { AsyncLocalStorage } from 'node:async_hooks'
import type {
  CompiledQuery as Compiled,
  DatabaseConnection,
  Driver,
  QueryResult,
  Transaction,
  TransactionSettings,
} from 'kysely'
import { CompiledQuery } from './kysely.ts'
import { Turns } from './turns.ts'

/** Transactions behave as if they ran one after another, on every engine. */
export const joinedIsolation = 'serializable'

/**
 * Wraps an engine's driver so that whatever runs inside a transaction's callback joins that
 * transaction: its queries through the store's `db`, and nested transactions as savepoints.
 * Owns who may use which connection when; knows no engine.
 */
export class JoiningDriver implements Driver {
  readonly #inner: Driver
  readonly #current = new AsyncLocalStorage<Lane>()
  /** Of the last query outside transactions, for the next: a lane that was no transaction has nothing to remember. */
  #spare: Lane | undefined

  constructor(inner: Driver) {
    this.#inner = inner
  }

  get insideTransaction(): boolean {
    return openLane(this.#current.getStore()) !== undefined
  }

  async runInside<Schema, T>(
    transaction: Transaction<Schema>,
    work: (transaction: Transaction<Schema>) => Promise<T>,
  ): Promise<T> {
    const lane = await transaction.getExecutor().provideConnection(async (lane) => lane)
    return this.#current.run(lane as Lane, work, transaction)
  }

  /** At once where no transaction is; never when the one around it is rolled back. */
  whenCommitted(effect: () => void): void {
    const lane = openLane(this.#current.getStore())
    if (lane === undefined) effect()
    else lane.whenCommitted(effect)
  }

  init(): Promise<void> {
    return this.#inner.init()
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const outer = openLane(this.#current.getStore())
    if (outer === undefined) return this.#laneOver(await this.#inner.acquireConnection())
    await outer.turns.take()
    return new Lane(outer.connection, outer)
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const lane = connection as Lane
    if (lane.outer !== undefined) return lane.outer.turns.give()
    if (lane.state === 'idle') this.#spare = lane
    await this.#inner.releaseConnection(lane.connection)
  }

  #laneOver(connection: DatabaseConnection): Lane {
    const spare = this.#spare
    if (spare?.connection !== connection) return new Lane(connection)
    this.#spare = undefined
    return spare
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    if (settings.isolationLevel !== joinedIsolation) {
      throw new Error('Use transaction() of the store: others cannot join the one of its db.')
    }
    const lane = connection as Lane
    if (lane.outer === undefined) await this.#inner.beginTransaction(lane.connection, settings)
    else await lane.command(`savepoint ${lane.savepoint}`)
    lane.state = 'open'
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const lane = connection as Lane
    await lane.end('committed', () =>
      lane.outer === undefined
        ? this.#inner.commitTransaction(lane.connection)
        : lane.command(`release savepoint ${lane.savepoint}`),
    )
    lane.passOnEffects()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const lane = connection as Lane
    await lane.end('rolled back', async () => {
      if (lane.outer === undefined) return this.#inner.rollbackTransaction(lane.connection)
      await lane.command(`rollback to savepoint ${lane.savepoint}`)
      await lane.command(`release savepoint ${lane.savepoint}`)
    })
  }

  destroy(): Promise<void> {
    return this.#inner.destroy()
  }
}

type LaneState = 'idle' | 'open' | 'committed' | 'rolled back'

/** One holder's use of a connection; while it is a transaction, others take turns inside it. */
class Lane implements DatabaseConnection {
  readonly connection: DatabaseConnection
  readonly outer: Lane | undefined
  readonly savepoint: string
  readonly turns = new Turns()
  state: LaneState = 'idle'
  #effects: (() => void)[] = []
  readonly #depth: number

  constructor(connection: DatabaseConnection, outer?: Lane) {
    this.connection = connection
    this.outer = outer
    this.#depth = outer === undefined ? 0 : outer.#depth + 1
    this.savepoint = `nested_${this.#depth}`
  }

  executeQuery<Row>(query: Compiled): Promise<QueryResult<Row>> {
    return this.connection.executeQuery<Row>(query)
  }

  streamQuery<Row>(query: Compiled, size?: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.connection.streamQuery<Row>(query, size)
  }

  async command(statement: string): Promise<void> {
    await this.connection.executeQuery(CompiledQuery.raw(statement))
  }

  whenCommitted(effect: () => void): void {
    this.#effects.push(effect)
  }

  /** To the transaction around it, or into the world. */
  passOnEffects(): void {
    const effects = this.#effects
    this.#effects = []
    for (const effect of effects) {
      if (this.outer === undefined) effect()
      else this.outer.whenCommitted(effect)
    }
  }

  /** Waits for those who joined before; later ones no longer find the lane open. */
  async end(state: LaneState, finish: () => Promise<void>): Promise<void> {
    this.state = state
    await this.turns.take()
    try {
      await finish()
    } finally {
      this.turns.give()
    }
  }
}

/** Work that outlives a commit goes on by itself; work left behind by a rollback must not write. */
function openLane(lane: Lane | undefined): Lane | undefined {
  if (lane === undefined || lane.state === 'open') return lane
  if (lane.state === 'rolled back') {
    throw new Error('This work belongs to a transaction that was rolled back.')
  }
  return openLane(lane.outer)
}
