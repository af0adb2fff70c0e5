import type { Clock } from '#shared/clock.ts'

/** Tokens by unknown keys do not make us ask the issuer more often than this. */
const pauseMs = 5_000
const lifetimeMs = 24 * 60 * 60_000

/** What an issuer publishes to verify its tokens: fetched on first use and kept for a day of the stack's clock. */
export class PublishedKeys<Keys> {
  readonly #clock: Clock
  readonly #fetch: () => Promise<Keys>
  #known: { readonly keys: Promise<Keys>; readonly at: number } | undefined
  #askedAgainAt: number | undefined

  constructor(clock: Clock, fetch: () => Promise<Keys>) {
    this.#clock = clock
    this.#fetch = fetch
  }

  current(): Promise<Keys> {
    const known = this.#known
    return known && this.#isWithin(lifetimeMs, known.at) ? known.keys : this.#ask()
  }

  /** For a token by an unknown key: the issuer may have a new one. */
  again(): Promise<Keys> {
    if (this.#askedAgainAt !== undefined && this.#isWithin(pauseMs, this.#askedAgainAt)) return this.current()
    this.#askedAgainAt = this.#clock.now().getTime()
    return this.#ask()
  }

  #ask(): Promise<Keys> {
    const keys = this.#fetch()
    this.#known = { keys, at: this.#clock.now().getTime() }
    keys.catch(() => {
      if (this.#known?.keys === keys) this.#known = undefined
    })
    return keys
  }

  #isWithin(duration: number, moment: number): boolean {
    return Math.abs(this.#clock.now().getTime() - moment) < duration
  }
}
