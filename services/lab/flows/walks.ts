import { type FlowId, flows, type VariantId, variants } from '#shared/flows.ts'
import type { StitchedEvent } from '../journal/stitch.ts'
import { isStopped, stopOf } from '../journal/stop.ts'
import { type Verdict, verdictOfFlow } from '../journal/verdict.ts'

/** Somebody's way through a documented flow; it may take several conversations (discovery, sign-in, mail). */
export interface Walk {
  /** Undefined while nobody is known. */
  readonly user: string | undefined
  readonly startedAt: string
  readonly endedAt: string
  /** By step number: the events that did it, oldest first. A hop that was refused has not done what it came for. */
  readonly reached: ReadonlyMap<number, readonly StitchedEvent[]>
  /** Where a refusal or a failure ended it. */
  readonly stopped: StoppedWalk | undefined
  /** Of the conversations that it took. */
  readonly verdict: Verdict
  readonly complete: boolean
}

export interface StoppedWalk {
  /** The step that was not done. */
  readonly number: number
  readonly event: StitchedEvent
  readonly because: string
}

/** Every walk of a documented flow that the journal has, the latest first. */
export function walksOf(id: FlowId, events: readonly StitchedEvent[]): readonly Walk[] {
  const people = usersByConversation(events)
  const tagged = events.filter(({ steps }) => steps.some((step) => numberOf(id, step) !== undefined))
  const byUser = Map.groupBy(tagged, ({ user, flowId }) => (user ?? people.get(flowId))?.toLowerCase())
  return [...byUser]
    .flatMap(([user, own]) => attempts(id, own).map((attempt) => walkOf(id, user, attempt, events)))
    .sort((a, b) => b.endedAt.localeCompare(a.endedAt))
}

/** The one person of a conversation; undefined where there are several or none. */
function usersByConversation(events: readonly StitchedEvent[]): ReadonlyMap<string, string | undefined> {
  const conversations = Map.groupBy(events, ({ flowId }) => flowId)
  return new Map(
    [...conversations].map(([flowId, own]) => {
      const users = [...new Set(own.flatMap(({ user }) => user?.toLowerCase() ?? []))]
      return [flowId, users.length === 1 ? users[0] : undefined]
    }),
  )
}

/**
 * A conversation that has the first step and the second begins another attempt; a session skips the second. The
 * calls that a first step makes are answered, and recorded, before it.
 */
function attempts(id: FlowId, events: readonly StitchedEvent[]): readonly (readonly StitchedEvent[])[] {
  const reaching = (number: number) => {
    const own = events.filter(({ steps }) => steps.some((step) => numberOf(id, step) === number))
    return new Set(own.map(({ flowId }) => flowId))
  }
  const second = reaching(2)
  const beginnings = new Set([...reaching(1)].filter((flowId) => second.has(flowId)))
  const all: StitchedEvent[][] = []
  for (const event of events) {
    const begins = beginnings.delete(event.flowId)
    if (all.length === 0 || begins) all.push([event])
    else all.at(-1)?.push(event)
  }
  return all
}

function walkOf(
  id: FlowId,
  user: string | undefined,
  tagged: readonly StitchedEvent[],
  events: readonly StitchedEvent[],
): Walk {
  const conversations = new Set(tagged.map(({ flowId }) => flowId))
  const all = events.filter(({ flowId }) => conversations.has(flowId))
  const hops = Map.groupBy(all, ({ flowId }) => flowId)
  const pairs = tagged.flatMap((event) =>
    doneBy(id, event, hops.get(event.flowId) ?? []).map((number) => ({ number, event })),
  )
  const reached = new Map(
    [...Map.groupBy(pairs, ({ number }) => number)].map(([number, own]) => [number, own.map(({ event }) => event)]),
  )
  const stopped = stoppedAt(id, [...reached.keys()], all)
  if (stopped) reached.delete(stopped.number)
  return {
    user,
    startedAt: tagged[0]?.time ?? '',
    endedAt: tagged.at(-1)?.time ?? '',
    reached,
    stopped,
    verdict: verdictOfFlow(all),
    complete: reached.size === flows[id].steps.length,
  }
}

/** Of a hop that was refused, all but the step that it stopped at. */
function doneBy(id: FlowId, event: StitchedEvent, around: readonly StitchedEvent[]): readonly number[] {
  const numbers = numbersOf(id, event.steps)
  return isStopped(around, event) ? numbers.slice(0, -1) : numbers
}

function stoppedAt(id: FlowId, reached: readonly number[], all: readonly StitchedEvent[]): StoppedWalk | undefined {
  const stop = stopOf(all)
  if (!stop) return undefined
  const { event, steps, because } = stop
  // A hop that failed before anybody knew what it was for stood in the way of the next step.
  const next = Math.min(Math.max(0, ...reached) + 1, flows[id].steps.length)
  return { number: numbersOf(id, steps).at(-1) ?? next, event, because }
}

/** Ascending. */
function numbersOf(id: FlowId, steps: readonly string[]): readonly number[] {
  return steps.flatMap((step) => numberOf(id, step) ?? []).sort((a, b) => a - b)
}

function numberOf(id: FlowId, step: string): number | undefined {
  const number = step.startsWith(`${id}-`) ? Number(step.slice(id.length + 1)) : Number.NaN
  return Number.isNaN(number) ? undefined : number
}

export interface SeenVariant {
  readonly id: VariantId
  /** The latest first. */
  readonly events: readonly StitchedEvent[]
}

/** What is drawn beside the steps of a flow, with the requests that it was seen in. */
export function variantsOf(id: FlowId, events: readonly StitchedEvent[]): readonly SeenVariant[] {
  const own = (Object.keys(variants) as VariantId[]).filter((each) => variants[each].flow === id)
  return own.map((variant) => ({
    id: variant,
    events: events.filter(({ steps }) => steps.includes(variant)).toReversed(),
  }))
}
