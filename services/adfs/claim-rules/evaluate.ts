import { type Claim, claimOf, localAuthority } from './claim.ts'
import type {
  Action,
  Assignment,
  Comparison,
  Condition,
  Expression,
  PropertyReference,
  Rule,
  RuleSet,
  Test,
} from './syntax.ts'
import { occurs, PatternTimeout, replaced } from './time-limit.ts'

/** Answers a rule's query: for each wanted type its values, none when nothing was found. */
export interface AttributeStore {
  query(query: string, parameters: readonly string[], types: readonly string[]): Promise<readonly (readonly string[])[]>
}

export type AttributeStores = Readonly<Record<string, AttributeStore>>

/** A rule asks for something that this configuration cannot give; the whole set then yields nothing. */
export class ClaimRuleFailure extends Error {
  constructor(message: string, rule: Rule) {
    const name = rule.name === undefined ? `at line ${rule.position.line}` : `"${rule.name}"`
    super(`claim rule ${name}: ${message}`)
    this.name = 'ClaimRuleFailure'
  }
}

type Bindings = ReadonlyMap<string, Claim>

/** What one rule did, for whoever wants to know why a token is as it is. */
export interface RuleStep {
  readonly rule: Rule
  /** How many combinations of claims satisfied the conditions. */
  readonly matches: number
  readonly made: readonly Claim[]
}

/** Runs the rules in order, once; gives back the output set, which starts empty. */
export async function evaluateClaimRules(
  rules: RuleSet,
  incoming: readonly Claim[],
  stores: AttributeStores = {},
  observe: (step: RuleStep) => void = () => undefined,
): Promise<readonly Claim[]> {
  const input = [...incoming]
  const output: Claim[] = []
  for (const rule of rules) {
    const step = await runRule(rule, input, stores)
    observe(step)
    input.push(...step.made)
    if (rule.action.target === 'issue') output.push(...step.made)
  }
  return output
}

async function runRule(rule: Rule, input: readonly Claim[], stores: AttributeStores): Promise<RuleStep> {
  try {
    const matches = matchesOf(rule.conditions, input)
    const made: Claim[] = []
    for (const bindings of matches) made.push(...(await act(rule, bindings, stores)))
    return { rule, matches: matches.length, made }
  } catch (error) {
    if (error instanceof PatternTimeout) throw new ClaimRuleFailure(error.message, rule)
    throw error
  }
}

/** Every combination of claims that satisfies the conditions; one empty combination when none of them binds. */
function matchesOf(conditions: readonly Condition[], claims: readonly Claim[]): readonly Bindings[] {
  let combinations: Bindings[] = [new Map()]
  for (const condition of conditions) {
    if (condition.kind === 'match') {
      const found = claims.filter((claim) => satisfies(claim, condition.tests))
      combinations = combinations.flatMap((each) => found.map((claim) => bound(each, condition.identifier, claim)))
    } else if (!holds(condition, claims)) return []
  }
  return combinations
}

function bound(bindings: Bindings, identifier: string | undefined, claim: Claim): Bindings {
  return identifier === undefined ? bindings : new Map([...bindings, [identifier, claim]])
}

function holds(condition: Exclude<Condition, { kind: 'match' }>, claims: readonly Claim[]): boolean {
  const found = claims.filter((claim) => satisfies(claim, condition.tests)).length
  if (condition.kind === 'exists') return found > 0 === condition.wanted
  return compare(found, condition.comparison, condition.number)
}

function compare(found: number, comparison: Comparison, number: number): boolean {
  const results: Readonly<Record<Comparison, boolean>> = {
    '==': found === number,
    '!=': found !== number,
    '>': found > number,
    '>=': found >= number,
    '<': found < number,
    '<=': found <= number,
  }
  return results[comparison]
}

function satisfies(claim: Claim, tests: readonly Test[]): boolean {
  return tests.every((test) => {
    const value = propertyOf(claim, test.property)
    if (test.kind === 'text') {
      return (value.toLowerCase() === test.operand.toLowerCase()) === (test.operator === '==')
    }
    return occurs(test.pattern, value) === (test.operator === '=~')
  })
}

function propertyOf(claim: Claim, reference: PropertyReference): string {
  return reference.kind === 'field' ? claim[reference.field] : (claim.properties[reference.name] ?? '')
}

async function act(rule: Rule, bindings: Bindings, stores: AttributeStores): Promise<readonly Claim[]> {
  const { action } = rule
  if (action.kind === 'copy') return [claimBound(bindings, action.identifier)]
  if (action.kind === 'construct') return [constructed(action.assignments, bindings)]
  return queried(rule, action, bindings, stores)
}

async function queried(
  rule: Rule,
  action: Extract<Action, { kind: 'query' }>,
  bindings: Bindings,
  stores: AttributeStores,
): Promise<readonly Claim[]> {
  const store = Object.entries(stores).find(([name]) => name.toLowerCase() === action.store.toLowerCase())?.[1]
  if (!store) throw new ClaimRuleFailure(`there is no attribute store "${action.store}"`, rule)
  const parameters = action.parameters.map((each) => evaluated(each, bindings))
  const columns = await store.query(action.query, parameters, action.types).catch((error: unknown) => {
    throw new ClaimRuleFailure(error instanceof Error ? error.message : String(error), rule)
  })
  const issuer = storeIssuer[action.store.toLowerCase()] ?? localAuthority
  return action.types.flatMap((type, index) => (columns[index] ?? []).map((value) => claimOf(type, value, { issuer })))
}

// What comes from the directory is Active Directory's word; the docs' own rules test for this issuer.
const storeIssuer: Readonly<Record<string, string>> = { 'active directory': 'AD AUTHORITY' }

function constructed(assignments: readonly Assignment[], bindings: Bindings): Claim {
  const fields: Record<string, string> = {}
  const properties: Record<string, string> = {}
  for (const { to, value } of assignments) {
    if (to.kind === 'property') properties[to.name] = decoded(evaluated(value, bindings), value)
    else fields[to.field] = decoded(evaluated(value, bindings), value)
  }
  const { type = '', value = '', ...more } = fields
  return claimOf(type, value, { ...more, properties })
}

function evaluated(expression: Expression, bindings: Bindings): string {
  switch (expression.kind) {
    case 'literal':
      return expression.text
    case 'reference':
      return propertyOf(claimBound(bindings, expression.identifier), expression.property)
    case 'join':
      return evaluated(expression.left, bindings) + evaluated(expression.right, bindings)
    case 'replace':
      return replaced(expression.pattern, evaluated(expression.input, bindings), expression.replacement)
  }
}

/** A quote inside a literal is written `\x22` ("Issuing JSON claims" in the AD FS documentation). */
function decoded(value: string, expression: Expression): string {
  if (expression.kind !== 'literal') return value
  return value.replace(/\\x([0-9A-Fa-f]{2})/g, (_match, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function claimBound(bindings: Bindings, identifier: string): Claim {
  const claim = bindings.get(identifier)
  if (!claim) throw new Error(`the parser let the unknown identifier "${identifier}" pass`)
  return claim
}
