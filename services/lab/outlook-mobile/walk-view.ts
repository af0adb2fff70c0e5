import { flows } from '#shared/flows.ts'
import { selectEvents } from '../journal/select-events.ts'
import type { MailRow } from './app.ts'
import type { AppHop } from './hop.ts'
import { type SimulatorParts, signInUrl } from './simulator.ts'
import { flowOfWalk, type Walk, type WalkState } from './walk.ts'

/** A walk as somebody may see it: no token, no verifier. */
export interface WalkView {
  readonly id: string
  readonly address: string
  readonly state: WalkState
  readonly flow: string
  readonly title: string
  /** Where the browser of the phone begins, while it is its turn. */
  readonly signInUrl: string | undefined
  readonly steps: readonly StepView[]
  /** What the phone's browser did, which has no step to itself. */
  readonly hops: readonly AppHop[]
  readonly messages: readonly MailRow[] | undefined
  readonly problem: string | undefined
}

export interface StepView {
  readonly id: string
  readonly text: string
  /** Of the app itself. */
  readonly hops: readonly AppHop[]
  /** Of the world, from the journal. */
  readonly events: readonly StepEvent[]
}

export interface StepEvent {
  readonly id: string
  readonly flowId: string
  readonly line: string
  readonly said: readonly string[]
}

export async function viewOfWalk({ journal }: Pick<SimulatorParts, 'journal'>, walk: Walk): Promise<WalkView> {
  const flow = flowOfWalk(walk)
  const { events } = await journal.collect()
  const own = selectEvents(events, { user: walk.address, after: walk.after })
  const steps = flows[flow].steps.map((text, index): StepView => {
    const id = `${flow}-${index + 1}`
    return {
      id,
      text,
      hops: walk.hops.filter((hop) => hop.steps.includes(id)),
      events: own
        .filter((event) => event.steps.includes(id))
        .map(({ id: eventId, flowId, deployment, method, host, path, status, decisions, reasons }) => ({
          id: eventId,
          flowId,
          line: `${deployment}: ${method} ${host}${path} ${status}`,
          said: [...decisions, ...reasons],
        })),
    }
  })
  return {
    id: walk.id,
    address: walk.address,
    state: walk.state,
    flow,
    title: flows[flow].title,
    signInUrl: walk.state === 'signIn' && walk.detected ? signInUrl(walk) : undefined,
    steps,
    hops: walk.hops.filter((hop) => hop.steps.length === 0),
    messages: walk.messages,
    problem: walk.problem,
  }
}
