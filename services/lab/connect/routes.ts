import { z } from 'zod'
import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentPlan } from '#shared/stack/deployment.ts'
import { apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import { addressOf } from '../protection/guard.ts'
import { worldAddresses } from './addresses.ts'
import { moveClients, readGateways } from './gateways.ts'

const addressSchema = z.object({
  url: z.string(),
  title: z.string(),
  answeredBy: z
    .object({ internet: z.string().optional(), corp: z.string().optional() })
    .describe('The deployment that answers, by zone.'),
  forPrograms: z.boolean(),
})

const gatewaySchema = z.object({
  zone: z.enum(['internet', 'corp']),
  name: z.string(),
  proxy: z.string().describe('The HTTP proxy of the zone.').optional(),
  tls: z.string().describe('Host and port that pass TLS on by server name.').optional(),
  clientAddress: z.string().describe('Where its clients seem to come from.').optional(),
})

export const moveSchema = z.strictObject({
  clientAddress: z.union([z.ipv4(), z.ipv6()]).nullable().describe('Null for the usual one.'),
})

export interface ConnectParts {
  readonly manage: Manage
  readonly scenario: Scenario
  readonly plans: readonly DeploymentPlan[]
}

export function connectRoutes({ manage, scenario, plans }: ConnectParts) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/urls',
      name: 'listUrls',
      summary: 'Addresses to open, and the gateways that lead to them',
      answer: z.object({ urls: z.array(addressSchema), gateways: z.array(gatewaySchema) }),
      handle: async ({ request }) => ({
        urls: worldAddresses(scenario, plans),
        gateways: await readGateways(manage, addressOf(request)),
      }),
    }),
    apiRoute({
      method: 'PUT',
      path: '/api/gateways/{zone}',
      name: 'moveClients',
      summary: 'Say where the clients of a gateway seem to come from',
      description:
        'Named locations, lockout and logs see it. Connections that are open stay where they are; a proxy user name such as ip-198.51.100.7 still chooses for one client. A reset puts it back.',
      parameters: z.strictObject({ zone: z.enum(['internet', 'corp']) }),
      body: moveSchema,
      answer: z.object({ zone: z.string(), clientAddress: z.string() }),
      refusals: ['deploymentUnreachable'],
      handle: async ({ parameters: { zone }, body, request }) => {
        request.recording.note({ decision: 'clientsMoved', detail: { zone, ...body } })
        return moveClients(manage, zone, body.clientAddress)
      },
    }),
  ]
}
