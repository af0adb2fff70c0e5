import { z } from 'zod'
import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentPlan } from '#shared/stack/deployment.ts'
import { apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import { addressOf } from '../protection/guard.ts'
import { worldAddresses } from './addresses.ts'
import { readGateways } from './gateways.ts'

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
  ]
}
