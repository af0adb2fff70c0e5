/** Where the clock stands relative to the machine's: running with an offset, or frozen at an instant. */
export interface ClockState {
  /** Milliseconds added to the machine's time while the clock runs. */
  readonly offset: number
  /** Epoch milliseconds at which the clock stands still; null while it runs. */
  readonly frozenAt: number | null
}

export interface Clock {
  now(): Date
  /** Epoch seconds, rounded down: the unit of JWT claims. */
  seconds(): number
  /** Calls `task` once the clock reaches `when`, soon if it has; the returned value cancels it. */
  at(when: Date, task: () => void | Promise<void>): Disposable
}

interface Appointment {
  readonly due: number
  readonly task: () => void | Promise<void>
}

const longestTimer = 2 ** 31 - 1

/** The one place that reads the machine's time. Every stack has its own; the lab moves it. */
export class StackClock implements Clock, Disposable {
  #state: ClockState
  readonly #initial: ClockState
  readonly #appointments = new Set<Appointment>()
  #timer: NodeJS.Timeout | undefined

  constructor(start?: Date) {
    this.#initial = { offset: start ? start.getTime() - Date.now() : 0, frozenAt: null }
    this.#state = this.#initial
  }

  get state(): ClockState {
    return this.#state
  }

  now(): Date {
    return new Date(this.#state.frozenAt ?? Date.now() + this.#state.offset)
  }

  seconds(): number {
    return Math.floor(this.now().getTime() / 1000)
  }

  at(when: Date, task: () => void | Promise<void>): Disposable {
    const appointment = { due: when.getTime(), task }
    this.#appointments.add(appointment)
    this.#arm()
    return { [Symbol.dispose]: () => void this.#appointments.delete(appointment) }
  }

  /** Moves the clock and resolves when everything that fell due has run. */
  async set(state: ClockState): Promise<void> {
    this.#state = state
    await this.#runDue()
  }

  async advance(milliseconds: number): Promise<void> {
    await this.set(advanced(this.#state, milliseconds))
  }

  async freeze(): Promise<void> {
    await this.set({ offset: this.#state.offset, frozenAt: this.now().getTime() })
  }

  async restart(): Promise<void> {
    await this.set(this.#initial)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#appointments.clear()
  }

  async #runDue(): Promise<void> {
    const now = this.now().getTime()
    const due = [...this.#appointments].filter((each) => each.due <= now).sort((a, b) => a.due - b.due)
    for (const each of due) this.#appointments.delete(each)
    await Promise.allSettled(due.map(async (each) => each.task()))
    this.#arm()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    if (this.#appointments.size === 0) return
    const next = Math.min(...[...this.#appointments].map((each) => each.due))
    const wait = Math.min(Math.max(next - this.now().getTime(), 0), longestTimer)
    // While the clock stands still nothing falls due, except what was so when it was asked for.
    if (this.#state.frozenAt !== null && wait > 0) return
    this.#timer = setTimeout(() => void this.#runDue(), wait)
    this.#timer.unref()
  }
}

/** The state that lies `milliseconds` after `state`. */
export function advanced(state: ClockState, milliseconds: number): ClockState {
  if (state.frozenAt !== null) return { ...state, frozenAt: state.frozenAt + milliseconds }
  return { ...state, offset: state.offset + milliseconds }
}

/** A clock state that reads `instant` now: standing still if `frozen`, else running on from there. */
export function clockStateAt(instant: Date, frozen: boolean): ClockState {
  const offset = instant.getTime() - Date.now()
  return { offset, frozenAt: frozen ? instant.getTime() : null }
}

/** The machine's own time, for what browsers and TLS judge by it (certificates). */
export function machineTime(): Date {
  return new Date()
}
