import { z } from 'zod'
import type { DeploymentPlan, Zone } from '#shared/stack/deployment.ts'
import { ask, type Manage } from '../peers/ask.ts'

export interface DeploymentHealth {
  readonly name: string
  readonly service: string
  /** `ready`, `starting`, or why there is no answer. */
  readonly status: string
  /** Whether its listeners are open; undefined when nobody can tell. */
  readonly running: boolean | undefined
  readonly hosts: Readonly<Record<Zone, readonly string[]>>
}

/** A deployment that is busy is no missing one. */
const timeoutMs = 10_000
const runningSchema = z.object({ running: z.boolean() })

export function readHealth(manage: Manage, plans: readonly DeploymentPlan[]): Promise<readonly DeploymentHealth[]> {
  return Promise.all(
    plans.map(async ({ name, service, hosts }) => {
      const [{ status, json }, listening] = await Promise.all([
        manage(name, '/health', { timeoutMs }),
        manage(name, '/running', { timeoutMs }),
      ])
      const { running } = runningSchema.safeParse(listening.json).data ?? {}
      const said = json as { status?: string; error?: string } | null
      const ready = running === false ? 'stopped' : 'ready'
      return {
        name,
        service,
        hosts,
        running,
        status: status === 200 ? ready : (said?.status ?? said?.error ?? `${status}`),
      }
    }),
  )
}

/** Closes or opens a deployment's listeners: connections are refused while they are closed. */
export function setRunning(manage: Manage, deployment: string, running: boolean): Promise<{ running: boolean }> {
  return ask(manage, { deployment, path: '/running', method: 'PUT', json: { running } }, runningSchema)
}
