import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { ConditionalAccessPolicy, Scenario } from '#shared/scenario/world.ts'

type Conditions = ConditionalAccessPolicy['conditions']

export interface PolicyChanges {
  readonly id: string
  readonly applications?: Partial<Conditions['applications']>
  readonly conditions?: Partial<Conditions>
  readonly grant?: Partial<NonNullable<ConditionalAccessPolicy['grantControls']>> | null
  readonly session?: ConditionalAccessPolicy['sessionControls']
}

/** The default world with these policies instead of its own: everybody, every app, a second factor unless they differ. */
export async function worldWith(policies: readonly PolicyChanges[], scenario?: Scenario): Promise<Scenario> {
  const world = scenario ?? (await loadDefaultScenario())
  const [model] = world.entra.conditionalAccess.policies
  if (!model) throw new Error('the default world has no policy')
  return {
    ...world,
    entra: { ...world.entra, conditionalAccess: { policies: policies.map((changes) => changed(model, changes)) } },
  }
}

function changed(
  { conditions, grantControls, ...model }: ConditionalAccessPolicy,
  { id, applications, conditions: more, grant, session }: PolicyChanges,
): ConditionalAccessPolicy {
  if (!grantControls) throw new Error('the first policy of the default world grants nothing')
  return {
    ...model,
    id,
    displayName: `Policy ${id}`,
    state: 'enabled',
    conditions: {
      ...conditions,
      clientAppTypes: ['all'],
      ...more,
      applications: { ...conditions.applications, includeApplications: ['All'], ...applications },
    },
    grantControls: grant === null ? null : { ...grantControls, ...grant },
    sessionControls: session ?? null,
  }
}
