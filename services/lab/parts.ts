import type { Authority } from '#certs/authority.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentContext, DeploymentPlan } from '#shared/stack/deployment.ts'
import type { Worlds } from '#shared/stack/worlds.ts'
import { ErrorGuide } from './error-guide/error-guide.ts'
import { JournalCollector } from './journal/collector.ts'
import type { SimulatorParts } from './outlook-mobile/simulator.ts'
import { Walks } from './outlook-mobile/walk.ts'
import { createReset } from './reset/reset-everything.ts'
import { WorldSnapshots } from './snapshots/world-snapshots.ts'
/** What the lab works with: the others' management ports, the scenario, the CA. */
import { tellWhereabouts } from './tenant/whereabouts.ts'
import { WorldClient } from './world/world-client.ts'

export interface LabParts {
  readonly manage: DeploymentContext['manage']
  readonly scenario: Scenario
  readonly plans: readonly DeploymentPlan[]
  /** The names of the plans. */
  readonly deployments: readonly string[]
  readonly self: string
  readonly authority: Authority
  readonly journal: JournalCollector
  readonly reset: ReturnType<typeof createReset>
  readonly snapshots: WorldSnapshots
  readonly worlds: Worlds | undefined
  readonly simulator: SimulatorParts
  readonly errorGuide: ErrorGuide
}

export function labParts(context: DeploymentContext): LabParts {
  const { manage, servers, scenario, deployments: plans, name: self, authority, worlds, random } = context
  const deployments = plans.map((plan) => plan.name)
  const journal = new JournalCollector({ manage, servers, self, deployments })
  const reset = createReset({ manage, deployments })
  const snapshots = new WorldSnapshots({
    ...{ manage, self, deployments },
    restored: () => tellWhereabouts({ manage, plans, scenario }),
  })
  const world = new WorldClient(manage, authority)
  const simulator = { manage, world, walks: new Walks(), scenario, journal, random, clock: context.clock }
  const errorGuide = new ErrorGuide(manage, plans)
  const known = { manage, scenario, plans, deployments, self, authority }
  return { ...known, journal, reset, snapshots, worlds, simulator, errorGuide }
}
