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
