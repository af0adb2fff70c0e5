import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { allConditions } from './conditions.ts'
import type { AppliedPolicy, ConditionName, Decision, PolicyResult, UnmetControl } from './decision.ts'
import { controlsOf, type GrantVerdict, judgeGrant, promptOrder } from './grant-controls.ts'
import { combineSessionControls, sessionControlsOf, sessionGap } from './session-controls.ts'
import type { Signals } from './signals.ts'

/*
 * Conditional Access: policies and the signals of one sign-in in, a decision with its reasons out.
 * Owns which policies apply, what they require, and in which order it is asked for; no I/O, no time, no prompts.
 * Asked at every sign-in and every token issuance; whoever asks carries the decision out.
 */

export function evaluateConditionalAccess(policies: readonly ConditionalAccessPolicy[], signals: Signals): Decision {
  const judged = policies.map((policy) => judgePolicy(policy, signals))
  const enforced = judged.filter(({ policy, applies }) => applies && policy.state === 'enabled')
  // Policies have no order, so the one that is named for a demand of several must not depend on theirs.
  const applying = enforced.sort((a, b) => (a.policy.id < b.policy.id ? -1 : 1))
  const blocks = applying.flatMap(blockOf)
  const requires = blocks.length > 0 ? blocks : inPromptOrder(applying.flatMap(unmetOf))
  return {
    outcome: blocks.length > 0 ? 'block' : requires.length > 0 ? 'challenge' : 'allow',
    reason: reasonOf(applying.length, requires[0]),
    requires,
    sessionControls: combineSessionControls(applying.map(({ policy }) => policy)),
    policies: judged.map(toAppliedPolicy),
  }
}

interface Judged {
  readonly policy: ConditionalAccessPolicy
  readonly satisfied: readonly ConditionName[]
  readonly notSatisfied: readonly ConditionName[]
  readonly applies: boolean
  readonly grant: GrantVerdict
}

/** A policy that cannot be judged applies and is never satisfied, unless what can be judged rules it out. */
function judgePolicy(policy: ConditionalAccessPolicy, signals: Signals): Judged {
  const verdicts = allConditions.map(({ name, judge }) => ({ name, verdict: judge(policy.conditions, signals) }))
  const named = (wanted: string) => verdicts.flatMap(({ name, verdict }) => (verdict === wanted ? [name] : []))
  const conditionGap = verdicts.flatMap(({ verdict }) => (typeof verdict === 'object' ? [verdict.gap] : []))[0]
  const gap = conditionGap ?? sessionGap(policy.sessionControls)
  const notSatisfied = named('notMet')
  return {
    policy,
    satisfied: named('met'),
    notSatisfied,
    applies: notSatisfied.length === 0,
    grant: gap === undefined ? judgeGrant(policy.grantControls, signals) : { kind: 'gap', gap },
  }
}

function blockOf({ policy, grant }: Judged): UnmetControl[] {
  if (grant.kind !== 'blocked' && grant.kind !== 'gap') return []
  const detail = grant.kind === 'gap' ? `gap: ${grant.gap}` : undefined
  return [{ control: 'block', aadsts: 53003, detail, policyId: policy.id, policyName: policy.displayName }]
}

function unmetOf({ policy, grant }: Judged): UnmetControl[] {
  if (grant.kind !== 'unmet') return []
  return grant.controls.map((each) => ({ ...each, policyId: policy.id, policyName: policy.displayName }))
}

/** What several policies require is asked once. */
function inPromptOrder(unmet: readonly UnmetControl[]): readonly UnmetControl[] {
  const distinct = new Map<string, UnmetControl>()
  for (const each of unmet) {
    const key = `${each.control} ${each.detail ?? ''}`
    if (!distinct.has(key)) distinct.set(key, each)
  }
  const rank = ({ control }: UnmetControl) => promptOrder.indexOf(control)
  return [...distinct.values()].sort((a, b) => rank(a) - rank(b))
}

function reasonOf(applying: number, first: UnmetControl | undefined): string {
  if (first?.control === 'block') {
    return first.detail === undefined
      ? `blocked: ${first.policyName}`
      : `blocked: ${first.policyName} (${first.detail})`
  }
  if (first) return `unmet: ${first.control} (${first.policyName})`
  return applying > 0 ? 'satisfied' : 'noPolicyApplies'
}

function toAppliedPolicy({ policy, satisfied, notSatisfied, applies, grant }: Judged): AppliedPolicy {
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
