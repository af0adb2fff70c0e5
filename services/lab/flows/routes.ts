import { z } from 'zod'
import { type FlowId, flows, variants } from '#shared/flows.ts'
import { apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'
import type { JournalCollector } from '../journal/collector.ts'
import type { StitchedEvent } from '../journal/stitch.ts'
import { verdicts } from '../journal/verdict.ts'
import { type SeenVariant, variantsOf, type Walk, walksOf } from './walks.ts'

const hopSchema = z.object({ event: z.string(), conversation: z.string() })

const walkSchema = z.object({
  user: z.string().nullable(),
  startedAt: z.string(),
  endedAt: z.string(),
  verdict: z.enum(verdicts),
  complete: z.boolean().describe('Whether every step was seen.'),
  stopped: hopSchema
    .extend({ step: z.string(), because: z.string() })
    .nullable()
    .describe('The step that a refusal or a failure kept from being done.'),
  reached: z.array(
    z.object({
      step: z.string(),
      hops: z.array(hopSchema),
    }),
  ),
})

const documentedFlowSchema = z.object({
  id: z.string(),
  title: z.string(),
  steps: z.array(z.object({ id: z.string(), text: z.string(), observable: z.string() })),
  variants: z
    .array(z.object({ id: z.string(), text: z.string(), observable: z.string(), hops: z.array(hopSchema) }))
    .describe('What is drawn beside the steps, and where it was seen; the latest first.'),
  walks: z.array(walkSchema).describe('The latest first.'),
})

/** @throws LabError for an id that is none, whatever its case. */
export function flowIdOf(id: string): FlowId {
  const wanted = id.toUpperCase()
  if (Object.hasOwn(flows, wanted)) return wanted as FlowId
  throw new LabError('notFound', { message: `There is no documented flow ${id}.`, detail: Object.keys(flows) })
}

export function documentedFlowRoutes(journal: JournalCollector) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/flows/{id}',
      name: 'readDocumentedFlow',
      summary: 'One documented flow: its steps, what must be observable, and who walked it how far',
      parameters: z.strictObject({ id: z.string().describe('Such as WEB-ONLINE.') }),
      query: z.strictObject({ user: z.string().describe('Walks of this person only.').optional() }),
      answer: documentedFlowSchema,
      refusals: ['notFound'],
      handle: async ({ parameters, query: { user } }) => {
        const id = flowIdOf(parameters.id)
        const { events } = await journal.collect()
        const walks = walksOf(id, events).filter((walk) => user === undefined || walk.user === user.toLowerCase())
        return {
          ...describedFlow(id),
          variants: variantsOf(id, events).map(variantView),
          walks: walks.map((walk) => walkView(id, walk)),
        }
      },
    }),
  ]
}

function variantView({ id, events }: SeenVariant) {
  const { text, observable } = variants[id]
  return { id, text, observable, hops: events.map(hopView) }
}

function hopView({ id, flowId }: StitchedEvent) {
  return { event: id, conversation: flowId }
}

function describedFlow(id: FlowId) {
  const { title, steps, observable } = flows[id]
  const described = steps.map((text, index) => ({
    id: `${id}-${index + 1}`,
    text,
    observable: observable[index] ?? '',
  }))
  return { id, title, steps: described }
}

function walkView(id: FlowId, { user, startedAt, endedAt, verdict, complete, reached, stopped }: Walk) {
  const steps = [...reached].sort(([a], [b]) => a - b)
  return {
    ...{ user: user ?? null, startedAt, endedAt, verdict, complete },
    stopped: stopped ? { step: `${id}-${stopped.number}`, ...hopView(stopped.event), because: stopped.because } : null,
    reached: steps.map(([number, events]) => ({
      step: `${id}-${number}`,
      hops: events.map(hopView),
    })),
  }
}
