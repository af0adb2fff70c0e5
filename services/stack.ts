import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Authority, openAuthority } from '#certs/authority.ts'
import { CleanUp, type Opened } from '#shared/clean-up.ts'
import { StackClock } from '#shared/clock.ts'
import { createLog, type Log } from '#shared/log.ts'
import { type Random, systemRandom } from '#shared/random.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import {
  ContainerAddresses,
  type ContainerPorts,
  LocalAddresses,
  type ServerAddresses,
} from '#shared/stack/addresses.ts'
import type { BuildService, DeploymentPlan, Zone } from '#shared/stack/deployment.ts'
import {
  type ListenOptions,
  type RunningDeployment,
  runDeployment,
  type StackParts,
} from '#shared/stack/run-deployment.ts'
import type { DeploymentSnapshot } from '#shared/stack/snapshots.ts'
import type { Gateway } from './gateway/gateway.ts'
import { type GatewayPorts, runGateway } from './gateway/run.ts'
import { type JournalEntry, type JournalFilter, LabClient, type LabPhone } from './lab-client.ts'
import { services } from './registry.ts'
import { StackWorlds, type WorldStart } from './stack-worlds.ts'
import { certificateDomains, gatewayName, topologyOf } from './topology.ts'

export interface StackOptions {
  readonly scenario?: Scenario
  /** Deployments and gateways to run here; all when left out. */
  readonly only?: readonly string[]
  /** Folder for durable state; in memory when left out. */
  readonly data?: string
  /** A PostgreSQL database, `postgres://…`, instead of the folder: several servers of a deployment may share it. */
  readonly store?: string
  /** How many servers of a deployment run here, by name; one of each that is not named. They need a `store`. */
  readonly replicas?: Readonly<Record<string, number>>
  /** Servers of deployments that run in other processes. */
  readonly elsewhere?: Readonly<Record<string, readonly ServerAddresses[]>>
  /** Folder of the CA and keys, shared by every stack of the machine. */
  readonly certificates?: string
  readonly bind?: string
  readonly httpsPort?: number
  readonly managementPort?: number
  /** Where deployments that take mail listen for it, by name; a free port when left out. */
  readonly mailPorts?: Readonly<Record<string, number>>
  readonly gatewayPorts?: Partial<Record<Zone, GatewayPorts>>
  /** Peers run in containers of their own and are found by their deployment name. */
  readonly containers?: ContainerPorts
  /** Takes the place of services, by folder name: a stand-in for a peer in a test of its neighbour. */
  readonly services?: Readonly<Record<string, BuildService>>
  /** The state to begin with, by deployment: each sleeps until somebody comes. */
  readonly from?: ReadonlyMap<string, DeploymentSnapshot>
  /** One that is open already, where it covers the scenario's names. */
  readonly authority?: Authority
  readonly log?: Log
  readonly random?: Random
  /** Called when every listener is open, before the deployments do what needs their peers. */
  readonly onListening?: (listening: Listening) => void
  /** Gives up a start that still waits for peers. */
  readonly signal?: AbortSignal
}

/** What of a stack can already be connected to. */
export interface Listening {
  readonly deployments: readonly RunningDeployment[]
  readonly gateways: Partial<Record<Zone, Gateway>>
}

const zones = ['internet', 'corp'] as const
/** Entra Connect and the pass-through agent work as soon as anything of the world does. */
const worksUnasked = 'directory'

/** The world, running: `await using stack = await startStack()`. */
export class Stack implements AsyncDisposable {
  readonly scenario: Scenario
  readonly clock: StackClock
  readonly authority: Authority
  readonly deployments: readonly RunningDeployment[]
  readonly gateways: Partial<Record<Zone, Gateway>>
  readonly plans: readonly DeploymentPlan[]
  readonly #cleanUp: CleanUp

  constructor(parts: StackParts, running: Listening, cleanUp: CleanUp) {
    this.scenario = parts.scenario
    this.clock = parts.clock
    this.authority = parts.authority
    this.plans = parts.plans
    this.deployments = running.deployments
    this.gateways = running.gateways
    this.#cleanUp = cleanUp
  }

  /** The address that a client of `zone` uses as its HTTP proxy, and the lab's base URL. */
  proxy(zone: Zone): string {
    const gateway = this.gateways[zone]
    if (!gateway) throw new Error(`this stack runs no gateway for ${zone}`)
    return `http://127.0.0.1:${gateway.httpPort}`
  }

  /** Where an application under test hands over mail: SMTP with STARTTLS on loopback. */
  smtp(deployment: 'exchange-online' | 'exchange-onprem'): { readonly host: string; readonly port: number } {
    const mail = this.deployments.find(({ plan }) => plan.name === deployment)?.mail
    if (!mail) throw new Error(`this stack runs no ${deployment}`)
    return mail
  }

  /** The lab's API, for programs. */
  get lab(): LabClient {
    const zone = zones.find((each) => this.gateways[each])
    if (!zone) throw new Error('this stack runs no gateway')
    return new LabClient(this.proxy(zone))
  }

  /** The certificate (PEM) that clients must trust; `authority.caFile` is a file with it. */
  get ca(): string {
    return this.authority.caPem
  }

  /** Back to the scenario's state, everywhere, the clock included. */
  reset(): Promise<void> {
    return this.lab.reset()
  }

  /** Somebody's second factors: `await stack.mfa('alice@contoso.com').approve()`. */
  mfa(user: string): LabPhone {
    return this.lab.mfa(user)
  }

  /** What happened so far, oldest first. */
  journal(filter?: JournalFilter): Promise<readonly JournalEntry[]> {
    return this.lab.journal(filter)
  }

  /** Ends it, for hooks of test runners; where the code can say `await using`, nothing has to be called. */
  stop(): Promise<void> {
    return this.#cleanUp.disposeAsync()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  await using opening = new CleanUp()
  const running = new Map<string, RunningDeployment>()
  const woken = () => void running.get(worksUnasked)?.wake()
  const parts = { ...(await partsOf(options, opening)), woken }
  const wanted = (name: string) => options.only === undefined || options.only.includes(name)
  const listen: ListenOptions = {
    bind: options.bind ?? '127.0.0.1',
    httpsPort: options.httpsPort ?? 0,
    managementPort: options.managementPort ?? 0,
    mailPorts: options.mailPorts,
  }
  const plans = parts.plans.filter((plan) => wanted(plan.name))
  const deployments = await Promise.all(
    plans
      .flatMap((plan) => Array.from({ length: serversOf(plan, options) }, () => plan))
      .map(async (plan) => openDeployment(plan, await serviceOf(plan, options), parts, listen, opening)),
  )
  for (const deployment of deployments) running.set(deployment.plan.name, deployment)
  // In containers the gateways answer for the whole stack, which runs elsewhere.
  const expected = (options.containers ? parts.plans : plans).map((plan) => plan.name)
  const gateways: Partial<Record<Zone, Gateway>> = {}
  for (const zone of zones.filter((each) => wanted(gatewayName(each)))) {
    const place = { ...listen, ...options.gatewayPorts?.[zone], name: gatewayName(zone), expected }
    gateways[zone] = opening.use(await runGateway(zone, parts, place))
  }
  options.onListening?.({ deployments, gateways })
  await unlessAborted(Promise.all(deployments.map((deployment) => deployment.start())), options.signal)
  return new Stack(parts, { deployments, gateways }, opening.move())
}

async function serviceOf(plan: DeploymentPlan, options: StackOptions): Promise<BuildService> {
  const replacement = options.services?.[plan.service]
  if (replacement) return replacement
  const load = services[plan.service]
  if (!load) throw new Error(`no service ${plan.service}`)
  return load()
}

function unlessAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    if (signal.aborted) reject(signal.reason)
    work.then(resolve, reject)
  })
}

async function openDeployment(
  plan: DeploymentPlan,
  build: BuildService,
  parts: StackParts,
  listen: ListenOptions,
  cleanUp: Opened,
): Promise<RunningDeployment> {
  const running = cleanUp.use(await runDeployment(plan, build, parts, listen))
  if (parts.addresses instanceof LocalAddresses) parts.addresses.add(plan.name, running)
  return running
}

/** Several have to share their state. */
function serversOf({ name }: DeploymentPlan, { replicas, store }: StackOptions): number {
  const count = replicas?.[name] ?? 1
  if (count > 1 && !store) throw new Error(`${count} servers of ${name} need a store that they share`)
  return count
}

async function partsOf(options: StackOptions, cleanUp: Opened): Promise<StackParts> {
  const scenario = options.scenario ?? (await loadDefaultScenario())
  const plans = topologyOf(scenario)
  const authority = await authorityOf(options, plans)
  const clock = cleanUp.use(new StackClock(scenario.start === undefined ? undefined : new Date(scenario.start)))
  const addresses = cleanUp.use(addressesOf(options))
  const { data, store, from, log = createLog(), random = systemRandom } = options
  const worlds = worldsOf({ ...options, scenario, log, random }, authority, cleanUp)
  return { scenario, plans, addresses, clock, random, log, authority, data, store, from, worlds }
}

function addressesOf({ containers, elsewhere = {} }: StackOptions): LocalAddresses | ContainerAddresses {
  if (containers) return new ContainerAddresses(containers)
  const addresses = new LocalAddresses()
  for (const [deployment, servers] of Object.entries(elsewhere))
    for (const server of servers) addresses.add(deployment, server)
  return addresses
}

async function authorityOf({ authority, certificates }: StackOptions, plans: readonly DeploymentPlan[]) {
  const domains = certificateDomains(plans)
  const covered = domains.every((domain) => authority?.domains.includes(domain))
  if (authority && covered) return authority
  return openAuthority({ directory: certificates ?? defaultCertificateFolder(), domains })
}

/** Where the whole stack runs in this process, its lab can ask for more of them. */
function worldsOf(options: StackOptions, authority: Authority, cleanUp: Opened): StackWorlds | undefined {
  const { scenario, certificates, bind, log, random = systemRandom, services: replaced } = options
  if (options.only || options.containers || options.from) return undefined
  const inherited = { scenario, certificates, bind, log, random, services: replaced, authority }
  const start = (more: WorldStart) => startStack({ ...inherited, ...more } as StackOptions)
  return cleanUp.use(new StackWorlds(start, () => random.uuid()))
}

/** Beside the generator in a checkout; in the temporary folder where that cannot be written. */
export function defaultCertificateFolder(): string {
  const here = fileURLToPath(new URL('../certs/.generated', import.meta.url))
  return here.includes('node_modules') ? join(tmpdir(), 'fauxchange-certificates') : here
}
