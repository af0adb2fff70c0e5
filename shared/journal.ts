import { hash } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { SignInMoment, StepId } from './flows.ts'

/** What a handler says about the request it answers. */
export interface JournalNote {
  readonly step?: StepId | SignInMoment
  /** What was decided, in the words of the decision: `mfaRequired`, `redirectToAdfs`. */
  readonly decision?: string
  /** Why, for the person whose test just failed. */
  readonly reason?: string
  /** The user principal name, once known. */
  readonly user?: string
  /** Facts without secrets; use `fingerprint()` for tokens and cookies. */
  readonly detail?: Readonly<Record<string, unknown>>
}

export interface JournalEvent {
  readonly id: string
  /** ISO instant of the stack's clock. */
  readonly time: string
  /** Orders events of one deployment that share a time. */
  readonly sequence: number
  readonly deployment: string
  readonly zone: string
  readonly actor: string
  readonly clientAddress: string
  readonly method: string
  readonly host: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly status: number
  readonly durationMs: number
  readonly steps: readonly string[]
  readonly decisions: readonly string[]
  readonly reasons: readonly string[]
  readonly user?: string | undefined
  readonly correlationId: string
  /** The event of the calling service, when a service of the stack called. */
  readonly parent?: string | undefined
  /** Fingerprints that identify the hop that comes next, and those this hop arrived with. */
  readonly linksOut: readonly string[]
  readonly linksIn: readonly string[]
  readonly location?: string | undefined
  readonly detail: Readonly<Record<string, unknown>>
}

/** The latest events of one deployment, oldest first. */
export class Journal {
  readonly #events: JournalEvent[] = []
  readonly #capacity: number
  readonly #clock: Clock
  #sequence = 0

  constructor(clock: Clock, capacity = 5000) {
    this.#clock = clock
    this.#capacity = capacity
  }

  add(event: Omit<JournalEvent, 'time' | 'sequence'>): void {
    this.#sequence += 1
    this.#events.push({ ...event, time: this.#clock.now().toISOString(), sequence: this.#sequence })
    if (this.#events.length > this.#capacity * 1.25) this.#events.splice(0, this.#events.length - this.#capacity)
  }

  /** Events after `sequence`; 0 gives all that are kept. */
  since(sequence: number): readonly JournalEvent[] {
    return this.#events.filter((event) => event.sequence > sequence)
  }

  clear(): void {
    this.#events.length = 0
  }
}

/** Ten hexadecimal digits that stand for a secret without telling it. */
export function fingerprint(value: string): string {
  return hash('sha256', value).slice(0, 10)
}
