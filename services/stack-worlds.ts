import { loadScenario } from '#shared/scenario/load.ts'
import { formatProblems } from '#shared/scenario/report.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentSnapshot } from '#shared/stack/snapshots.ts'
import { UnreadableScenario, type World, type Worlds } from '#shared/stack/worlds.ts'
import type { Stack } from './stack.ts'

/** The state of every deployment at the moment that a stack of this scenario was ready. */
interface Beginning {
  readonly scenario: Scenario
  readonly from: ReadonlyMap<string, DeploymentSnapshot>
  /** By `performance.now()`: mail and accounts of a scenario are dated by its start. */
  readonly madeAt: number
}

export interface WorldStart {
  readonly scenario?: Scenario
  readonly from?: Beginning['from']
}

const ownScenario = ''
const scenariosKept = 8
const freshMs = 30 * 60_000

/** Worlds of one process. Each begins with what a first one of its scenario was when it was ready. */
export class StackWorlds implements Worlds, AsyncDisposable {
  readonly #start: (start: WorldStart) => Promise<Stack>
  readonly #newId: () => string
  readonly #beginnings = new Map<string, Promise<Beginning>>()
  readonly #running = new Map<string, { readonly world: World; readonly stack: Stack }>()

  constructor(start: (start: WorldStart) => Promise<Stack>, newId: () => string) {
    this.#start = start
    this.#newId = newId
  }

  async create(scenario = ownScenario): Promise<World> {
    const beginning = await this.#beginningOf(scenario)
    const stack = await this.#start({ scenario: beginning.scenario, from: beginning.from })
    const world = worldOf(this.#newId(), stack)
    this.#running.set(world.id, { world, stack })
    return world
  }

  list(): readonly World[] {
    return [...this.#running.values()].map(({ world }) => world)
  }

  async end(id: string): Promise<boolean> {
    const running = this.#running.get(id)
    this.#running.delete(id)
    await running?.stack[Symbol.asyncDispose]()
    return running !== undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.end(id)))
  }

  async #beginningOf(scenario: string): Promise<Beginning> {
    const known = await this.#beginnings.get(scenario)
    if (known && performance.now() - known.madeAt < freshMs) return known
    const made = this.#begin(scenario)
    this.#beginnings.delete(scenario)
    this.#beginnings.set(scenario, made)
    made.catch(() => this.#beginnings.delete(scenario))
    const [oldest = ownScenario] = this.#beginnings.keys()
    if (this.#beginnings.size > scenariosKept) this.#beginnings.delete(oldest)
    return made
  }

  async #begin(text: string): Promise<Beginning> {
    const given = text === ownScenario ? {} : { scenario: await readScenario(text) }
    await using stack = await this.#start(given)
    const entries = stack.deployments.map(async ({ plan, snapshot }) => [plan.name, await snapshot()] as const)
    return { scenario: stack.scenario, from: new Map(await Promise.all(entries)), madeAt: performance.now() }
  }
}

async function readScenario(text: string): Promise<Scenario> {
  const loaded = await loadScenario(text, 'scenario')
  if (loaded.ok) return loaded.scenario
  throw new UnreadableScenario(formatProblems(loaded))
}

function worldOf(id: string, { gateways, deployments }: Stack): World {
  const { internet, corp } = gateways
  if (!internet || !corp) throw new Error('a world has both gateways')
  const ports = ({ httpPort, tlsPort }: typeof internet) => ({ httpPort, tlsPort })
  const mail = deployments.flatMap(({ plan, mail: address }) => (address ? [[plan.name, address] as const] : []))
  return { id, gateways: { internet: ports(internet), corp: ports(corp) }, mail: Object.fromEntries(mail) }
}
