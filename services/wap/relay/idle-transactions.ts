import type { Clock } from '#shared/clock.ts'

interface Bytes {
  readonly bytesRead?: number
  readonly bytesWritten?: number
}

interface Transaction {
  readonly socket: Bytes
  readonly timeoutMs: number
  readonly end: () => void
  seen: number
  activeAt: number
}

/**
 * InactiveTransactionsTimeoutSec: ends requests over whose connection nothing has moved for that long, by the stack's
 * clock. One appointment serves all of them, and bytes are counted where the socket counts them anyway.
 */
export class IdleTransactions implements Disposable {
  readonly #clock: Clock
  readonly #open = new Set<Transaction>()
  #appointment: (Disposable & { readonly due: number }) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The returned function says that the transaction is over. */
  watch(socket: Bytes, timeoutMs: number, end: () => void): () => void {
    const transaction = { socket, timeoutMs, end, seen: bytesOf(socket), activeAt: this.#now() }
    this.#open.add(transaction)
    this.#arm(dueOf(transaction))
    return () => void this.#open.delete(transaction)
  }

  [Symbol.dispose](): void {
    this.#appointment?.[Symbol.dispose]()
    this.#open.clear()
  }

  #now(): number {
    return this.#clock.now().getTime()
  }

  #arm(due: number): void {
    if (this.#appointment && this.#appointment.due <= due) return
    this.#appointment?.[Symbol.dispose]()
    const appointment = this.#clock.at(new Date(due), () => this.#sweep())
    this.#appointment = Object.assign(appointment, { due })
  }

  #sweep(): void {
    this.#appointment = undefined
    const now = this.#now()
    for (const transaction of this.#open) {
      const seen = bytesOf(transaction.socket)
      if (seen !== transaction.seen) Object.assign(transaction, { seen, activeAt: now })
      if (dueOf(transaction) > now) continue
      this.#open.delete(transaction)
      transaction.end()
    }
    const next = [...this.#open].reduce((least, each) => Math.min(least, dueOf(each)), Number.POSITIVE_INFINITY)
    if (Number.isFinite(next)) this.#arm(next)
  }
}

function dueOf({ activeAt, timeoutMs }: Transaction): number {
  return activeAt + timeoutMs
}

function bytesOf({ bytesRead = 0, bytesWritten = 0 }: Bytes): number {
  return bytesRead + bytesWritten
}
