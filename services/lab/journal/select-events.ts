import type { StitchedEvent } from './stitch.ts'
import { type Verdict, verdictOf } from './verdict.ts'

export interface EventFilter {
  readonly user?: string | undefined
  readonly flow?: string | undefined
  readonly deployment?: string | undefined
  readonly text?: string | undefined
  readonly verdict?: Verdict | undefined
  /** A documented flow: events of conversations that walked a step of it. */
  readonly walks?: string | undefined
  /** Events at this instant or later. */
  readonly since?: Date | undefined
  /** By deployment, the last event that the caller has. */
  readonly after?: ReadonlyMap<string, number> | undefined
  readonly limit?: number | undefined
}

/** The newest `limit` events that match, oldest first. */
export function selectEvents(events: readonly StitchedEvent[], filter: EventFilter): readonly StitchedEvent[] {
  const tests = [
    filter.user && concernsUser(events, filter.user.toLowerCase()),
    filter.flow && (({ flowId }: StitchedEvent) => flowId === filter.flow),
    filter.deployment && (({ deployment }: StitchedEvent) => deployment === filter.deployment),
    filter.verdict && ((event: StitchedEvent) => verdictOf(event) === filter.verdict),
    filter.walks && walksStepsOf(events, filter.walks),
    filter.text && mentions(filter.text.toLowerCase()),
    filter.since && happenedSince(filter.since.getTime()),
    filter.after && isNew(events, filter.after),
  ].filter((each) => typeof each === 'function')
  const selected = events.filter((event) => tests.every((matches) => matches(event)))
  return filter.limit === undefined ? selected : selected.slice(Math.max(0, selected.length - filter.limit))
}

/** The person's own events, and those of the person's flows in which nobody was known yet. */
function concernsUser(events: readonly StitchedEvent[], user: string) {
  const flows = new Set(events.filter((event) => event.user?.toLowerCase() === user).map((event) => event.flowId))
  return (event: StitchedEvent) =>
    event.user === undefined ? flows.has(event.flowId) : event.user.toLowerCase() === user
}

/** Whole conversations of which some event is tagged with a step of that flow. */
function walksStepsOf(events: readonly StitchedEvent[], flow: string) {
  const begin = `${flow.toUpperCase()}-`
  const walked = events.filter(({ steps }) => steps.some((each) => each.startsWith(begin)))
  const conversations = new Set(walked.map(({ flowId }) => flowId))
  return ({ flowId }: StitchedEvent) => conversations.has(flowId)
}

function mentions(text: string) {
  return ({ id, method, host, path, status, user, steps, decisions, reasons, correlationId }: StitchedEvent) =>
    [
      `${method} ${host}${path}`,
      String(status),
      user ?? '',
      id,
      correlationId,
      ...steps,
      ...decisions,
      ...reasons,
    ].some((part) => part.toLowerCase().includes(text))
}

function happenedSince(instant: number) {
  return ({ time }: StitchedEvent) => Date.parse(time) >= instant
}

function isNew(events: readonly StitchedEvent[], after: ReadonlyMap<string, number>) {
  const latest = latestSequences(events)
  return ({ deployment, sequence }: StitchedEvent) => {
    const known = after.get(deployment) ?? 0
    // A deployment whose numbers are behind the caller's was started again.
    return sequence > known || (latest.get(deployment) ?? 0) < known
  }
}

export function latestSequences(events: readonly StitchedEvent[]): ReadonlyMap<string, number> {
  const latest = new Map<string, number>()
  for (const { deployment, sequence } of events) latest.set(deployment, Math.max(sequence, latest.get(deployment) ?? 0))
  return latest
}
