import type { JournalEvent } from '#shared/journal.ts'
import { isSpecific } from './links.ts'

type Journals = readonly (readonly JournalEvent[])[]

/**
 * One list of the events of several deployments, oldest first. Each journal's own order is kept, also where the clock
 * was set back; where the clock stands still, links and calls tell what came first.
 */
export function mergeJournals(journals: Journals): readonly JournalEvent[] {
  const merged: JournalEvent[] = []
  const next = journals.map(() => 0)
  const headOf = (index: number) => journals[index]?.[next[index] ?? 0]
  const advance = (index: number) => {
    const event = headOf(index)
    next[index] = (next[index] ?? 0) + 1
    if (event) merged.push(event)
  }
  for (;;) {
    const heads = journals.map((_, index) => headOf(index)?.time)
    const time = heads.reduce(
      (least, each) => (least === undefined || (each && each < least) ? each : least),
      undefined,
    )
    if (time === undefined) return merged
    const tied = heads.flatMap((each, index) => (each === time ? [index] : []))
    if (tied.length === 1 && tied[0] !== undefined) advance(tied[0])
    else merged.push(...orderInstant(tied.map((index) => runAt(journals[index] ?? [], next, index, time))))
  }
}

/** The events from the head on that share its time; the head moves behind them. */
function runAt(journal: readonly JournalEvent[], next: number[], index: number, time: string): readonly JournalEvent[] {
  const from = next[index] ?? 0
  let to = from
  while (journal[to]?.time === time) to += 1
  next[index] = to
  return journal.slice(from, to)
}

/** Events of one instant: a call before its caller, whose answer is recorded later; a hop before the next hop. */
function orderInstant(runs: Journals): readonly JournalEvent[] {
  const ordered: JournalEvent[] = []
  const queues = runs.map((run) => [...run].reverse())
  const waiting = new WaitingFor(runs.flat())
  for (;;) {
    const heads = queues.filter((queue) => queue.length > 0)
    const ready = heads.filter((queue) => waiting.isReady(queue.at(-1) as JournalEvent))
    const candidates = ready.length > 0 ? ready : heads
    const last = ordered.at(-1)
    const chosen = candidates.find((queue) => last && follows(last, queue.at(-1) as JournalEvent)) ?? candidates[0]
    const event = chosen?.pop()
    if (!event) return ordered
    ordered.push(event)
    waiting.emitted(event)
  }
}

/** What the events of one instant have to wait for. */
class WaitingFor {
  /** How many calls of an event are yet to come. */
  readonly #calls = new Map<string, number>()
  readonly #producible: ReadonlySet<string>
  readonly #produced = new Set<string>()

  constructor(events: readonly JournalEvent[]) {
    for (const { parent } of events) if (parent) this.#calls.set(parent, (this.#calls.get(parent) ?? 0) + 1)
    this.#producible = new Set(events.flatMap((event) => event.linksOut.filter(isSpecific)))
  }

  isReady(event: JournalEvent): boolean {
    if ((this.#calls.get(event.id) ?? 0) > 0) return false
    return event.linksIn.every(
      (link) => !this.#producible.has(link) || this.#produced.has(link) || event.linksOut.includes(link),
    )
  }

  emitted(event: JournalEvent): void {
    for (const link of event.linksOut) this.#produced.add(link)
    if (event.parent) this.#calls.set(event.parent, (this.#calls.get(event.parent) ?? 1) - 1)
  }
}

function follows(before: JournalEvent, after: JournalEvent): boolean {
  return before.parent === after.id || before.linksOut.some((link) => after.linksIn.includes(link))
}
