import type { FastifyInstance } from 'fastify'
import { StackClock } from '#shared/clock.ts'
import { FaultTable } from '#shared/faults.ts'
import { CallerRegistry } from '#shared/http/callers.ts'
import { createApplication } from '#shared/http/server.ts'
import { Journal, type JournalEvent } from '#shared/journal.ts'
import { createLog } from '#shared/log.ts'
import { systemRandom } from '#shared/random.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { DeploymentContext, DeploymentPlan, ManagementRequest } from '#shared/stack/deployment.ts'
import { createManagement, managementHeader } from '#shared/stack/management.ts'
import { event } from './journal/_events.ts'
import { buildLab } from './service.ts'

/** A deployment with the frame's real management port, a clock of its own as in a container, and no listener. */
export class Peer {
  readonly name: string
  readonly clock = new StackClock()
  readonly journal = new Journal(this.clock)
  readonly faults = new FaultTable()
  readonly calls: string[] = []
  readonly management: FastifyInstance
  status = 'ready'
  resets = 0
  whenReset: () => Promise<void> = async () => {}
  isDown = false

  constructor(name: string, more?: (app: FastifyInstance) => void) {
    this.name = name
    const { clock, journal, faults } = this
    this.management = createManagement({
      name,
      log: createLog('silent'),
      clock,
      journal,
      faults,
      status: () => this.status,
      reset: () => this.#reset(),
      more,
    })
  }

  async manage(path: string, { method = 'GET', json }: ManagementRequest) {
    this.calls.push(`${method} ${path.split('?')[0]}`)
    if (this.isDown) return { status: 0, json: { error: 'connection refused' } }
    const headers = { [managementHeader]: '1', ...(json === undefined ? {} : { 'content-type': 'application/json' }) }
    const payload = json === undefined ? {} : { payload: JSON.stringify(json) }
    const response = await this.management.inject({ method, url: path, headers, ...payload })
    return { status: response.statusCode, json: response.json() as unknown }
  }

  record(id: string, facts: Partial<JournalEvent> = {}): void {
    const { time, sequence, ...rest } = event({ id, deployment: this.name, ...facts })
    this.journal.add(rest)
  }

  async #reset(): Promise<void> {
    this.resets += 1
    this.journal.clear()
    this.faults.replace([])
    await this.whenReset()
  }
}

export interface LabCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A lab between peers; all of it ends with the test. */
export async function openLab(peers: readonly Peer[]) {
  const log = createLog('silent')
  const self = new Peer('lab')
  const routes: string[] = []
  const all = [...peers, self]
  const plans: DeploymentPlan[] = all.map(({ name }) => ({
    name,
    service: name,
    homeZone: 'corp',
    hosts: { internet: [], corp: [] },
  }))
  const context = {
    name: 'lab',
    scenario: await loadDefaultScenario(),
    deployments: plans,
    manage: (deployment: string, path: string, request: ManagementRequest = {}) =>
      all.find(({ name }) => name === deployment)?.manage(path, request) ??
      Promise.resolve({ status: 0, json: { error: `${deployment} is not running` } }),
    servers: async () => [undefined],
    createApplication: (more: object) => {
      const { journal, faults } = self
      const callers = new CallerRegistry('corp')
      const wires = { callers, journal, faults, log, random: systemRandom }
      const application = createApplication({ deployment: 'lab', ...wires, ...more })
      application.addHook(
        'onRoute',
        ({ method, url }) => void routes.push(...[method].flat().map((each) => `${each} ${url}`)),
      )
      return application
    },
  } as unknown as DeploymentContext
  const { app: load, reset } = await buildLab(context)
  const app = await load()
  self.whenReset = reset
  const call = async (path: string, { method = 'GET', body, headers = {} }: LabCall = {}) => {
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
    const response = await app.inject({
      method,
      url: path,
      headers: { host: '127.0.0.1:8080', ...headers },
      ...payload,
    })
    return { status: response.statusCode, headers: response.headers, text: response.body, json: () => response.json() }
  }
  return { app, call, self, routes, [Symbol.asyncDispose]: () => app.close() as Promise<void> }
}
