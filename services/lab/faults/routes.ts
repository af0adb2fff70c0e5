import { z } from 'zod'
import { apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'
import { ask } from '../peers/ask.ts'
import { catalogueRoutes } from './catalogue-routes.ts'
import type { FaultParts } from './fault-catalogue.ts'

const spoilSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('truncate'), bytes: z.int().min(0).optional() }),
    z.strictObject({ kind: z.enum(['brokenJson', 'duplicate', 'redirectLoop', 'tokenSignature', 'tokenKeyId']) }),
    z.strictObject({ kind: z.literal('dropHeader'), name: z.string(), value: z.string().optional() }),
    z.strictObject({ kind: z.literal('replace'), find: z.string().min(1), with: z.string() }),
  ])
  .describe('What is done to the answer of the service.')

const faultSchema = z
  .strictObject({
    match: z
      .strictObject({
        method: z.string().describe('GET, POST …').optional(),
        path: z
          .string()
          .startsWith('/')
          .describe('The beginning of the path; a part that is * stands for any.')
          .optional(),
        query: z.record(z.string(), z.string()).describe('Query parameters that must have these values.').optional(),
        user: z.string().describe('The person whom the request is about.').optional(),
        host: z.string().describe('The host name asked for.').optional(),
      })
      .describe('What is struck; everything where nothing is said.')
      .prefault({}),
    count: z.int().positive().describe('How often it strikes; until removed when left out.').optional(),
    status: z.int().min(200).max(599).describe('The status to answer with instead.').optional(),
    body: z.string().optional(),
    delayMs: z.int().min(0).max(600_000).describe('How long to wait first.').optional(),
    reset: z.boolean().describe('Whether to break the connection.').optional(),
    retryAfterSeconds: z
      .int()
      .min(0)
      .describe('Enforced: whoever comes again before has the same answer, and is counted.')
      .optional(),
    probability: z.number().gt(0).max(1).describe('Of 1, how likely it strikes.').optional(),
    id: z.string().max(200).describe('By which it is told and taken away.').optional(),
    bytes: z.base64().describe('The body in base64, for what is no text.').optional(),
    contentType: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    spoil: spoilSchema.optional(),
    audience: z.string().describe('Whom tokens of AD FS are for, in the place of the relying party.').optional(),
    clockSkewSeconds: z.number().describe('How far the clock of the deployment is ahead.').optional(),
    connection: z.enum(['reset', 'expiredCertificate']).describe('What happens before any request.').optional(),
  })
  .refine(
    ({ match, count, probability, id, ...effects }) => Object.keys(effects).length > 0,
    'one effect is needed: status, delayMs, reset, spoil, audience, clockSkewSeconds or connection',
  )

const faultsSchema = z.strictObject({ faults: z.array(faultSchema).max(1000) })
const listedSchema = z.object({ faults: z.array(z.looseObject({})) })
const parameters = z.strictObject({ deployment: z.string() })

export function faultRoutes(parts: FaultParts) {
  return [...listRoutes(parts), ...catalogueRoutes(parts)]
}

function listRoutes({ manage, deployments }: FaultParts) {
  const known = (deployment: string) => {
    if (deployments.includes(deployment)) return deployment
    throw new LabError('notFound', { message: `There is no deployment ${deployment}.`, detail: deployments })
  }
  const list = (deployment: string) => ask(manage, { deployment, path: '/faults' }, listedSchema)
  return [
    apiRoute({
      method: 'GET',
      path: '/api/faults',
      name: 'listFaults',
      summary: 'The faults of all deployments',
      answer: z.object({ deployments: z.record(z.string(), z.array(z.looseObject({}))) }),
      refusals: ['deploymentUnreachable'],
      handle: async () => {
        const entries = deployments.map(async (name) => [name, (await list(name)).faults] as const)
        return { deployments: Object.fromEntries(await Promise.all(entries)) }
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/faults/{deployment}',
      name: 'readFaults',
      summary: 'The faults of one deployment, with how often each has struck',
      parameters,
      answer: listedSchema,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { deployment } }) => list(known(deployment)),
    }),
    apiRoute({
      method: 'PUT',
      path: '/api/faults/{deployment}',
      name: 'replaceFaults',
      summary: 'Replace the faults of one deployment',
      description: 'The first fault that matches a request strikes: a delay, another status, or a broken connection.',
      parameters,
      body: faultsSchema,
      answer: listedSchema,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { deployment }, body }) =>
        ask(manage, { deployment: known(deployment), path: '/faults', method: 'PUT', json: body }, listedSchema),
    }),
  ]
}
