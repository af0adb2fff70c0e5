import type { PropertyValue } from './properties.ts'
import type { Comparison, Operator, Rule, RuleValue } from './rule.ts'

export interface Evaluation {
  readonly holds: boolean
  /** The comparisons that decided. */
  readonly because: readonly DecidedComparison[]
}

export interface DecidedComparison {
  readonly comparison: Comparison
  readonly holds: boolean
  /** Null for what the device lacks. */
  readonly actual: PropertyValue
}

/** Undefined where nothing is there to be read: a device that is not registered or did not identify itself. */
export type ReadProperty = ((name: string) => PropertyValue) | undefined

export function evaluateRule(rule: Rule, read: ReadProperty): Evaluation {
  if (rule.kind === 'comparison') return evaluateComparison(rule, read)
  if (rule.kind === 'not') {
    const { holds, because } = evaluateRule(rule.term, read)
    return { holds: !holds, because }
  }
  return evaluateJunction(rule.terms, rule.kind === 'or', read)
}

/** The first term whose value settles the junction decides alone; without one all do. */
function evaluateJunction(terms: readonly Rule[], settling: boolean, read: ReadProperty): Evaluation {
  const because: DecidedComparison[] = []
  for (const term of terms) {
    const evaluation = evaluateRule(term, read)
    if (evaluation.holds === settling) return evaluation
    because.push(...evaluation.because)
  }
  return { holds: !settling, because }
}

function evaluateComparison(comparison: Comparison, read: ReadProperty): Evaluation {
  const actual = read?.(comparison.property) ?? null
  const { negative, test } = tests[comparison.operator]
  // "Policy behavior with filter for devices": positive operators never hold for an unregistered device, not even
  // -eq null, and negative ones always do.
  const positive = read !== undefined && test(actual, comparison.value)
  const holds = positive !== negative
  return { holds, because: [{ comparison, holds, actual }] }
}

type Test = (actual: PropertyValue, value: RuleValue) => boolean

const tests: Readonly<Record<Operator, { readonly negative: boolean; readonly test: Test }>> = {
  '-eq': { negative: false, test: equals },
  '-ne': { negative: true, test: equals },
  '-startsWith': { negative: false, test: startsWith },
  '-notStartsWith': { negative: true, test: startsWith },
  '-endsWith': { negative: false, test: endsWith },
  '-notEndsWith': { negative: true, test: endsWith },
  '-contains': { negative: false, test: contains },
  '-notContains': { negative: true, test: contains },
  '-in': { negative: false, test: isIn },
  '-notIn': { negative: true, test: isIn },
}

/** "Regex and string operations aren't case sensitive" ("rules for dynamic membership groups"). */
function fold<Value>(value: Value): Value | string {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function equals(actual: PropertyValue, value: RuleValue): boolean {
  return fold(actual) === fold(value)
}

function startsWith(actual: PropertyValue, value: RuleValue): boolean {
  return bothText(actual, value, (text, part) => text.startsWith(part))
}

function endsWith(actual: PropertyValue, value: RuleValue): boolean {
  return bothText(actual, value, (text, part) => text.endsWith(part))
}

/** "Filter for devices": part of a string, but one whole string of a collection. */
function contains(actual: PropertyValue, value: RuleValue): boolean {
  if (isList(actual)) return actual.some((each) => equals(each, value))
  return bothText(actual, value, (text, part) => text.includes(part))
}

function isIn(actual: PropertyValue, value: RuleValue): boolean {
  return isList(value) && value.some((each) => equals(actual, each))
}

function bothText(actual: PropertyValue, value: RuleValue, test: (text: string, part: string) => boolean): boolean {
  if (typeof actual !== 'string' || typeof value !== 'string') return false
  return test(actual.toLowerCase(), value.toLowerCase())
}

function isList(value: PropertyValue | RuleValue): value is readonly string[] {
  return Array.isArray(value)
}
