import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import type { ConditionDetail } from './condition.ts'
import { allConditions } from './conditions.ts'
import type { AppliedPolicy, ConditionName, GrantControl } from './decision.ts'
import { inLowerCase } from './evaluate.ts'
import { judgeControls } from './grant-controls.ts'
import { judgePolicy, toAppliedPolicy } from './judge-policy.ts'
import type { CompiledPolicy, PolicySet } from './policy-set.ts'
import type { Signals } from './signals.ts'

/** Everything about one policy and one sign-in: what matched, what did not, what was asked and what answered it. */
export interface PolicyExplanation extends Pick<AppliedPolicy, 'id' | 'displayName' | 'result' | 'reason'> {
  readonly state: ConditionalAccessPolicy['state']
  readonly applies: boolean
  /** Of the conditions that the policy sets. */
  readonly conditions: readonly ConditionExplanation[]
  readonly operator?: 'AND' | 'OR' | undefined
  readonly controls: readonly ControlExplanation[]
  readonly sessionControls: readonly string[]
}

export interface ConditionExplanation extends ConditionDetail {
  readonly condition: ConditionName
  readonly verdict: 'met' | 'notMet' | 'gap'
  readonly gap?: string | undefined
}

export interface ControlExplanation {
  readonly control: GrantControl
  /** The strength, the terms or the custom control by id. */
  readonly detail?: string | undefined
  readonly verdict: 'satisfied' | 'unsatisfied' | 'gap'
  /** What the sign-in brought that speaks for or against it. */
  readonly because: string
}

export function explainPolicies({ policies }: PolicySet, given: Signals): readonly PolicyExplanation[] {
  const signals = inLowerCase(given)
  return policies.map((compiled) => explainPolicy(compiled, signals))
}

function explainPolicy(compiled: CompiledPolicy, signals: Signals): PolicyExplanation {
  const { policy } = compiled
  const judged = judgePolicy(compiled, signals)
  const { id, displayName, result, reason, enforcedSessionControls } = toAppliedPolicy(judged)
  return {
    id,
    displayName,
    state: policy.state,
    result,
    reason,
    applies: judged.applies && policy.state !== 'disabled',
    conditions: compiled.judges.map(({ name, judge }) => {
      const verdict = judge(signals)
      const told = typeof verdict === 'object' ? { verdict: 'gap' as const, gap: verdict.gap } : { verdict }
      return { condition: name, ...told, ...detailOf(name, policy, signals) }
    }),
    operator: policy.grantControls?.operator,
    controls: controlsOf(compiled, signals),
    sessionControls: enforcedSessionControls,
  }
}

function detailOf(name: ConditionName, { conditions }: ConditionalAccessPolicy, signals: Signals): ConditionDetail {
  const condition = allConditions.find((each) => each.name === name)
  return condition?.explain(conditions, signals) ?? { includes: [], excludes: [], saw: '' }
}

function controlsOf({ policy, strength }: CompiledPolicy, signals: Signals): readonly ControlExplanation[] {
  if (!policy.grantControls) return []
  return judgeControls(policy.grantControls, signals, strength).map(({ control, detail, verdict }) => ({
    control,
    detail,
    verdict: typeof verdict === 'object' ? 'gap' : verdict,
    because: typeof verdict === 'object' ? verdict.gap : evidenceOf(control, signals),
  }))
}

/** What of the signals a control looks at. */
function evidenceOf(control: GrantControl, { satisfied, device, hasMfaMethods }: Signals): string {
  const methods = satisfied.combinations.join(' | ') || 'no method'
  const known = device ? `${device.displayName} (${device.trustType})` : 'no device that identified itself'
  const evidence: Readonly<Record<GrantControl, string>> = {
    block: 'a policy that blocks lets nobody in',
    mfa: `${methods}${satisfied.mfa ? '' : hasMfaMethods ? '; a second factor is registered' : '; none is registered'}`,
    authenticationStrength: methods,
    compliantDevice: device ? `${known}: compliant ${device.isCompliant}, managed ${device.isManaged}` : known,
    domainJoinedDevice: known,
    approvedApplication: satisfied.approvedApplication ? 'an approved client app' : 'no approved client app',
    compliantApplication: satisfied.compliantApplication ? 'app protection is in place' : 'no app protection',
    passwordChange: satisfied.passwordChanged ? 'the password was changed' : 'the password was not changed',
    termsOfUse: `accepted: ${satisfied.termsOfUse?.join(', ') || 'none'}`,
    customAuthenticationFactor: `passed: ${satisfied.customFactors?.join(', ') || 'none'}`,
  }
  return evidence[control]
}
