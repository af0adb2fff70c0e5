import { lookup } from 'node:dns/promises'
import type { Address } from '../http/client.ts'
import type { DeploymentPlan, Zone } from './deployment.ts'
import { ServerHealth } from './server-health.ts'

/** Which sockets the deployments listen on; takes the place of DNS. */
export interface AddressBook {
  /** Of several servers each that works in its turn, with the others behind it. */
  https(deployment: string): Address | undefined
  management(deployment: string): Address | undefined
  /** Of every server of the deployment. */
  managements(deployment: string): Promise<readonly Address[]>
  /** Of those that take mail. */
  mail(deployment: string): Address | undefined
}

/** One server of a deployment. */
export interface ServerAddresses {
  readonly https: Address
  readonly management: Address
  readonly mail?: Address | undefined
}

/** As a load balancer: those of a deployment's servers that work, each in its turn. */
abstract class Rotation implements AddressBook, Disposable {
  readonly #health: ServerHealth
  readonly #turns = new Map<string, number>()

  constructor(health: ServerHealth) {
    this.#health = health
  }

  protected abstract list(deployment: string): readonly ServerAddresses[]

  https(deployment: string): Address | undefined {
    return this.#next(deployment, 'https')
  }

  management(deployment: string): Address | undefined {
    return this.#next(deployment, 'management')
  }

  async managements(deployment: string): Promise<readonly Address[]> {
    return this.list(deployment).map(({ management }) => management)
  }

  mail(deployment: string): Address | undefined {
    return this.#next(deployment, 'mail')
  }

  [Symbol.dispose](): void {
    this.#health[Symbol.dispose]()
  }

  #next(deployment: string, way: 'https' | 'management' | 'mail'): Address | undefined {
    const all = this.list(deployment)
    if (all.length < 2) return all[0]?.[way]
    this.#health.watch(deployment, () => this.list(deployment))
    const working = this.#health.inService(all).filter((server) => server[way])
    const turn = this.#turns.get(`${way} ${deployment}`) ?? 0
    this.#turns.set(`${way} ${deployment}`, turn + 1)
    const first = turn % Math.max(working.length, 1)
    return [...working.slice(first), ...working.slice(0, first)].reduceRight<Address | undefined>(
      (otherwise, server) => ({ ...(server[way] as Address), otherwise, gone: this.#health.goneOf(server) }),
      undefined,
    )
  }
}

/** In one process: filled in while the listeners open, and with servers that run elsewhere. */
export class LocalAddresses extends Rotation {
  readonly #servers = new Map<string, readonly ServerAddresses[]>()

  constructor(health = new ServerHealth()) {
    super(health)
  }

  add(deployment: string, { https, management, mail }: ServerAddresses): void {
    const server = { https: reachable(https), management: reachable(management), mail: mail && reachable(mail) }
    this.#servers.set(deployment, [...this.list(deployment), server])
  }

  /** Of a gateway, which has no other way in for peers. */
  addManagement(deployment: string, address: Address): void {
    this.add(deployment, { https: address, management: address })
  }

  protected override list(deployment: string): readonly ServerAddresses[] {
    return this.#servers.get(deployment) ?? []
  }
}

/** What listens at every address of this machine is reached at loopback. */
export function reachableHost(bind: string): string {
  if (bind === '::') return '::1'
  return bind === '0.0.0.0' ? '127.0.0.1' : bind
}

function reachable({ host, port }: Address): Address {
  return { host: reachableHost(host), port }
}

export interface ContainerPorts {
  readonly https: number
  readonly management: number
  /** By deployment. */
  readonly mail?: Readonly<Record<string, number>>
}

/** How long what the name server said holds: containers come and go. */
const namesKeptMs = 1_000

/** In containers: a deployment is found under its own name on every network that it shares with the caller. */
export class ContainerAddresses extends Rotation {
  readonly #ports: ContainerPorts
  readonly #found = new Map<string, { readonly servers: readonly ServerAddresses[]; readonly at: number }>()
  readonly #asking = new Map<string, Promise<readonly ServerAddresses[]>>()

  constructor(ports: ContainerPorts, health = new ServerHealth()) {
    super(health)
    this.#ports = ports
  }

  override async managements(deployment: string): Promise<readonly Address[]> {
    return (await this.#lookUp(deployment)).map(({ management }) => management)
  }

  /** What is known; under its name until the name server has said how many there are. */
  protected override list(deployment: string): readonly ServerAddresses[] {
    const found = this.#found.get(deployment)
    if (!found || performance.now() - found.at > namesKeptMs) void this.#lookUp(deployment)
    const { servers = [] } = found ?? {}
    return servers.length > 1 ? servers : [this.#at(deployment, deployment)]
  }

  #lookUp(deployment: string): Promise<readonly ServerAddresses[]> {
    const asked = this.#asking.get(deployment)
    if (asked) return asked
    const asking = this.#ask(deployment).finally(() => this.#asking.delete(deployment))
    this.#asking.set(deployment, asking)
    return asking
  }

  async #ask(deployment: string): Promise<readonly ServerAddresses[]> {
    const found = await lookup(deployment, { all: true, family: 4 }).catch(() => [])
    const servers = found.map(({ address }) => this.#at(address, deployment)).sort(byHost)
    this.#found.set(deployment, { servers, at: performance.now() })
    return servers
  }

  #at(host: string, deployment: string): ServerAddresses {
    const { https, management, mail = {} } = this.#ports
    const mailPort = mail[deployment]
    return {
      https: { host, port: https },
      management: { host, port: management },
      mail: mailPort === undefined ? undefined : { host, port: mailPort },
    }
  }
}

/** Name servers shuffle; turns are taken in an order of ours. */
function byHost(one: ServerAddresses, other: ServerAddresses): number {
  return one.https.host < other.https.host ? -1 : 1
}

/** The deployment that answers to `hostName` in `zone` (split DNS). */
export function deploymentOf(
  plans: readonly DeploymentPlan[],
  zone: Zone,
  hostName: string,
): DeploymentPlan | undefined {
  const wanted = hostName.toLowerCase().replace(/\.$/, '')
  return plans.find((plan) => plan.hosts[zone].includes(wanted))
}

/** Where a name leads to for calls of that deployment. */
export function addressOf(
  { plans, addresses }: { readonly plans: readonly DeploymentPlan[]; readonly addresses: AddressBook },
  { homeZone }: DeploymentPlan,
  hostName: string,
): Address | undefined {
  const target = deploymentOf(plans, homeZone, hostName)
  return target && addresses.https(target.name)
}
