import type { DeviceSignal } from '../signals.ts'
import { type PropertyValue, readProperty } from './properties.ts'
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

/** `device` is undefined when it is not registered or did not identify itself. */
export function evaluateRule(rule: Rule, device: DeviceSignal | undefined): Evaluation {
  if (rule.kind === 'comparison') return evaluateComparison(rule, device)
  if (rule.kind === 'not') {
    const { holds, because } = evaluateRule(rule.term, device)
    return { holds: !holds, because }
  }
  return evaluateJunction(rule.terms, rule.kind === 'or', device)
}

/** The first term whose value settles the junction decides alone; without one all do. */
function evaluateJunction(terms: readonly Rule[], settling: boolean, device: DeviceSignal | undefined): Evaluation {
  const because: DecidedComparison[] = []
  for (const term of terms) {
    const evaluation = evaluateRule(term, device)
    if (evaluation.holds === settling) return evaluation
    because.push(...evaluation.because)
  }
  return { holds: !settling, because }
}

function evaluateComparison(comparison: Comparison, device: DeviceSignal | undefined): Evaluation {
  const actual = device ? readProperty(device, comparison.property) : null
  const { negative, test } = tests[comparison.operator]
  // "Policy behavior with filter for devices": positive operators never hold for an unregistered device, not even
  // -eq null, and negative ones always do.
  const positive = device !== undefined && test(actual, comparison.value)
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
