import type { Comparison, Rule, RuleValue } from './rule.ts'

/** The rule as text that reads back as the same rule. */
export function formatRule(rule: Rule): string {
  if (rule.kind === 'comparison') return formatComparison(rule)
  if (rule.kind === 'not') return `-not ${formatOperand(rule.term, 'not')}`
  return rule.terms.map((term) => formatOperand(term, rule.kind)).join(` -${rule.kind} `)
}

export function formatComparison({ property, operator, value }: Comparison): string {
  return `device.${property} ${operator} ${formatValue(value)}`
}

export function formatValue(value: RuleValue): string {
  if (value === null) return 'null'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return quote(value)
  return `[${value.map(quote).join(', ')}]`
}

function quote(text: string): string {
  return /["`]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`
}

function formatOperand(term: Rule, around: 'and' | 'or' | 'not'): string {
  const text = formatRule(term)
  return bindsTighter(term, around) ? text : `(${text})`
}

function bindsTighter(term: Rule, around: 'and' | 'or' | 'not'): boolean {
  if (term.kind === 'comparison' || term.kind === 'not') return true
  return term.kind === 'and' && around === 'or'
}
