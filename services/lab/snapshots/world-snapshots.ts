import type { ClockState } from '#shared/clock.ts'
import { readStackTime, type StackTimeParts, setEverywhere } from '../clock/stack-time.ts'
import { LabError } from '../errors.ts'
import { everywhere } from '../peers/everywhere.ts'

export interface WorldSnapshot {
  readonly name: string
  /** By the clock of the stack. */
  readonly takenAt: Date
  readonly clock: ClockState
}

export interface SnapshotParts extends StackTimeParts {
  /** After one was restored. */
  readonly restored: () => Promise<void>
}

const atMost = 100
const timeoutMs = 60_000

/** Named copies of the state of every deployment, and of how the clock stood; kept in memory, by each its own part. */
export class WorldSnapshots {
  readonly #parts: SnapshotParts
  readonly #taken = new Map<string, WorldSnapshot>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: SnapshotParts) {
    this.#parts = parts
  }

  list(): readonly WorldSnapshot[] {
    return [...this.#taken.values()]
  }

  /** One of the same name is replaced. */
  take(name: string): Promise<WorldSnapshot> {
    return this.#inTurn(async () => {
      if (this.#taken.size >= atMost && !this.#taken.has(name)) {
        throw new LabError('conflict', { message: `There are ${atMost} snapshots: drop one first.` })
      }
      const { now, state } = await readStackTime(this.#parts)
      await this.#everywhere(name, 'PUT')
      const snapshot = { name, takenAt: now, clock: state }
      this.#taken.set(name, snapshot)
      return snapshot
    })
  }

  /** The clock first: what is scheduled anew depends on it. Journals and faults are cleared. */
  restore(name: string): Promise<WorldSnapshot> {
    return this.#inTurn(async () => {
      const snapshot = this.#known(name)
      const { state } = await readStackTime(this.#parts)
      const stands = state.offset === snapshot.clock.offset && state.frozenAt === snapshot.clock.frozenAt
      if (!stands) await setEverywhere(this.#parts, snapshot.clock)
      await this.#everywhere(name, 'POST')
      await this.#parts.restored()
      return snapshot
    })
  }

  drop(name: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#known(name)
      this.#taken.delete(name)
      await this.#everywhere(name, 'DELETE')
    })
  }

  #known(name: string): WorldSnapshot {
    const snapshot = this.#taken.get(name)
    if (!snapshot) throw new LabError('notFound', { message: `There is no snapshot ${name}.` })
    return snapshot
  }

  async #everywhere(name: string, method: 'PUT' | 'POST' | 'DELETE'): Promise<void> {
    const { manage, deployments } = this.#parts
    const path = `/snapshots/${encodeURIComponent(name)}`
    const outcomes = await everywhere(manage, deployments, path, { method, timeoutMs })
    const failed = outcomes.filter(({ error }) => error !== undefined)
    if (failed.length > 0) throw new LabError('snapshotIncomplete', { detail: failed })
  }

  /** Two at once would mix their states. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}
