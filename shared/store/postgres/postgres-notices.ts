import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { Client, type ClientConfig } from 'pg'
import { sql } from '../kysely.ts'
import { Listeners } from '../listeners.ts'
import type { ListenOptions, Notices } from '../store.ts'

const firstPauseMs = 50
const longestPauseMs = 2_000

/** A notice may have 8,000 bytes (PostgreSQL manual, NOTIFY). */
const mostCharacters = 2_000

/**
 * LISTEN and NOTIFY on a connection of its own, made again when it is lost: then everybody is told that notices may
 * have been missed.
 */
export class PostgresNotices implements Notices, AsyncDisposable {
  readonly #listeners = new Listeners()
  /** Distinguishes what was told through this opening of the store. */
  readonly #self = randomUUID()
  readonly #db: Kysely<unknown>
  readonly #config: ClientConfig
  readonly #channel: string
  #connection: Promise<Client | undefined> | undefined
  #closed = false

  constructor(db: Kysely<unknown>, config: ClientConfig, channel: string) {
    this.#db = db
    this.#config = config
    this.#channel = channel
  }

  async tell(topic: string, text: string): Promise<void> {
    if (topic.length + text.length > mostCharacters) throw new RangeError(`a notice about ${topic} is too long`)
    await this.#send([this.#self, topic, text])
  }

  /** The others forget what they know. */
  async tellOfReset(): Promise<void> {
    await this.#send([this.#self])
  }

  listen(
    topic: string,
    hear: (text: string | undefined) => void,
    { from = 'everybody' }: ListenOptions = {},
  ): Disposable {
    return this.#listeners.add(topic, hear, from)
  }

  /** Resolves when what is told from now on is heard. */
  async open(): Promise<void> {
    this.#connection = this.#connect(firstPauseMs)
    await this.#connection
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await (await this.#connection)?.end().catch(() => undefined)
  }

  async #connect(pauseMs: number): Promise<Client | undefined> {
    if (this.#closed) return undefined
    const client = new Client(this.#config)
    client.on('error', () => undefined)
    client.on('notification', ({ payload = '[]' }) => this.#hear(payload))
    try {
      await client.connect()
      await client.query(`listen "${this.#channel}"`)
    } catch {
      await client.end().catch(() => undefined)
      return this.#again(pauseMs)
    }
    client.once('end', () => this.#reconnect())
    return client
  }

  #reconnect(): void {
    if (this.#closed) return
    this.#connection = this.#connect(firstPauseMs)
    this.#connection.then(() => this.#listeners.tellAllThatSomethingWasMissed())
  }

  async #again(pauseMs: number): Promise<Client | undefined> {
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, pauseMs).unref()
    await promise
    return this.#connect(Math.min(pauseMs * 2, longestPauseMs))
  }

  async #send(message: readonly string[]): Promise<void> {
    await sql`select pg_notify(${this.#channel}, ${JSON.stringify(message)})`.execute(this.#db)
  }

  #hear(payload: string): void {
    const [teller, topic, text] = JSON.parse(payload) as readonly (string | undefined)[]
    const own = teller === this.#self
    if (topic !== undefined && text !== undefined) this.#listeners.tell(topic, text, { own })
    else if (!own) this.#listeners.tellAllThatSomethingWasMissed()
  }
}
