import { type AccessCondition, type AccessRule, builtInPolicies } from './policies.ts'

/** What a trust says: a policy by name and the parameters bound to it. */
export interface AssignedPolicy {
  readonly name: string
  readonly parameters: { readonly groups?: readonly string[] | undefined }
}

export interface AccessFacts {
  readonly insideCorporateNetwork: boolean
  /** Every name under which a policy may mean one of the user's groups: `Sales`, `CONTOSO\Sales`, its SID. */
  readonly groupNames: readonly string[]
  readonly deviceAuthenticated: boolean
  /** The request is for the Device Registration Service trust. */
  readonly deviceRegistration: boolean
}

export interface AccessDecision {
  readonly outcome: 'permit' | 'permitWithMfa' | 'deny'
  readonly reason: string
  /** The number of the rule that decided, from 1; absent when none matched. */
  readonly rule?: number
}

/** Rules are joined by OR, and a match without MFA wins; no match, and everything not understood, is a denial. */
export function evaluateAccessControlPolicy(policy: AssignedPolicy, facts: AccessFacts): AccessDecision {
  const rules = rulesOf(policy)
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

function rulesOf({ name }: AssignedPolicy): readonly AccessRule[] | undefined {
  return Object.hasOwn(builtInPolicies, name) ? builtInPolicies[name as keyof typeof builtInPolicies] : undefined
}

function asksForGroups({ conditions, exceptions = [] }: AccessRule): boolean {
  return [...conditions, ...exceptions].some(({ kind }) => kind === 'groups')
}

function matches({ conditions, exceptions = [] }: AccessRule, facts: AccessFacts, groups: readonly string[]): boolean {
  const holds = (condition: AccessCondition) => conditionHolds(condition, facts, groups)
  return conditions.every(holds) && !exceptions.some(holds)
}

function conditionHolds({ kind }: AccessCondition, facts: AccessFacts, groups: readonly string[]): boolean {
  switch (kind) {
    case 'everyone':
      return true
    case 'intranet':
      return facts.insideCorporateNetwork
    case 'extranet':
      return !facts.insideCorporateNetwork
    case 'groups':
      return groups.some((group) => facts.groupNames.some((name) => name.toLowerCase() === group.toLowerCase()))
    case 'authenticatedDevice':
      return facts.deviceAuthenticated
    case 'deviceRegistration':
      return facts.deviceRegistration
  }
}

const words: Readonly<Record<AccessCondition['kind'], string>> = {
  everyone: 'everyone',
  intranet: 'from the intranet',
  extranet: 'from the extranet',
  groups: 'members of',
  authenticatedDevice: 'from authenticated devices',
  deviceRegistration: 'for device registration',
}

function describeRule({ conditions, exceptions = [], requireMfa }: AccessRule, groups: readonly string[]): string {
  const list = (all: readonly AccessCondition[]) =>
    all.map(({ kind }) => (kind === 'groups' ? `${words.groups} ${groups.join(', ')}` : words[kind])).join(' and ')
  const except = exceptions.length > 0 ? ` except ${list(exceptions)}` : ''
  return `permit ${list(conditions)}${except}${requireMfa ? ' and require multifactor authentication' : ''}`
}

function describe({ insideCorporateNetwork, groupNames }: AccessFacts): string {
  const place = insideCorporateNetwork ? 'the intranet' : 'the extranet'
  return `a user from ${place} in [${groupNames.join(', ')}]`
}
