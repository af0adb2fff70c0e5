import { type FlowId, flowOfStep, flows } from '#shared/flows.ts'
import type { StitchedEvent } from './stitch.ts'
import { isStopped, type Stop, stopOf } from './stop.ts'
import { type Verdict, verdictOfFlow } from './verdict.ts'

/** One conversation across deployments, as far as the journal has it. */
export interface Flow {
  readonly id: string
  readonly title: string
  readonly startedAt: string
  readonly endedAt: string
  readonly users: readonly string[]
  readonly deployments: readonly string[]
  /** Such as `WEB-ONPREM-3`, in the order of the documented flow. */
  readonly steps: readonly string[]
  /** Those of them that a hop has done which was not refused. */
  readonly done: readonly string[]
  /** Where a refusal or a failure ended it. */
  readonly stopped: Stop<StitchedEvent> | undefined
  readonly reasons: readonly string[]
  /** Nobody is behind it but a service, or it only fetches what a page is dressed with. */
  readonly background: boolean
  readonly verdict: Verdict
  readonly events: readonly StitchedEvent[]
}

/** The flows of `events`, the one that something happened in last at the end. */
export function flowsOf(events: readonly StitchedEvent[], deployments: readonly string[]): readonly Flow[] {
  const services = new Set(deployments)
  const last = new Map(events.map((event, position) => [event.flowId, position]))
  const groups = [...Map.groupBy(events, (event) => event.flowId)]
  return groups
    .sort(([a], [b]) => (last.get(a) ?? 0) - (last.get(b) ?? 0))
    .map(([id, group]) => flowOf(id, group, services))
}

function flowOf(id: string, events: readonly StitchedEvent[], services: ReadonlySet<string>): Flow {
  const times = events.map((event) => event.time).sort()
  const steps = distinct(events.flatMap((event) => event.steps)).sort(byNumber)
  return {
    id,
    title: titleOf(events, steps),
    startedAt: times[0] ?? '',
    endedAt: times.at(-1) ?? '',
    users: distinct(events.flatMap((event) => event.user ?? [])),
    deployments: distinct(events.map((event) => event.deployment)),
    steps,
    done: distinct(events.flatMap((event) => doneBy(event, events))),
    stopped: stopOf(events),
    reasons: distinct(events.flatMap((event) => event.reasons)),
    background: isWaiting(events) || events.every((event) => isBackground(event, services)),
    verdict: verdictOfFlow(events),
    events,
  }
}

/** Of a hop that was refused, all but the last step of each flow. */
function doneBy(event: StitchedEvent, events: readonly StitchedEvent[]): readonly string[] {
  const steps = event.steps.toSorted(byNumber)
  if (!isStopped(events, event)) return steps
  return [...Map.groupBy(steps, flowOfStep).values()].flatMap((own) => own.slice(0, -1))
}

/** The documented flow most of whose steps were seen, else the first request. */
function titleOf(events: readonly StitchedEvent[], steps: readonly string[]): string {
  const counts = Map.groupBy(steps, (step) => flowOfStep(step))
  const [best] = [...counts].sort(([, a], [, b]) => b.length - a.length)[0] ?? []
  if (best !== undefined && Object.hasOwn(flows, best)) return flows[best as FlowId].title
  const first = events.find((event) => event.parent === undefined) ?? events[0]
  return first ? `${first.method} ${first.host}${first.path}` : 'Nothing'
}

/** What a page asks for by itself: its dress, and whether there is news. */
const dressing = /\.(?:css|js|mjs|png|svg|ico|gif|jpe?g|woff2?|map)$/i
const waiting = /\/ev\.owa2$/i

/** Only that, and nobody was turned away. */
function isWaiting(events: readonly StitchedEvent[]): boolean {
  const visits = events.filter(({ id, parent }) => parent === undefined || parent === id)
  return visits.length > 0 && visits.every(({ path, status }) => waiting.test(path) && status < 400)
}

function isBackground(event: StitchedEvent, services: ReadonlySet<string>): boolean {
  if (event.user !== undefined || event.steps.length > 0) return false
  return services.has(event.actor) || dressing.test(event.path)
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
