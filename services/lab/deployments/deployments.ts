import type { DeploymentPlan, Zone } from '#shared/stack/deployment.ts'
import type { Manage } from '../peers/ask.ts'

export interface DeploymentHealth {
  readonly name: string
  readonly service: string
  /** `ready`, `starting`, or why there is no answer. */
  readonly status: string
  readonly hosts: Readonly<Record<Zone, readonly string[]>>
}

const timeoutMs = 3000

export function readHealth(manage: Manage, plans: readonly DeploymentPlan[]): Promise<readonly DeploymentHealth[]> {
  return Promise.all(
    plans.map(async ({ name, service, hosts }) => {
      const { status, json } = await manage(name, '/health', { timeoutMs })
      const said = json as { status?: string; error?: string } | null
      return { name, service, hosts, status: status === 200 ? 'ready' : (said?.status ?? said?.error ?? `${status}`) }
    }),
  )
}
