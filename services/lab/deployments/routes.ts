import { z } from 'zod'
import type { DeploymentPlan } from '#shared/stack/deployment.ts'
import { apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'
import type { Manage } from '../peers/ask.ts'
import { readHealth, setRunning } from './deployments.ts'

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
            status: z.string().describe('`ready`, `starting`, `stopped`, or why there is no answer.'),
            running: z.boolean().describe('Whether it takes connections.').optional(),
            hosts: z.object({ internet: names, corp: names }),
          }),
        ),
      }),
      handle: async () => ({ deployments: await readHealth(manage, plans) }),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/deployments/{name}',
      name: 'runDeployment',
      summary: 'Stop a deployment as if its machine were off, or let it run again',
      description: 'While it is stopped, connections are refused. Its state stays; a reset lets it run again.',
      parameters: z.strictObject({ name: z.string() }),
      body: z.strictObject({ running: z.boolean() }),
      answer: z.object({ name: z.string(), running: z.boolean() }),
      refusals: ['notFound', 'conflict', 'deploymentUnreachable'],
      handle: async ({ parameters: { name }, body: { running }, request }) => {
        request.recording.note({ decision: running ? 'deploymentStarted' : 'deploymentStopped', detail: { name } })
        return { name, ...(await setRunning(manage, stoppable(plans, name), running)) }
      },
    }),
  ]
}

/** @throws LabError for the lab, through which it would have to be started again. */
export function stoppable(plans: readonly DeploymentPlan[], name: string): string {
  if (name === 'lab') throw new LabError('conflict', { message: 'The lab cannot stop itself.' })
  if (plans.some((plan) => plan.name === name)) return name
  throw new LabError('notFound', { message: `There is no deployment ${name}.`, detail: plans.map((plan) => plan.name) })
}
