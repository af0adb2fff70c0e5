import type { Address } from '../http/client.ts'
import type { DeploymentPlan, Zone } from './deployment.ts'

/** Which sockets the deployments listen on; takes the place of DNS. */
export interface AddressBook {
  https(deployment: string): Address | undefined
  management(deployment: string): Address | undefined
  /** Of those that take mail. */
  mail(deployment: string): Address | undefined
}

/** In one process: filled in while the listeners open. */
export class LocalAddresses implements AddressBook {
  readonly #https = new Map<string, Address>()
  readonly #management = new Map<string, Address>()
  readonly #mail = new Map<string, Address>()

  setHttps(deployment: string, address: Address): void {
    this.#https.set(deployment, address)
  }

  setManagement(deployment: string, address: Address): void {
    this.#management.set(deployment, address)
  }

  setMail(deployment: string, address: Address): void {
    this.#mail.set(deployment, address)
  }

  https(deployment: string): Address | undefined {
    return this.#https.get(deployment)
  }

  management(deployment: string): Address | undefined {
    return this.#management.get(deployment)
  }

  mail(deployment: string): Address | undefined {
    return this.#mail.get(deployment)
  }
}

export interface ContainerPorts {
  readonly https: number
  readonly management: number
  /** By deployment. */
  readonly mail?: Readonly<Record<string, number>>
}

/** In containers: a deployment is found under its own name on every network that it shares with the caller. */
export function containerAddresses(ports: ContainerPorts): AddressBook {
  return {
    https: (deployment) => ({ host: deployment, port: ports.https }),
    management: (deployment) => ({ host: deployment, port: ports.management }),
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
