import { evaluateRule } from './device-filter/evaluate-rule.ts'
import { parseRule } from './device-filter/parse-rule.ts'
import type { PropertyValue, Vocabulary } from './device-filter/properties.ts'
import { operators, type Rule } from './device-filter/rule.ts'
import { DeviceFilterRuleError } from './device-filter/rule-error.ts'

/*
 * The filter for applications of a policy: rules about custom security attributes, in the language of the filter for
 * devices. Owns their vocabulary; what an application's attributes are is the directory's (applications/).
 * Source: "Conditional Access: Filter for applications".
 */

/** Values of attributes of type String by `set_attribute`; those that are missing have none. */
export type SecurityAttributes = Readonly<Record<string, string | readonly string[]>>

/** Names of sets and attributes are letters and digits; which there are is for whoever assigns them. */
const vocabulary: Vocabulary = {
  object: 'CustomSecurityAttribute',
  known: 'CustomSecurityAttribute.<attribute set>_<attribute>',
  find: (name) => (/^[A-Za-z0-9]+_[A-Za-z0-9_]+$/.test(name) ? { name, type: 'string', operators } : undefined),
}

/** Throws DeviceFilterRuleError. */
export function compileApplicationRule(text: string): Rule {
  return parseRule(text, vocabulary)
}

export function ruleHolds(rule: Rule, attributes: SecurityAttributes = {}): boolean {
  return evaluateRule(rule, readerOf(attributes)).holds
}

function readerOf(attributes: SecurityAttributes) {
  const byName = new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]))
  return (name: string): PropertyValue => byName.get(name.toLowerCase()) ?? null
}

/** A policy's filter, read once. A rule that cannot be read is a gap, not a rule that matches nothing. */
export type ApplicationFilter =
  | { readonly kind: 'rule'; readonly mode: 'include' | 'exclude'; readonly rule: Rule }
  | { readonly kind: 'gap'; readonly gap: string }

type FilterText = { readonly mode: 'include' | 'exclude'; readonly rule: string } | null

export function compileApplicationFilter(text: FilterText): ApplicationFilter | undefined {
  if (!text) return undefined
  try {
    return { kind: 'rule', mode: text.mode, rule: compileApplicationRule(text.rule) }
  } catch (error) {
    if (error instanceof DeviceFilterRuleError) return { kind: 'gap', gap: `applicationFilter: ${error.message}` }
    throw error
  }
}
