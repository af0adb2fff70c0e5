import { createInterface } from 'node:readline'
import { exitOf, start } from './command.ts'

/** When the engine started a container and first found it healthy, in nanoseconds. */
export interface Milestones {
  started?: bigint
  healthy?: bigint
}

export type Timeline = ReadonlyMap<string, Milestones>

interface EngineEvent {
  readonly status?: string
  readonly timeNano: number | string
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> }
}

/** Listens to the engine from now on; the timeline fills while containers start. */
export function watchContainers(project: string, env: NodeJS.ProcessEnv): { timeline: Timeline } & AsyncDisposable {
  const timeline = new Map<string, Milestones>()
  const args = ['events', '--filter', `label=com.docker.compose.project=${project}`, '--format', '{{json .}}']
  const child = start('docker', args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = exitOf(child)
  if (child.stdout) createInterface(child.stdout).on('line', (line) => note(timeline, line))
  return {
    timeline,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await exit
    },
  }
}

function note(timeline: Map<string, Milestones>, line: string): void {
  const event = JSON.parse(line) as EngineEvent
  const service = event.Actor.Attributes['com.docker.compose.service']
  if (!service) return
  // JSON.parse rounds nanoseconds; the digits are taken from the text.
  const at = BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? 0)
  const milestones = timeline.get(service) ?? {}
  if (event.status === 'start') milestones.started ??= at
  if (event.status === 'health_status: healthy') milestones.healthy ??= at
  timeline.set(service, milestones)
}

/** Every way in which the containers did not come up in the order that the Compose file promises. */
export function orderProblems(timeline: Timeline, dependencies: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(dependencies).flatMap(([service, needed]) => {
    const own = timeline.get(service)
    if (own?.started === undefined) return [`${service} never started`]
    if (own.healthy === undefined) return [`${service} never became healthy`]
    const { started } = own
    return needed
      .filter((name) => started < (timeline.get(name)?.healthy ?? started + 1n))
      .map((name) => `${service} started before ${name} was healthy`)
  })
}
