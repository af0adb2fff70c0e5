import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import type { ConditionName } from './decision.ts'
import { inLowerCase } from './evaluate.ts'
import type { CompiledPolicy, PolicySet } from './policy-set.ts'
import type { Signals } from './signals.ts'
import { judgeWorkload, type WorkloadSignals } from './workload-identities.ts'

/** [Graph] whatIfAnalysisReasons: why a policy would not apply. */
export type AnalysisReason =
  | 'notSet'
  | 'notEnoughInformation'
  | 'users'
  | 'workloadIdentities'
  | 'application'
  | 'userActions'
  | 'authenticationContext'
  | 'devicePlatform'
  | 'devices'
  | 'clientApps'
  | 'location'
  | 'signInRisk'
  | 'userRisk'
  | 'insiderRisk'
  | 'authenticationFlow'
  | 'policyNotEnabled'
  | 'invalidPolicy'

export interface PolicyAnalysis {
  readonly policy: ConditionalAccessPolicy
  readonly applies: boolean
  readonly reasons: readonly AnalysisReason[]
}

export interface WhatIf {
  /** One for each application that is asked about. */
  readonly situations: readonly Signals[]
  /** Conditions that nothing is said of: a policy that turns on one cannot be told. */
  readonly unsaid: ReadonlySet<ConditionName>
}

/** "Conditional Access What If": which policies would apply, and which condition keeps the others away. */
export function analysePolicies({ policies }: PolicySet, { situations, unsaid }: WhatIf): readonly PolicyAnalysis[] {
  const lowered = situations.map(inLowerCase)
  return policies.map((compiled) => {
    if (compiled.policy.state === 'disabled')
      return { policy: compiled.policy, applies: false, reasons: ['policyNotEnabled'] }
    const analyses = lowered.map((signals) => reasonsOf(compiled, signals, unsaid))
    const applying = analyses.find((reasons) => reasons.length === 0)
    const reasons = applying ?? analyses[0] ?? []
    return {
      policy: compiled.policy,
      applies: applying !== undefined,
      reasons: reasons.length > 0 ? reasons : ['notSet'],
    }
  })
}

/** The same for an application that signs in in its own name. */
export function analyseWorkload(
  { policies }: PolicySet,
  workload: WorkloadSignals,
  unsaid: ReadonlySet<ConditionName>,
): readonly PolicyAnalysis[] {
  return policies.map((compiled) => {
    const { policy } = compiled
    if (policy.state === 'disabled') return { policy, applies: false, reasons: ['policyNotEnabled'] }
    const { notSatisfied, gap } = judgeWorkload(compiled, workload)
    if (!notSatisfied) return { policy, applies: false, reasons: ['workloadIdentities'] }
    if (notSatisfied.length === 0)
      return { policy, applies: true, reasons: [gap === undefined ? 'notSet' : 'invalidPolicy'] }
    const reasons = notSatisfied.map((name) =>
      unsaid.has(name) ? 'notEnoughInformation' : name === 'application' ? name : reasonNames[name],
    )
    return { policy, applies: false, reasons: [...new Set(reasons)] }
  })
}

function reasonsOf(
  { judges }: CompiledPolicy,
  signals: Signals,
  unsaid: ReadonlySet<ConditionName>,
): readonly AnalysisReason[] {
  const reasons = judges.flatMap(({ name, judge }): AnalysisReason[] => {
    const verdict = judge(signals)
    if (verdict === 'met') return []
    if (typeof verdict === 'object') return ['invalidPolicy']
    return [unsaid.has(name) ? 'notEnoughInformation' : reasonFor(name, signals)]
  })
  return [...new Set(reasons)]
}

function reasonFor(name: ConditionName, { userAction, authenticationContexts }: Signals): AnalysisReason {
  if (name !== 'application') return reasonNames[name]
  if (userAction !== undefined) return 'userActions'
  return authenticationContexts ? 'authenticationContext' : 'application'
}

const reasonNames: Readonly<Record<Exclude<ConditionName, 'application'>, AnalysisReason>> = {
  users: 'users',
  devicePlatform: 'devicePlatform',
  location: 'location',
  clientType: 'clientApps',
  signInRisk: 'signInRisk',
  userRisk: 'userRisk',
  deviceState: 'devices',
  client: 'clientApps',
  servicePrincipals: 'workloadIdentities',
  servicePrincipalRisk: 'workloadIdentities',
  authenticationFlows: 'authenticationFlow',
  insiderRisk: 'insiderRisk',
}
