import { z } from 'zod'
import type { DeploymentPlan } from '#shared/stack/deployment.ts'
import { apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import { readHealth } from './deployments.ts'

const names = z.array(z.string())

export function deploymentRoutes(manage: Manage, plans: readonly DeploymentPlan[]) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/deployments',
      name: 'listDeployments',
      summary: 'What runs, how it is, and the names it answers to in each zone',
      answer: z.object({
        deployments: z.array(
          z.object({
            name: z.string(),
            service: z.string(),
            status: z.string().describe('`ready`, `starting`, or why there is no answer.'),
            hosts: z.object({ internet: names, corp: names }),
          }),
        ),
      }),
      handle: async () => ({ deployments: await readHealth(manage, plans) }),
    }),
  ]
}
