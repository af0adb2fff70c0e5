import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import type { AppliedPolicy, ConditionName, PolicyResult } from './decision.ts'
import { controlsOf, type GrantVerdict, judgeGrant } from './grant-controls.ts'
import type { CompiledPolicy } from './policy-set.ts'
import { sessionControlsOf } from './session-controls.ts'
import type { Signals } from './signals.ts'

/** How a policy stands to one sign-in. */
export interface JudgedPolicy {
  readonly policy: ConditionalAccessPolicy
  readonly satisfied: readonly ConditionName[]
  readonly notSatisfied: readonly ConditionName[]
  readonly applies: boolean
  readonly grant: GrantVerdict
}

/** A policy that cannot be judged applies and is never satisfied, unless what can be judged rules it out. */
export function judgePolicy(compiled: CompiledPolicy, signals: Signals): JudgedPolicy {
  const { policy, judges, strength } = compiled
  const satisfied: ConditionName[] = []
  const notSatisfied: ConditionName[] = []
  const obstacle = compiled.sessionObstacle?.(signals)
  let gap = obstacle?.kind === 'gap' ? obstacle.gap : undefined
  for (const { name, judge } of judges) {
    const verdict = judge(signals)
    if (verdict === 'met') satisfied.push(name)
    else if (verdict === 'notMet') notSatisfied.push(name)
    else gap = verdict.gap
  }
  const grant: GrantVerdict =
    gap !== undefined ? { kind: 'gap', gap } : (obstacle ?? judgeGrant(policy.grantControls, signals, strength))
  return { policy, satisfied, notSatisfied, applies: notSatisfied.length === 0, grant }
}

/** Stops at the first condition that keeps the policy away: most policies are about somebody or something else. */
export function judgeIfApplying(compiled: CompiledPolicy, signals: Signals): JudgedPolicy | undefined {
  if (compiled.policy.state === 'disabled') return undefined
  for (const { judge } of compiled.judges) if (judge(signals) === 'notMet') return undefined
  return judgePolicy(compiled, signals)
}

export function toAppliedPolicy({ policy, satisfied, notSatisfied, applies, grant }: JudgedPolicy): AppliedPolicy {
  const { id, displayName, state } = policy
  const isOn = state !== 'disabled'
  return {
    id,
    displayName,
    result: resultOf(state, applies, grant),
    conditionsSatisfied: isOn ? satisfied : [],
    conditionsNotSatisfied: isOn ? notSatisfied : [],
    enforcedGrantControls: isOn && applies ? controlsOf(policy.grantControls) : [],
    enforcedSessionControls: isOn && applies ? sessionControlsOf(policy.sessionControls) : [],
    reason: policyReason(state, notSatisfied, grant),
  }
}

function resultOf(state: ConditionalAccessPolicy['state'], applies: boolean, grant: GrantVerdict): PolicyResult {
  if (state === 'disabled') return 'notEnabled'
  if (state === 'enabled') {
    if (!applies) return 'notApplied'
    return grant.kind === 'satisfied' ? 'success' : 'failure'
  }
  if (!applies) return 'reportOnlyNotApplied'
  if (grant.kind === 'gap') return 'unknown'
  if (grant.kind === 'satisfied') return 'reportOnlySuccess'
  return grant.kind === 'unmet' && grant.controls.every(({ control }) => promptable.has(control))
    ? 'reportOnlyInterrupted'
    : 'reportOnlyFailure'
}

/** What the person could have done on the spot ("Conditional Access report-only mode"). */
const promptable: ReadonlySet<string> = new Set(['mfa', 'authenticationStrength', 'passwordChange'])

function policyReason(
  state: ConditionalAccessPolicy['state'],
  notSatisfied: readonly ConditionName[],
  grant: GrantVerdict,
): string {
  if (state === 'disabled') return 'disabled'
  if (notSatisfied.length > 0) return `conditionNotMet: ${notSatisfied.join(', ')}`
  if (grant.kind === 'gap') return `gap: ${grant.gap}`
  if (grant.kind === 'unmet') return `unmet: ${grant.controls.map(({ control }) => control).join(', ')}`
  return grant.kind
}
