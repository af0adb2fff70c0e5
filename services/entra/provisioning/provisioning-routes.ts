import type { FastifyInstance } from 'fastify'
import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Store } from '#shared/store/store.ts'
import type { PassThroughBroker } from '../pass-through/broker.ts'
import type { PeopleTables } from '../people/people-tables.ts'

export interface ProvisioningParts<Schema extends PeopleTables> {
  /** The host that answers, such as adminwebservice.microsoftonline.com. */
  readonly host: string
  readonly store: Store<Schema>
  readonly scenario: Scenario
  readonly passThrough: PassThroughBroker
  readonly caPem: string
  readonly authenticateMachine: DeploymentContext['authenticateMachine']
}

/** What Entra Connect and its pass-through agents call; a scope of its own with its own error format. */
export declare function addProvisioningRoutes<Schema extends PeopleTables>(
  app: FastifyInstance,
  parts: ProvisioningParts<Schema>,
): void
