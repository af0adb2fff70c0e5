import { z } from 'zod'
import { apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'
import type { JournalCollector } from '../journal/collector.ts'
import { type Flow, flowsOf } from '../journal/flow.ts'
import { eventSchema } from '../journal/routes.ts'
import { verdicts } from '../journal/verdict.ts'
import { harOf } from './har.ts'
import { mermaidText } from './mermaid-text.ts'
import { sequenceOf } from './sequence.ts'
import { signatureState } from './token-state.ts'
import { withPhone } from './with-phone.ts'

export interface DiagramParts {
  readonly journal: JournalCollector
  readonly deployments: readonly string[]
}

const parameters = z.strictObject({ id: z.string().describe('As in /api/flows.') })
const participantSchema = z.object({ id: z.string(), name: z.string() })

const diagramSchema = z.object({
  id: z.string(),
  title: z.string(),
  verdict: z.enum(verdicts),
  users: z.array(z.string()),
  participants: z.array(participantSchema).describe('From left to right.'),
  hops: z.array(
    z.object({
      number: z.int(),
      from: z.string(),
      to: z.string(),
      verdict: z.enum(verdicts),
      depth: z.int().describe('How many callers stand above it.'),
      event: eventSchema,
      signatures: z.record(z.string(), z.string()).describe('What is known of tokens, by fingerprint.'),
    }),
  ),
  stopped: z
    .object({ hop: z.int(), because: z.string() })
    .nullable()
    .describe('The number of the hop that a refusal or a failure ended it at.'),
  mermaid: z.string().describe('The same in the language of Mermaid.'),
})

/** @throws LabError when the journal has no such conversation (any more). */
export async function conversationOf({ journal, deployments }: DiagramParts, id: string): Promise<Flow> {
  const { events } = await journal.collect()
  const [flow] = flowsOf(withPhone(events, id), deployments)
  if (flow) return flow
  throw new LabError('notFound', { message: 'The journal has no such conversation.', detail: id })
}

export function diagramView(flow: Flow) {
  const sequence = sequenceOf(flow.events, flow.stopped)
  const { id, title, verdict, users } = flow
  const stopped = sequence.stopped ?? null
  const hops = sequence.hops.map(({ from, to, event, ...rest }) => ({
    ...rest,
    from: from.id,
    to: to.id,
    event,
    signatures: Object.fromEntries(
      (event.tokens ?? []).map((token) => [token.fingerprint, signatureState(token, event, flow.events)]),
    ),
  }))
  const { participants } = sequence
  return { id, title, verdict, users, participants, hops, stopped, mermaid: mermaidText(sequence, title) }
}

export function diagramRoutes(parts: DiagramParts) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/conversations/{id}',
      name: 'readConversation',
      summary: 'One conversation as a sequence of hops between participants',
      parameters,
      answer: diagramSchema,
      refusals: ['notFound'],
      handle: async ({ parameters: { id } }) => diagramView(await conversationOf(parts, id)),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/conversations/{id}/har',
      name: 'exportConversation',
      summary: 'One conversation as an HTTP Archive 1.2',
      parameters,
      answer: z.object({ log: z.looseObject({ version: z.literal('1.2') }) }),
      refusals: ['notFound'],
      handle: async ({ parameters: { id } }) => {
        const { log } = harOf((await conversationOf(parts, id)).events)
        return { log: { ...log, version: '1.2' as const } }
      },
    }),
  ]
}
