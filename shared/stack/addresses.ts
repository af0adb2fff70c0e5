import { lookup } from 'node:dns/promises'
import type { Address } from '../http/client.ts'
import type { DeploymentPlan, Zone } from './deployment.ts'

/** Which sockets the deployments listen on; takes the place of DNS. */
export interface AddressBook {
  /** Of several servers each in its turn, with the others behind it. */
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

/** In one process: filled in while the listeners open, and with servers that run elsewhere. */
export class LocalAddresses implements AddressBook {
  readonly #https = new RoundRobin()
  readonly #management = new RoundRobin()
  readonly #mail = new RoundRobin()

  add(deployment: string, { https, management, mail }: ServerAddresses): void {
    this.#https.add(deployment, https)
    this.#management.add(deployment, management)
    if (mail) this.#mail.add(deployment, mail)
  }

  addManagement(deployment: string, address: Address): void {
    this.#management.add(deployment, address)
  }

  https(deployment: string): Address | undefined {
    return this.#https.next(deployment)
  }

  management(deployment: string): Address | undefined {
    return this.#management.next(deployment)
  }

  async managements(deployment: string): Promise<readonly Address[]> {
    return this.#management.all(deployment)
  }

  mail(deployment: string): Address | undefined {
    return this.#mail.next(deployment)
  }
}

/** What listens at every address of this machine is reached at loopback. */
export function reachableHost(bind: string): string {
  if (bind === '::') return '::1'
  return bind === '0.0.0.0' ? '127.0.0.1' : bind
}

/** As a name server that rotates the addresses of a name. */
class RoundRobin {
  readonly #addresses = new Map<string, readonly Address[]>()

  add(name: string, { host, port }: Address): void {
    this.#addresses.set(name, [...this.all(name), { host: reachableHost(host), port }])
  }

  all(name: string): readonly Address[] {
    return this.#addresses.get(name) ?? []
  }

  next(name: string): Address | undefined {
    const [first, ...others] = this.all(name)
    if (!first || others.length === 0) return first
    this.#addresses.set(name, [...others, first])
    return [first, ...others].reduceRight<Address | undefined>(
      (otherwise, address) => ({ ...address, otherwise }),
      undefined,
    )
  }
}

export interface ContainerPorts {
  readonly https: number
  readonly management: number
  /** By deployment. */
  readonly mail?: Readonly<Record<string, number>>
}

/**
 * In containers: a deployment is found under its own name on every network that it shares with the caller. Of several
 * addresses of a name, connections take those that answer (Node's `autoSelectFamily`).
 */
export function containerAddresses(ports: ContainerPorts): AddressBook {
  return {
    https: (deployment) => ({ host: deployment, port: ports.https }),
    management: (deployment) => ({ host: deployment, port: ports.management }),
    managements: async (deployment) => {
      const found = await lookup(deployment, { all: true }).catch(() => [])
      return found.map(({ address }) => ({ host: address, port: ports.management }))
    },
    mail: (deployment) => {
      const port = ports.mail?.[deployment]
      return port === undefined ? undefined : { host: deployment, port }
    },
  }
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
