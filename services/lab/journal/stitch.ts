import type { JournalEvent } from '#shared/journal.ts'
import { isSpecific } from './links.ts'

/*
 * Joins the hops of one browser flow across deployments. No cookie of ours travels with the browser: what a redirect
 * or a form post carries to the next hop is what the next hop arrives with. Calls between services name their caller.
 */

export interface StitchedEvent extends JournalEvent {
  /** The id of the event that began the flow. */
  readonly flowId: string
}

/** How long the next hop may take: a person types a password and waits for a code. */
const patienceMs = 10 * 60_000

interface Trace {
  readonly flowId: string
  readonly time: number
  readonly position: number
}

/** `events` oldest first; the answer has the same order. */
export function stitch(events: readonly JournalEvent[]): readonly StitchedEvent[] {
  const calls = callsByCaller(events)
  const flows = new Map<string, string>()
  const traces = new Traces()
  for (const event of events) {
    if (calls.isCall(event)) continue
    const hop = [event, ...calls.below(event)]
    const flowId = traces.flowOf(event, hop) ?? event.parent ?? event.id
    for (const each of hop) flows.set(each.id, flowId)
    traces.leave(flowId, event, hop)
  }
  return events.map((event) => ({ ...event, flowId: flows.get(event.id) ?? event.id }))
}

/** Which events are calls made on behalf of which others. */
function callsByCaller(events: readonly JournalEvent[]) {
  const ids = new Set(events.map((event) => event.id))
  const isCall = ({ id, parent }: JournalEvent): boolean => parent !== undefined && parent !== id && ids.has(parent)
  const direct = Map.groupBy(events.filter(isCall), (event) => event.parent)
  const below = (event: JournalEvent): readonly JournalEvent[] =>
    (direct.get(event.id) ?? []).flatMap((call) => [call, ...below(call)])
  return { isCall, below }
}

/** What earlier hops left behind, by link; the latest wins. */
class Traces {
  readonly #byLink = new Map<string, Trace>()
  readonly #answered = new Set<string>()
  readonly #people = new Map<string, string>()
  #position = 0

  flowOf(event: JournalEvent, hop: readonly JournalEvent[]): string | undefined {
    const links = [...new Set(hop.flatMap((each) => each.linksIn))]
    const specific = this.#latest(
      links.filter((link) => isSpecific(link) && !this.#isAskedAgain(link, links, event)),
      event,
    )
    const urls = links.filter((link) => !isSpecific(link)).map((link) => atAddress(link, event))
    const followed = specific ?? this.#latest(urls, event)
    // A redirect is followed once: somebody else's visit to the same page begins a flow of its own.
    for (const link of urls) this.#byLink.delete(link)
    return followed?.flowId
  }

  /** Programs that send the same state each time: it belongs to another sign-in once its code is out, or for another. */
  #isAskedAgain(link: string, links: readonly string[], { user }: JournalEvent): boolean {
    if (!isState(link) || links.some(isCode)) return false
    const before = this.#people.get(this.#byLink.get(link)?.flowId ?? '')
    const isAnother = user !== undefined && before !== undefined && before !== user.toLowerCase()
    return this.#answered.has(link) || isAnother
  }

  leave(flowId: string, event: JournalEvent, hop: readonly JournalEvent[]): void {
    this.#position += 1
    this.#remember(flowId, hop)
    const trace = { flowId, time: Date.parse(event.time), position: this.#position }
    for (const each of hop) {
      for (const link of each.linksIn.filter(isSpecific)) this.#byLink.set(link, trace)
      for (const link of each.linksOut) this.#byLink.set(isSpecific(link) ? link : atAddress(link, event), trace)
    }
  }

  #remember(flowId: string, hop: readonly JournalEvent[]): void {
    for (const { linksIn, linksOut, user } of hop) {
      const links = [...linksIn, ...linksOut]
      const hasCode = links.some(isCode)
      for (const link of links.filter(isState)) {
        if (hasCode) this.#answered.add(link)
        else this.#answered.delete(link)
      }
      if (user !== undefined) this.#people.set(flowId, user.toLowerCase())
    }
  }

  #latest(links: readonly string[], event: JournalEvent): Trace | undefined {
    const time = Date.parse(event.time)
    return links
      .flatMap((link) => this.#byLink.get(link) ?? [])
      .filter((trace) => Math.abs(time - trace.time) <= patienceMs)
      .sort((a, b) => b.position - a.position)[0]
  }
}

const isState = (link: string) => link.startsWith('state:')
const isCode = (link: string) => link.startsWith('code:')

function atAddress(link: string, { clientAddress }: JournalEvent): string {
  return `${link} ${clientAddress}`
}
