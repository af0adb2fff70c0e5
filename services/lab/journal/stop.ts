import type { JournalEvent } from '#shared/journal.ts'
import { answerBehind, tellingVisits, type Verdict, verdictIn } from './verdict.ts'

/** Where somebody was kept from going on. */
export interface Stop<E extends JournalEvent> {
  /** What the client asked last. */
  readonly event: E
  /** Steps of the documented flows that it was about. */
  readonly steps: readonly string[]
  /** For the person whose test just failed. */
  readonly because: string
}

const stops: readonly Verdict[] = ['refused', 'error']

/** Undefined where the last word is no refusal: it went well, or somebody is waited for. */
export function stopOf<E extends JournalEvent>(events: readonly E[]): Stop<E> | undefined {
  const visits = tellingVisits(events)
  const refused = visits.slice(visits.findLastIndex((event) => !isStopped(events, event)) + 1)
  const answers = refused.map((event) => ({ event, answer: answerBehind(events, event) ?? event }))
  // An error page of its own only repeats what was decided before.
  const stop = answers.findLast(({ answer }) => answer.reasons.length > 0) ?? answers.at(-1)
  if (!stop) return undefined
  const { event, answer } = stop
  const because = answer.reasons.at(-1) ?? answer.decisions.at(-1) ?? `the answer was ${answer.status}`
  return { event, steps: [...event.steps, ...answer.steps], because }
}

/** Whether a hop was refused or failed, and so has not done what it came for. */
export function isStopped(events: readonly JournalEvent[], event: JournalEvent): boolean {
  return stops.includes(verdictIn(events, event))
}
