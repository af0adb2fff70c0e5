import { z } from 'zod'
import { UnreadableScenario, type World, type Worlds } from '#shared/stack/worlds.ts'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'

const gatewaySchema = z.object({
  proxy: z.url().describe("The HTTP proxy, which is also the address of that world's lab."),
  tls: z.string().describe('TLS by server name, for clients without proxy support.'),
})

const stackSchema = z.object({
  id: z.string(),
  gateways: z.object({ internet: gatewaySchema, corp: gatewaySchema }),
  smtp: z.record(z.string(), z.string()).describe('Where mail is taken, by deployment.'),
})

const one = z.strictObject({ id: z.string().min(1) })

/** Further worlds beside this one. */
export function stackRoutes(worlds: Worlds | undefined): readonly ApiRoute[] {
  return [listStacks(worlds), createStack(worlds), endStack(worlds)]
}

function listStacks(worlds: Worlds | undefined): ApiRoute {
  return apiRoute({
    method: 'GET',
    path: '/api/stacks',
    name: 'listStacks',
    summary: 'The worlds that were made beside this one',
    answer: z.object({ stacks: z.array(stackSchema) }),
    handle: async () => ({ stacks: listWorlds(worlds) }),
  })
}

function createStack(worlds: Worlds | undefined): ApiRoute {
  return apiRoute({
    method: 'POST',
    path: '/api/stacks',
    name: 'createStack',
    summary: 'A whole new world in the same process',
    description:
      'The same names behind gateways of its own, with its own clock, faults, journal and state, in memory. It trusts the same CA and signs with the same keys. A world is there until it is ended or the process is.',
    body: z
      .strictObject({
        scenario: z.string().min(1).max(4_000_000).describe('YAML; this world’s when left out.').optional(),
      })
      .default({}),
    status: 201,
    answer: stackSchema,
    refusals: ['invalidRequest', 'notHere'],
    handle: ({ body }) => createWorld(worlds, body.scenario),
  })
}

function endStack(worlds: Worlds | undefined): ApiRoute {
  return apiRoute({
    method: 'DELETE',
    path: '/api/stacks/{id}',
    name: 'endStack',
    summary: 'The end of a world',
    parameters: one,
    answer: one,
    refusals: ['notFound', 'notHere'],
    handle: ({ parameters: { id } }) => endWorld(worlds, id),
  })
}

function required(worlds: Worlds | undefined): Worlds {
  if (worlds) return worlds
  throw new LabError('notHere', {
    message: 'Worlds are made by the lab of a stack that runs whole in one process, and not from within such a world.',
  })
}

export function listWorlds(worlds: Worlds | undefined) {
  return (worlds?.list() ?? []).map(viewOf)
}

export async function endWorld(worlds: Worlds | undefined, id: string) {
  if (await required(worlds).end(id)) return { id }
  throw new LabError('notFound', { message: `There is no world ${id}.` })
}

/** @throws LabError where no worlds can be made, or of a scenario that cannot be read. */
export async function createWorld(worlds: Worlds | undefined, scenario: string | undefined) {
  try {
    return viewOf(await required(worlds).create(scenario))
  } catch (error) {
    if (error instanceof UnreadableScenario) throw new LabError('invalidRequest', { detail: error.message })
    throw error
  }
}

function viewOf({ id, gateways, mail }: World) {
  const gateway = ({ httpPort, tlsPort }: World['gateways']['corp']) => ({
    proxy: `http://127.0.0.1:${httpPort}`,
    tls: `127.0.0.1:${tlsPort}`,
  })
  return {
    id,
    gateways: { internet: gateway(gateways.internet), corp: gateway(gateways.corp) },
    smtp: Object.fromEntries(Object.entries(mail).map(([name, { host, port }]) => [name, `${host}:${port}`])),
  }
}
