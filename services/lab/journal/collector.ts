import type { JournalEvent } from '#shared/journal.ts'
import type { Manage } from '../peers/ask.ts'
import type { Outcome } from '../peers/everywhere.ts'
import { mergeJournals } from './merge.ts'
import { type StitchedEvent, stitch } from './stitch.ts'

export interface MergedJournal {
  /** Oldest first. */
  readonly events: readonly StitchedEvent[]
  /** The deployments that gave no answer; what was known of them is in `events`. */
  readonly missing: readonly Outcome[]
}

export interface JournalCollectorParts {
  readonly manage: Manage
  readonly self: string
  readonly deployments: readonly string[]
}

/** As many as a deployment keeps itself. */
const capacity = 5000

/** Merges the journals of all deployments; each is asked only for what is new. */
export class JournalCollector {
  readonly #copies: readonly JournalCopy[]
  readonly #self: string
  #merged: { readonly revision: string; readonly events: readonly StitchedEvent[] } | undefined

  constructor({ manage, self, deployments }: JournalCollectorParts) {
    this.#self = self
    this.#copies = deployments.map((name) => new JournalCopy(manage, name))
  }

  /** Holds everything of requests that were answered before the call. */
  async collect(): Promise<MergedJournal> {
    const errors = await Promise.all(this.#copies.map((copy) => copy.refresh()))
    const missing = this.#copies.flatMap(({ deployment }, index) => {
      const error = errors[index]
      return error === undefined ? [] : [{ deployment, error }]
    })
    const revision = this.#copies.map((copy) => copy.revision).join()
    if (this.#merged?.revision !== revision) this.#merged = { revision, events: this.#merge() }
    return { events: this.#merged.events, missing }
  }

  forget(): void {
    for (const copy of this.#copies) copy.forget()
  }

  #merge(): readonly StitchedEvent[] {
    const journals = this.#copies.map(({ deployment, events }) =>
      deployment === this.#self ? events.filter((event) => !isOfTheBench(event)) : events,
    )
    return stitch(mergeJournals(journals))
  }
}

/** Looking at the lab is nothing that happened in the world, and after a reset nothing has happened yet. */
function isOfTheBench({ method, path, status }: JournalEvent): boolean {
  return method === 'GET' || method === 'HEAD' || (path.endsWith('/reset') && status < 400)
}

/** The lab's copy of one deployment's journal. */
class JournalCopy {
  readonly deployment: string
  readonly #manage: Manage
  events: readonly JournalEvent[] = []
  revision = 0
  #running: Promise<string | undefined> | undefined
  #queued: Promise<string | undefined> | undefined

  constructor(manage: Manage, deployment: string) {
    this.#manage = manage
    this.deployment = deployment
  }

  /** What went wrong, if anything did. */
  refresh(): Promise<string | undefined> {
    if (!this.#running) return this.#start()
    // The fetch under way may have begun before the caller's event was recorded.
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined
      return this.#start()
    })
    return this.#queued
  }

  forget(): void {
    this.#replace([])
  }

  #start(): Promise<string | undefined> {
    this.#running = this.#fetch().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Asks for the last known event again: without it, the journal was cleared or its numbers began anew. */
  async #fetch(): Promise<string | undefined> {
    const last = this.events.at(-1)
    const answer = await this.#since(last ? last.sequence - 1 : 0)
    if (typeof answer === 'string') return answer
    if (last === undefined) {
      if (answer.length > 0) this.#replace(answer)
      return undefined
    }
    if (answer[0]?.id === last.id) {
      if (answer.length > 1) this.#replace([...this.events, ...answer.slice(1)])
      return undefined
    }
    const all = await this.#since(0)
    if (typeof all === 'string') return all
    this.#replace(all)
    return undefined
  }

  async #since(sequence: number): Promise<readonly JournalEvent[] | string> {
    const { status, json } = await this.#manage(this.deployment, `/journal?since=${sequence}`)
    if (status === 200) return (json as { events: readonly JournalEvent[] }).events
    return (json as { error?: string } | null)?.error ?? `answered ${status}`
  }

  #replace(events: readonly JournalEvent[]): void {
    this.events = events.length > capacity ? events.slice(-capacity) : events
    this.revision += 1
  }
}
