import { setTimeout as delay } from 'node:timers/promises'
import { type CycleResult, runCycle, type SynchronizationParts } from './cycle.ts'
import { passwordHashes } from './password-hash.ts'

/** Runs cycles one after another: at start, every interval of the stack's clock, and on request. */
export class EntraConnect implements Disposable {
  readonly #parts: SynchronizationParts
  #last: Promise<unknown> = Promise.resolve()
  #appointment: Disposable | undefined
  readonly #stopping = new AbortController()

  constructor(parts: Omit<SynchronizationParts, 'passwordHash'>) {
    this.#parts = { ...parts, passwordHash: passwordHashes() }
  }

  /** Waits for Entra ID to come up, which in containers can take a while. */
  async start(): Promise<void> {
    const deadline = performance.now() + 120_000
    for (let wait = 100; ; wait = Math.min(wait * 2, 2000)) {
      const cycle = await this.synchronize('initial')
      if (cycle.result === 'success') return
      if (performance.now() > deadline || this.#stopping.signal.aborted)
        throw new Error(`Entra Connect: ${cycle.result}`)
      await delay(wait, undefined, { signal: this.#stopping.signal })
    }
  }

  /** Goes on from a state in which an initial cycle has been. */
  resume(): void {
    this.#schedule()
  }

  /** A cycle after those that are under way. */
  synchronize(kind: 'initial' | 'delta'): Promise<CycleResult> {
    const cycle = this.#last.then(() => runCycle(this.#parts, kind))
    this.#last = cycle.catch(() => undefined)
    this.#schedule()
    return cycle
  }

  [Symbol.dispose](): void {
    this.#stopping.abort()
    this.#appointment?.[Symbol.dispose]()
  }

  #schedule(): void {
    this.#appointment?.[Symbol.dispose]()
    if (this.#stopping.signal.aborted) return
    const { clock, scenario } = this.#parts.context
    const next = new Date(clock.now().getTime() + scenario.entraConnect.intervalMinutes * 60_000)
    this.#appointment = clock.at(next, async () => void (await this.synchronize('delta')))
  }
}
