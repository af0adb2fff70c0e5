import type { JournalEvent } from '#shared/journal.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Manage } from '../peers/ask.ts'
import type { Outcome } from '../peers/everywhere.ts'
import { mergeJournals } from './merge.ts'
import { nameSteps } from './name-steps.ts'
import { type StitchedEvent, stitch } from './stitch.ts'

export interface MergedJournal {
  /** Oldest first. */
  readonly events: readonly StitchedEvent[]
  /** The deployments that gave no answer; what was known of them is in `events`. */
  readonly missing: readonly Outcome[]
}

export interface JournalCollectorParts {
  readonly manage: Manage
  readonly servers: DeploymentContext['servers']
  readonly self: string
  readonly deployments: readonly string[]
}

/** As many as a deployment keeps itself. */
const capacity = 5000

/** Merges the journals of all servers of all deployments; each is asked only for what is new. */
export class JournalCollector {
  readonly #copies: readonly DeploymentCopies[]
  #merged: { readonly revision: string; readonly events: readonly StitchedEvent[] } | undefined

  constructor({ manage, servers, self, deployments }: JournalCollectorParts) {
    const keepAll = () => true
    this.#copies = deployments.map((deployment) => {
      const keeps = deployment === self ? happenedInTheWorld : keepAll
      return new DeploymentCopies({ manage, servers, deployment, keeps })
    })
  }

  /** Holds everything of requests that were answered before the call. */
  async collect(): Promise<MergedJournal> {
    const errors = await Promise.all(this.#copies.map((copy) => copy.refresh()))
    const missing = this.#copies.flatMap(({ deployment }, index) => {
      const error = errors[index]
      return error === undefined ? [] : [{ deployment, error }]
    })
    const revision = this.#copies.map((copy) => copy.revision).join()
    if (this.#merged?.revision !== revision)
      this.#merged = {
        revision,
        events: nameSteps(stitch(mergeJournals(this.#copies.flatMap(({ events }) => events)))),
      }
    return { events: this.#merged.events, missing }
  }

  forget(): void {
    this.#merged = undefined
    for (const copy of this.#copies) copy.forget()
  }
}

/** Looking at the lab is nothing that happened, and after a reset nothing has happened yet. */
function happenedInTheWorld({ method, path, status }: JournalEvent): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  return !isRead && !(path.endsWith('/reset') && status < 400)
}

interface CopyOptions extends Pick<JournalCollectorParts, 'manage' | 'servers'> {
  readonly deployment: string
  readonly keeps: (event: JournalEvent) => boolean
}

/** What is known of each server of a deployment. One that is gone keeps its part. */
class DeploymentCopies {
  readonly deployment: string
  readonly #options: CopyOptions
  readonly #copies = new Map<string | undefined, JournalCopy>()

  constructor(options: CopyOptions) {
    this.deployment = options.deployment
    this.#options = options
  }

  get events(): readonly (readonly JournalEvent[])[] {
    return [...this.#copies.values()].map(({ events }) => events)
  }

  /** Another one whenever `events` changed. */
  get revision(): string {
    return [...this.#copies.values()].map(({ revision }) => revision).join('+')
  }

  /** What went wrong with a server that ought to be there, if anything did. */
  async refresh(): Promise<string | undefined> {
    const servers = await this.#options.servers(this.deployment)
    const errors = await Promise.all(servers.map((server) => this.#copyOf(server).refresh()))
    return errors.find((error) => error !== undefined)
  }

  forget(): void {
    this.#copies.clear()
  }

  #copyOf(server: string | undefined): JournalCopy {
    const known = this.#copies.get(server)
    if (known) return known
    const copy = new JournalCopy(this.#options, server)
    this.#copies.set(server, copy)
    return copy
  }
}

/** The lab's copy of one server's journal. */
class JournalCopy {
  readonly #deployment: string
  readonly #server: string | undefined
  readonly #manage: Manage
  readonly #keeps: CopyOptions['keeps']
  events: readonly JournalEvent[] = []
  /** Another one whenever `events` changed. */
  revision = 0
  /** The latest event that was read, kept or not. */
  #last: JournalEvent | undefined
  #running: Promise<string | undefined> | undefined
  #queued: Promise<string | undefined> | undefined

  constructor({ manage, deployment, keeps }: CopyOptions, server: string | undefined) {
    this.#manage = manage
    this.#deployment = deployment
    this.#server = server
    this.#keeps = keeps
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

  #start(): Promise<string | undefined> {
    this.#running = this.#fetch().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Asks for the last known event again: without it, the journal was cleared or its numbers began anew. */
  async #fetch(): Promise<string | undefined> {
    const last = this.#last
    const latest = await this.#since(last ? last.sequence - 1 : 0)
    if (typeof latest === 'string') return latest
    if (last && latest[0]?.id === last.id) {
      this.#append(latest.slice(1))
      return undefined
    }
    const all = last ? await this.#since(0) : latest
    if (typeof all === 'string') return all
    this.#last = all.at(-1)
    this.#replace(all.filter(this.#keeps))
    return undefined
  }

  async #since(sequence: number): Promise<readonly JournalEvent[] | string> {
    const { status, json } = await this.#manage(this.#deployment, `/journal?since=${sequence}`, {
      server: this.#server,
    })
    if (status === 200) return (json as { events: readonly JournalEvent[] }).events
    return (json as { error?: string } | null)?.error ?? `answered ${status}`
  }

  #append(events: readonly JournalEvent[]): void {
    this.#last = events.at(-1) ?? this.#last
    const kept = events.filter(this.#keeps)
    if (kept.length > 0) this.#replace([...this.events, ...kept])
  }

  #replace(events: readonly JournalEvent[]): void {
    if (events.length === 0 && this.events.length === 0) return
    this.events = events.length > capacity ? events.slice(-capacity) : events
    this.revision += 1
  }
}
