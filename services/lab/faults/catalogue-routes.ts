import { z } from 'zod'
import { apiRoute } from '../api/route.ts'
import {
  activeFaults,
  cataloguedFault,
  type FaultParts,
  faultCatalogue,
  faultParametersSchema,
  nameOf,
  turnOff,
  turnOn,
} from './fault-catalogue.ts'

const entrySchema = z.object({
  id: z.string(),
  title: z.string(),
  cause: z.string().describe('What would really be broken.'),
  effect: z.string().describe('What a client sees.'),
  deployment: z.string().describe('Where it strikes unless another is named.'),
  fault: z.looseObject({}).describe('As in /api/faults.'),
  active: z
    .array(z.looseObject({ deployment: z.string(), hits: z.int(), tooEarly: z.int(), left: z.int().nullable() }))
    .describe('Where it is turned on, with how often it has struck.'),
})

const named = z.strictObject({ id: z.string().describe('Such as entra-token-throttled.') })

export function catalogueRoutes(parts: FaultParts) {
  return [...readRoutes(parts), ...changeRoutes(parts)]
}

async function readEntry(parts: FaultParts, id: string) {
  const active = (await activeFaults(parts)).filter(({ fault }) => nameOf(fault) === id)
  return { ...cataloguedFault(id), active: active.map(({ deployment, fault }) => ({ deployment, ...fault })) }
}

function readRoutes(parts: FaultParts) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/fault-catalogue',
      name: 'listFaultCatalogue',
      summary: 'Every fault that has a name, and where it is turned on',
      answer: z.object({ faults: z.array(entrySchema) }),
      handle: async () => {
        const active = await activeFaults(parts)
        const of = (id: string) => active.filter(({ fault }) => nameOf(fault) === id)
        return {
          faults: faultCatalogue.map((entry) => ({
            ...entry,
            active: of(entry.id).map(({ deployment, fault }) => ({ deployment, ...fault })),
          })),
        }
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/fault-catalogue/{id}',
      name: 'readFault',
      summary: 'One fault of the catalogue, and how often it has struck',
      parameters: named,
      answer: entrySchema,
      refusals: ['notFound'],
      handle: ({ parameters: { id } }) => readEntry(parts, id),
    }),
  ]
}

function changeRoutes(parts: FaultParts) {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/fault-catalogue/{id}',
      name: 'enableFault',
      summary: 'Turn a fault of the catalogue on',
      description: 'In the place of the same one for the same person, which begins to count anew.',
      parameters: named,
      body: faultParametersSchema,
      status: 201,
      answer: entrySchema,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: async ({ parameters: { id }, body, request }) => {
        await turnOn(parts, id, body)
        request.recording.note({ decision: 'faultTurnedOn', detail: { fault: id } })
        return readEntry(parts, id)
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/fault-catalogue/{id}',
      name: 'disableFault',
      summary: 'Turn a fault of the catalogue off, wherever it is on',
      parameters: named,
      answer: z.object({ turnedOff: z.int().describe('How many there were.') }),
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: async ({ parameters: { id } }) => ({ turnedOff: await turnOff(parts, id) }),
    }),
  ]
}
