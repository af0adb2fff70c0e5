import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'
import { addressOf } from '../protection/guard.ts'
import { connect, type SimulatorParts, signInAutomatically, startWalk, takeAnswer } from './simulator.ts'
import type { Walk } from './walk.ts'
import { viewOfWalk } from './walk-view.ts'

const fact = z.tuple([z.string(), z.string()])
const hopSchema = z.object({
  steps: z.array(z.string()),
  what: z.string(),
  method: z.string(),
  url: z.string().describe('Secrets are fingerprints.'),
  sent: z.array(fact),
  status: z.int().optional(),
  answered: z.array(fact),
  facts: z.record(z.string(), z.unknown()).optional().describe('Fields of the answer, or claims of a token.'),
})

const walkSchema = z.object({
  id: z.string(),
  address: z.string(),
  state: z.enum(['signIn', 'connect', 'done', 'failed']),
  flow: z.string(),
  title: z.string(),
  signInUrl: z.string().optional().describe('For a browser that stands in the internet of this world.'),
  steps: z.array(
    z.object({
      id: z.string(),
      text: z.string(),
      hops: z.array(hopSchema).describe('Requests of the app.'),
      events: z
        .array(z.object({ id: z.string(), flowId: z.string(), line: z.string(), said: z.array(z.string()) }))
        .describe('Hops of the world, from the journal.'),
    }),
  ),
  hops: z.array(hopSchema).describe('What the browser of the phone did.'),
  messages: z.array(z.object({ subject: z.string(), from: z.string(), receivedAt: z.string() })).optional(),
  problem: z.string().optional(),
})

export const addressSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[^@\s]{1,64}@[^@\s]{1,190}$/, 'no e-mail address')
const walkParameters = z.strictObject({ id: z.guid() })
const refusals = ['invalidRequest', 'notFound', 'conflict', 'deploymentUnreachable'] as const

/** The simulated Outlook mobile, for programs. */
export function outlookMobileRoutes(parts: SimulatorParts): readonly ApiRoute[] {
  return [startRoute(parts), ...walkRoutes(parts)]
}

function startRoute(parts: SimulatorParts): ApiRoute {
  return apiRoute({
    method: 'POST',
    path: '/api/outlook-mobile/walks',
    name: 'startOutlookMobile',
    summary: 'Enter an address in the simulated Outlook mobile',
    description: 'With `signIn: automatic` it goes on to the inbox, with the password and the phone of the scenario.',
    body: z.strictObject({
      address: addressSchema,
      signIn: z.enum(['browser', 'automatic']).default('browser'),
      device: z.boolean().default(false).describe('Automatic, on a phone that is registered and proves it.'),
    }),
    status: 201,
    answer: walkSchema,
    refusals,
    handle: async ({ body: { signIn, ...who }, request }) => {
      const started = await startWalk(parts, who, labOf(request))
      return viewOfWalk(parts, signIn === 'automatic' ? await wholeWay(parts, started) : started)
    },
  })
}

function walkRoutes(parts: SimulatorParts): readonly ApiRoute[] {
  const view = async (walk: Walk) => viewOfWalk(parts, walk)
  return [
    apiRoute({
      method: 'GET',
      path: '/api/outlook-mobile/walks/{id}',
      name: 'readOutlookMobile',
      summary: 'How far it is, with every request and answer by step',
      parameters: walkParameters,
      answer: walkSchema,
      refusals,
      handle: async ({ parameters: { id } }) => view(foundWalk(parts, id)),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/outlook-mobile/walks/{id}/answer',
      name: 'answerOutlookMobile',
      summary: 'Hand over the address with which Entra ID would have opened the app',
      parameters: walkParameters,
      body: z.strictObject({ url: z.string().min(1).max(16_384) }),
      answer: walkSchema,
      refusals,
      handle: async ({ parameters: { id }, body: { url } }) => view(await takeAnswer(parts, foundWalk(parts, id), url)),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/outlook-mobile/walks/{id}/connect',
      name: 'connectOutlookMobile',
      summary: 'Read the mailbox with the tokens',
      parameters: walkParameters,
      answer: walkSchema,
      refusals,
      handle: async ({ parameters: { id } }) => view(await connect(parts, foundWalk(parts, id))),
    }),
  ]
}

export async function wholeWay(parts: SimulatorParts, walk: Walk): Promise<Walk> {
  if (walk.state !== 'signIn') return walk
  const signedIn = await signInAutomatically(parts, walk)
  return signedIn.state === 'connect' ? connect(parts, signedIn) : signedIn
}

/** The address that the caller knows the lab by, as Entra ID is to send the browser back there. */
export function labOf(request: FastifyRequest): string {
  const { port } = new URL(`http://${addressOf(request)}`)
  return `http://127.0.0.1${port === '' ? '' : `:${port}`}`
}

export function foundWalk({ walks }: SimulatorParts, id: string): Walk {
  const walk = walks.find(id)
  if (walk) return walk
  throw new LabError('notFound', { message: 'This walk is over, or was never begun.' })
}
