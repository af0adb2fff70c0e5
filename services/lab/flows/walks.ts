import { type FlowId, flows, type VariantId, variants } from '#shared/flows.ts'
import type { StitchedEvent } from '../journal/stitch.ts'
import { type Verdict, verdictOfFlow } from '../journal/verdict.ts'

/** Somebody's way through a documented flow; it may take several conversations (discovery, sign-in, mail). */
export interface Walk {
  /** Undefined while nobody is known. */
  readonly user: string | undefined
  readonly startedAt: string
  readonly endedAt: string
  /** By step number: the events that it was seen in, oldest first. */
  readonly reached: ReadonlyMap<number, readonly StitchedEvent[]>
  /** Of the conversations that it took. */
  readonly verdict: Verdict
  readonly complete: boolean
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
  const pairs = tagged.flatMap((event) =>
    event.steps.flatMap((step) => {
      const number = numberOf(id, step)
      return number === undefined ? [] : [{ number, event }]
    }),
  )
  const reached = new Map(
    [...Map.groupBy(pairs, ({ number }) => number)].map(([number, own]) => [number, own.map(({ event }) => event)]),
  )
  const conversations = new Set(tagged.map(({ flowId }) => flowId))
  return {
    user,
    startedAt: tagged[0]?.time ?? '',
    endedAt: tagged.at(-1)?.time ?? '',
    reached,
    verdict: verdictOfFlow(events.filter(({ flowId }) => conversations.has(flowId))),
    complete: reached.size === flows[id].steps.length,
  }
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
