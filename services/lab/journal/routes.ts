import { z } from 'zod'
import { flows as documentedFlows } from '#shared/flows.ts'
import { apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'
import type { JournalCollector } from './collector.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { flowsOf } from './flow.ts'
import { type EventFilter, latestSequences, selectEvents } from './select-events.ts'
import { verdicts } from './verdict.ts'

const tokenSchema = z.object({
  way: z.enum(['issued', 'presented']),
  carrier: z.string().describe('The parameter or header that carried it.'),
  fingerprint: z.string().describe('The same for the same bytes.'),
  kind: z.string(),
  claims: z.record(z.string(), z.unknown()),
  signature: z.record(z.string(), z.unknown()),
})

export const eventSchema = z.object({
  id: z.string(),
  flowId: z.string().describe('The same for all hops of one conversation, across deployments.'),
  time: z.iso.datetime().describe('By the clock of the stack.'),
  sequence: z.int().describe('Ascending within a deployment.'),
  deployment: z.string(),
  zone: z.string(),
  actor: z.string().describe('`browser`, the name of a client, or the deployment that called.'),
  clientAddress: z.string(),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  query: z.record(z.string(), z.string()).describe('Secrets are replaced by their fingerprints.'),
  status: z.int(),
  durationMs: z.number(),
  steps: z.array(z.string()).describe('Steps of the documented flows, such as WEB-ONPREM-3.'),
  decisions: z.array(z.string()),
  reasons: z.array(z.string()).describe('Why, where something was refused.'),
  user: z.string().optional(),
  correlationId: z.string(),
  parent: z.string().describe('The event of the calling service.').optional(),
  linksIn: z.array(z.string()),
  linksOut: z.array(z.string()),
  location: z.string().optional(),
  detail: z.record(z.string(), z.unknown()),
  tokens: z.array(tokenSchema).describe('What tokens said; never a token.').optional(),
})

const filters = {
  user: z.string().describe('Events of this person, and of the flows in which nobody else was known yet.').optional(),
  flow: z.string().describe('Events of one flow, by its id.').optional(),
  deployment: z.string().optional(),
  verdict: z.enum(verdicts).describe('How a request ended, or a conversation.').optional(),
  walks: z
    .enum(Object.keys(documentedFlows) as [string, ...string[]])
    .describe('Conversations that walked a step of this documented flow.')
    .optional(),
  text: z.string().describe('Part of the request line, a status, a step, decision or reason.').optional(),
  since: z
    .string()
    .describe('An ISO 8601 instant, or the `cursor` of an earlier answer for what is new since.')
    .optional(),
}

const eventQuery = z.strictObject({
  ...filters,
  limit: z.coerce.number().int().min(0).max(50_000).default(1000).describe('The newest so many.'),
})

const missingSchema = z
  .array(z.object({ deployment: z.string(), error: z.string().optional() }))
  .describe('Deployments that gave no answer.')

const flowSchema = z.object({
  id: z.string(),
  title: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  users: z.array(z.string()),
  deployments: z.array(z.string()),
  steps: z.array(z.string()),
  reasons: z.array(z.string()),
  verdict: z.enum(verdicts),
  background: z.boolean().describe('Between services only, or style sheets and pictures.'),
  events: z.int().describe('How many.'),
})

export interface JournalParts {
  readonly journal: JournalCollector
  readonly deployments: readonly string[]
}

export function journalRoutes(parts: JournalParts) {
  return [eventRoute(parts), flowRoute(parts)]
}

function eventRoute({ journal }: JournalParts) {
  return apiRoute({
    method: 'GET',
    path: '/api/journal',
    name: 'readJournal',
    summary: 'What happened, in all deployments, newest last',
    description: 'Whoever has the answer of a request finds all of its events here.',
    query: eventQuery,
    answer: z.object({
      events: z.array(eventSchema),
      cursor: z.string().describe('For `since`, to read on from here.'),
      missing: missingSchema,
    }),
    handle: async ({ query: { since, limit, ...filter } }) => {
      const { events, missing } = await journal.collect()
      const selected = selectEvents(events, { ...filter, ...readSince(since), limit })
      return { events: selected, cursor: writeCursor(latestSequences(events)), missing }
    },
  })
}

function flowRoute({ journal, deployments }: JournalParts) {
  return apiRoute({
    method: 'GET',
    path: '/api/flows',
    name: 'listFlows',
    summary: 'The conversations in the journal, the latest last',
    query: z.strictObject(filters),
    answer: z.object({ flows: z.array(flowSchema), missing: missingSchema }),
    handle: async ({ query: { since, verdict, ...filter } }) => {
      const { events, missing } = await journal.collect()
      const selected = selectEvents(events, { ...filter, ...readSince(since) })
      const flows = flowsOf(selected, deployments).filter((flow) => verdict === undefined || flow.verdict === verdict)
      return { flows: flows.map((flow) => ({ ...flow, events: flow.events.length })), missing }
    },
  })
}

function readSince(since: string | undefined): Pick<EventFilter, 'since' | 'after'> {
  if (since === undefined || since === '') return {}
  const instant = z.iso.datetime({ offset: true }).safeParse(since).data
  if (instant !== undefined) return { since: new Date(instant) }
  const after = readCursor(since)
  if (after) return { after }
  throw new LabError('invalidRequest', { message: '`since` is neither an ISO 8601 instant nor a cursor.' })
}
