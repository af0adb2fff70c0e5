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

/** What a token said, without the parts that would let somebody use it. */
export interface TokenFacts {
  readonly way: 'issued' | 'presented'
  /** The parameter or header that carried it: `id_token`, `wresult`, `authorization` … */
  readonly carrier: string
  /** The same for the same bytes, signature included. */
  readonly fingerprint: string
  /** `JWT`, `SAML assertion`, `encrypted SAML assertion`, `refresh token`, `Basic credentials`, `unreadable` … */
  readonly kind: string
  readonly claims: Readonly<Record<string, unknown>>
  /**
   * What it says of its signature: `algorithm`, `key` or `certificate`, `problem`; `state` where there is none to
   * read: `none`, `opaque`, `encrypted`.
   */
  readonly signature: Readonly<Record<string, unknown>>
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
  readonly tokens?: readonly TokenFacts[] | undefined
}

type ReadTokens = () => Promise<readonly TokenFacts[]>

/** The latest events of one deployment, oldest first. */
export class Journal {
  readonly #events: JournalEvent[] = []
  readonly #tokens = new WeakMap<JournalEvent, ReadTokens>()
  readonly #capacity: number
  readonly #clock: Clock
  #sequence = 0

  constructor(clock: Clock, capacity = 5000) {
    this.#clock = clock
    this.#capacity = capacity
  }

  /** `readTokens` is called when somebody reads the event, not before. */
  add(event: Omit<JournalEvent, 'time' | 'sequence'>, readTokens?: ReadTokens): void {
    this.#sequence += 1
    const added = { ...event, time: this.#clock.now().toISOString(), sequence: this.#sequence }
    this.#events.push(added)
    if (readTokens) this.#tokens.set(added, readTokens)
    if (this.#events.length > this.#capacity * 1.25) this.#events.splice(0, this.#events.length - this.#capacity)
  }

  /** Events after `sequence`; 0 gives all that are kept. */
  since(sequence: number): readonly JournalEvent[] {
    return this.#events.filter((event) => event.sequence > sequence)
  }

  /** The same, with what the tokens said. */
  read(sequence: number): Promise<readonly JournalEvent[]> {
    return Promise.all(
      this.since(sequence).map(async (event) => {
        const tokens = await this.#tokens.get(event)?.()
        return tokens ? { ...event, tokens } : event
      }),
    )
  }

  clear(): void {
    this.#events.length = 0
  }
}

/** Ten hexadecimal digits that stand for a secret without telling it. */
export function fingerprint(value: string): string {
  return hash('sha256', value).slice(0, 10)
}
