import type { Address } from '../http/client.ts'
import type { Zone } from './deployment.ts'

/** A whole stack beside the one that made it: the same names, its own gateways, clock, faults, journal and state. */
export interface World {
  readonly id: string
  readonly gateways: Readonly<Record<Zone, { readonly httpPort: number; readonly tlsPort: number }>>
  /** Where mail is taken, by deployment. */
  readonly mail: Readonly<Record<string, Address>>
}

/** What the lab of a stack can ask the process for. */
export interface Worlds {
  /**
   * @param scenario YAML; the scenario of the stack that makes it when left out.
   * @throws UnreadableScenario
   */
  create(scenario?: string): Promise<World>
  list(): readonly World[]
  /** False when there is none of that id. */
  end(id: string): Promise<boolean>
}

export class UnreadableScenario extends Error {
  override readonly name = 'UnreadableScenario'
}
