import type { FlowId } from '#shared/flows.ts'
import type { Lab } from '../actors/lab.ts'

/** The numbers of the steps that the journal saw in flows of this user, ascending. */
export async function stepsOf(lab: Lab, upn: string, flow: FlowId): Promise<number[]> {
  const events = await lab.journal({ limit: '2000' })
  const flows = new Set(events.filter((event) => event.user === upn).map((event) => event.flowId))
  const steps = events.filter((event) => flows.has(event.flowId)).flatMap((event) => event.steps)
  const numbers = steps.filter((step) => step.startsWith(`${flow}-`)).map((step) => Number(step.slice(flow.length + 1)))
  return [...new Set(numbers)].sort((a, b) => a - b)
}

export type WalkedEvent = Awaited<ReturnType<Lab['journal']>>[number]

/** What the journal has of one walk: the hops at a step, each as `deployment METHOD host/path status`. */
export interface Walk {
  readonly events: readonly WalkedEvent[]
  at(step: string): readonly WalkedEvent[]
  lines(step: string): readonly string[]
}

export async function walkOf(lab: Lab): Promise<Walk> {
  const events = await lab.journal({ limit: '5000' })
  const at = (step: string) => events.filter(({ steps }) => steps.includes(step))
  return { events, at, lines: (step) => at(step).map(lineOf) }
}

function lineOf({ deployment, method, host, path, status }: WalkedEvent): string {
  return `${deployment}: ${method} ${host}${path} ${status}`
}
