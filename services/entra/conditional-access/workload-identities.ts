import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { type ApplicationFilter, ruleHolds, type SecurityAttributes } from './application-filter.ts'
import { lowered } from './condition.ts'
import type { ConditionName } from './decision.ts'
import type { CompiledPolicy, PolicySet } from './policy-set.ts'
import type { LocationSignal, RiskLevel, Signals } from './signals.ts'

/** Facts about an application that signs in in its own name ("Conditional Access for workload identities"). */
export interface WorkloadSignals {
  /** Object id of the service principal. */
  readonly servicePrincipalId: string
  /** Registered in this tenant, and so no service of Microsoft's or of another organization's. */
  readonly isOfTenant: boolean
  readonly attributes?: SecurityAttributes | undefined
  /** appId of the API. */
  readonly resourceId: string
  readonly location: LocationSignal
  /** Undefined counts as none. */
  readonly risk?: RiskLevel | undefined
}

export interface JudgedWorkload {
  readonly policy: ConditionalAccessPolicy
  /** Undefined when the policy is for people. */
  readonly notSatisfied: readonly ConditionName[] | undefined
  /** What cannot be told, and closes the door. */
  readonly gap: string | undefined
}

/** What a policy for workload identities asks that one for people asks as well. */
const shared: ReadonlySet<ConditionName> = new Set(['application', 'location'])

/** The name of a policy that blocks an application's own sign-in; such policies can do nothing else. */
export function blockingPolicy({ policies }: PolicySet, workload: WorkloadSignals): string | undefined {
  const blocking = policies
    .filter(({ policy }) => policy.state === 'enabled' && policy.conditions.clientApplications !== null)
    .map((policy) => judgeWorkload(policy, workload))
    .find(({ policy, notSatisfied }) => notSatisfied?.length === 0 && blocks(policy))
  return blocking && [blocking.policy.displayName, blocking.gap].filter(Boolean).join(': gap: ')
}

function blocks({ grantControls }: ConditionalAccessPolicy): boolean {
  return grantControls?.builtInControls.includes('block') === true
}

export function judgeWorkload(compiled: CompiledPolicy, workload: WorkloadSignals): JudgedWorkload {
  const { policy, judges, servicePrincipalFilter: filter } = compiled
  const { clientApplications, servicePrincipalRiskLevels } = policy.conditions
  if (!clientApplications) return { policy, notSatisfied: undefined, gap: undefined }
  const signals = asSignals(workload)
  const verdicts = judges
    .filter(({ name }) => shared.has(name))
    .map(({ name, judge }) => ({ name, verdict: judge(signals) }))
  const risks = lowered(servicePrincipalRiskLevels)
  const notSatisfied: ConditionName[] = [
    ...(isNamed(clientApplications, filter, workload) ? [] : (['servicePrincipals'] as const)),
    ...(risks.size === 0 || risks.has(workload.risk ?? 'none') ? [] : (['servicePrincipalRisk'] as const)),
    ...verdicts.flatMap(({ name, verdict }) => (verdict === 'notMet' ? [name] : [])),
  ]
  const gaps = verdicts.flatMap(({ verdict }) => (typeof verdict === 'object' ? [verdict.gap] : []))
  const gap = filter?.kind === 'gap' ? filter.gap : gaps[0]
  return { policy, notSatisfied, gap }
}

type Named = NonNullable<ConditionalAccessPolicy['conditions']['clientApplications']>

/** A filter may bring in what no list names, or spare what one does; what cannot be told is in. */
function isNamed(
  named: Named,
  filter: ApplicationFilter | undefined,
  { servicePrincipalId, isOfTenant, attributes }: WorkloadSignals,
): boolean {
  const included = lowered(named.includeServicePrincipals)
  const id = servicePrincipalId.toLowerCase()
  if (!isOfTenant || lowered(named.excludeServicePrincipals).has(id)) return false
  const isListed = included.has(id) || included.has('serviceprincipalsinmytenant')
  if (!filter) return isListed
  if (filter.kind === 'gap') return true
  const matches = ruleHolds(filter.rule, attributes)
  return filter.mode === 'include' ? isListed || matches : isListed && !matches
}

function asSignals({ servicePrincipalId, resourceId, location }: WorkloadSignals): Signals {
  const namedLocationIds = location.namedLocationIds.map((id) => id.toLowerCase())
  return {
    user: { objectId: servicePrincipalId, groups: [], roles: [] },
    application: { appId: resourceId.toLowerCase() },
    clientAppType: 'other',
    location: { ...location, namedLocationIds },
    satisfied: { mfa: false, combinations: [] },
    hasMfaMethods: false,
  }
}
