import type { FlowId } from '#shared/flows.ts'
import type { AppTokens, Detected, MailRow } from './app.ts'
import type { AppHop } from './hop.ts'

/** One person's way from an address to an inbox, as far as it went. */
export interface Walk {
  readonly id: string
  readonly address: string
  /** Whether the phone is a registered device of the person, and proves it. */
  readonly device: boolean
  readonly state: WalkState
  /** Where Entra ID sends the code: a page of the lab. */
  readonly redirectUri: string
  readonly verifier: string
  readonly detected: Detected | undefined
  readonly tokens: AppTokens | undefined
  readonly messages: readonly MailRow[] | undefined
  readonly hops: readonly AppHop[]
  /** Why it does not go on. */
  readonly problem: string | undefined
  /** What the journal had when it began, by deployment. */
  readonly after: ReadonlyMap<string, number>
}

/** `signIn`: the browser's turn; `connect`: the app has tokens. */
export type WalkState = 'signIn' | 'connect' | 'done' | 'failed'

export function flowOfWalk({ detected }: Walk): Extract<FlowId, 'MOBILE-ONLINE' | 'MOBILE-ONPREM'> {
  return detected?.onprem === undefined ? 'MOBILE-ONLINE' : 'MOBILE-ONPREM'
}

/** The latest walks of one lab; the oldest make room. */
export class Walks {
  readonly #walks = new Map<string, Walk>()
  readonly #capacity: number

  constructor(capacity = 50) {
    this.#capacity = capacity
  }

  find(id: string): Walk | undefined {
    return this.#walks.get(id)
  }

  /** The latest first. */
  list(): readonly Walk[] {
    return [...this.#walks.values()].reverse()
  }

  keep(walk: Walk): Walk {
    this.#walks.set(walk.id, walk)
    for (const id of this.#walks.keys()) {
      if (this.#walks.size <= this.#capacity) break
      this.#walks.delete(id)
    }
    return walk
  }

  clear(): void {
    this.#walks.clear()
  }
}
