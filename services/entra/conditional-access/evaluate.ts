import type { AppliedPolicy, Decision, UnmetControl } from './decision.ts'
import { promptOrder } from './grant-controls.ts'
import { type JudgedPolicy, judgeIfApplying, judgePolicy, toAppliedPolicy } from './judge-policy.ts'
import type { PolicySet } from './policy-set.ts'
import { combineSessionControls } from './session-controls.ts'
import type { Signals } from './signals.ts'

/*
 * Conditional Access: policies and the signals of one sign-in in, a decision with its reasons out.
 * Owns which policies apply, what they require, and in which order it is asked for; no I/O, no time, no prompts.
 * Asked at every sign-in and every token issuance; whoever asks carries the decision out.
 */

export function evaluateConditionalAccess(policySet: PolicySet, given: Signals): Decision {
  const signals = inLowerCase(given)
  // Policies have no order, so the one that is named for a demand of several must not depend on theirs.
  const applying = policySet
    .candidates(signals)
    .flatMap((policy) => judgeIfApplying(policy, signals) ?? [])
    .sort((a, b) => (a.policy.id < b.policy.id ? -1 : 1))
  const enforced = applying.filter(({ policy }) => policy.state === 'enabled')
  const blocks = enforced.flatMap(blockOf)
  const requires = blocks.length > 0 ? blocks : inPromptOrder(enforced.flatMap(unmetOf))
  return {
    evaluated: { policySet, signals: given },
    outcome: blocks.length > 0 ? 'block' : requires.length > 0 ? 'challenge' : 'allow',
    reason: reasonOf(enforced.length, requires[0]),
    requires,
    sessionControls: combineSessionControls(enforced.map(({ policy }) => policy)),
    applied: applying.map(toAppliedPolicy),
    get policies() {
      return everyPolicy(policySet, given)
    },
  }
}

/** How every policy stood, in their own order. */
export function everyPolicy(policySet: PolicySet, given: Signals): readonly AppliedPolicy[] {
  const signals = inLowerCase(given)
  return policySet.policies.map((policy) => toAppliedPolicy(judgePolicy(policy, signals)))
}

/** Ids are compared without regard to case: policies are compiled to lower case, and so are signals. */
export function inLowerCase(signals: Signals): Signals {
  const lower = (ids: readonly string[]) => ids.map((id) => id.toLowerCase())
  const { user, application, location, authenticationContexts } = signals
  return {
    ...signals,
    user: { ...user, objectId: user.objectId.toLowerCase(), groups: lower(user.groups), roles: lower(user.roles) },
    application: { ...application, appId: application.appId.toLowerCase() },
    location: { ...location, namedLocationIds: lower(location.namedLocationIds) },
    ...(authenticationContexts && { authenticationContexts: lower(authenticationContexts) }),
  }
}

function blockOf({ policy, grant }: JudgedPolicy): UnmetControl[] {
  if (grant.kind !== 'blocked' && grant.kind !== 'gap') return []
  const detail = grant.kind === 'gap' ? `gap: ${grant.gap}` : grant.detail
  const aadsts = (grant.kind === 'blocked' && grant.aadsts) || 53003
  return [{ control: 'block', aadsts, detail, policyId: policy.id, policyName: policy.displayName }]
}

function unmetOf({ policy, grant }: JudgedPolicy): UnmetControl[] {
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
