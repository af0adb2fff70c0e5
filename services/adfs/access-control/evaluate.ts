import type { CustomAccessControlPolicy } from '#shared/scenario/world.ts'
import { type AccessFacts, conditionHolds, describeCondition } from './conditions.ts'
import { type AccessCondition, type AccessRule, builtInPolicies } from './policies.ts'

/** What a trust says: a policy by name and the parameters bound to it. */
export interface AssignedPolicy {
  readonly name: string
  readonly parameters: { readonly groups?: readonly string[] | undefined }
}

export interface AccessDecision {
  readonly outcome: 'permit' | 'permitWithMfa' | 'deny'
  readonly reason: string
  /** The number of the rule that decided, from 1; absent when none matched. */
  readonly rule?: number
}

/** Rules are joined by OR, and a match without MFA wins; no match, and everything not understood, is a denial. */
export function evaluateAccessControlPolicy(
  policy: AssignedPolicy,
  facts: AccessFacts,
  custom: readonly CustomAccessControlPolicy[] = [],
): AccessDecision {
  const rules = rulesOf(policy, custom)
  if (rules === undefined) return { outcome: 'deny', reason: `there is no access control policy "${policy.name}"` }
  const groups = policy.parameters.groups ?? []
  if (groups.length === 0 && rules.some(asksForGroups)) {
    return { outcome: 'deny', reason: `"${policy.name}" was assigned without its GroupParameter` }
  }
  const matched = rules.filter((rule) => matches(rule, facts, groups))
  const decisive = matched.find((rule) => !rule.requireMfa) ?? matched[0]
  if (!decisive) return { outcome: 'deny', reason: `no rule of "${policy.name}" permits ${describe(facts)}` }
  const number = rules.indexOf(decisive) + 1
  return {
    outcome: decisive.requireMfa ? 'permitWithMfa' : 'permit',
    reason: `"${policy.name}", rule ${number}: ${describeRule(decisive, groups)}`,
    rule: number,
  }
}

/** A built-in name stays what it is, whatever a policy of one's own is called. */
function rulesOf(
  { name }: AssignedPolicy,
  custom: readonly CustomAccessControlPolicy[],
): readonly AccessRule[] | undefined {
  if (Object.hasOwn(builtInPolicies, name)) return builtInPolicies[name as keyof typeof builtInPolicies]
  return custom.find((policy) => policy.name === name)?.rules
}

function asksForGroups({ conditions, exceptions = [] }: AccessRule): boolean {
  return [...conditions, ...exceptions].some((each) => each.kind === 'groups' && each.groups === undefined)
}

function matches({ conditions, exceptions = [] }: AccessRule, facts: AccessFacts, groups: readonly string[]): boolean {
  const holds = (condition: AccessCondition) => conditionHolds(condition, facts, groups)
  return conditions.every(holds) && !exceptions.some(holds)
}

/** A rule in the words of AD FS Management. */
export function describeRule(
  { conditions, exceptions = [], requireMfa }: AccessRule,
  groups: readonly string[],
): string {
  const list = (all: readonly AccessCondition[], by: string) =>
    all.map((condition) => describeCondition(condition, groups)).join(by)
  const except = exceptions.length > 0 ? ` except ${list(exceptions, ' or ')}` : ''
  return `permit ${list(conditions, ' and ')}${except}${requireMfa ? ' and require multifactor authentication' : ''}`
}

function describe({ insideCorporateNetwork, groupNames }: AccessFacts): string {
  const place = insideCorporateNetwork ? 'the intranet' : 'the extranet'
  return `a user from ${place} in [${groupNames.join(', ')}]`
}
