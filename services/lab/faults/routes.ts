import { z } from 'zod'
import { apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'
import { ask, type Manage } from '../peers/ask.ts'

const faultSchema = z
  .strictObject({
    match: z
      .strictObject({
        method: z.string().describe('GET, POST …').optional(),
        path: z.string().startsWith('/').describe('The beginning of the path.').optional(),
        host: z.string().describe('The host name asked for.').optional(),
      })
      .describe('What is struck; everything where nothing is said.')
      .prefault({}),
    count: z.int().positive().describe('How often it strikes; until removed when left out.').optional(),
    status: z.int().min(200).max(599).describe('The status to answer with instead.').optional(),
    body: z.string().optional(),
    delayMs: z.int().min(0).max(600_000).describe('How long to wait first.').optional(),
    reset: z.boolean().describe('Whether to break the connection.').optional(),
    retryAfterSeconds: z.int().min(0).optional(),
  })
  .refine(
    ({ status, delayMs, reset }) => status !== undefined || delayMs !== undefined || reset === true,
    'one of status, delayMs, reset is needed',
  )

const faultsSchema = z.strictObject({ faults: z.array(faultSchema).max(1000) })
const listedSchema = z.object({ faults: z.array(z.looseObject({})) })
const parameters = z.strictObject({ deployment: z.string() })

export interface FaultParts {
  readonly manage: Manage
  readonly deployments: readonly string[]
}

export function faultRoutes({ manage, deployments }: FaultParts) {
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
      summary: 'The faults of one deployment that can still strike',
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
