import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import type { ConditionName } from './decision.ts'
import type { Signals } from './signals.ts'

/** A gap is a condition that cannot be told, and closes the door. */
export type Verdict = 'met' | 'notMet' | { readonly gap: string }

export type Conditions = ConditionalAccessPolicy['conditions']

export type Judge = (signals: Signals) => Verdict

export interface Condition {
  readonly name: ConditionName
  /** Done once for a policy; undefined when the policy does not set this condition. Signals come in lower case. */
  readonly compile: (conditions: Conditions) => Judge | undefined
  /** Which of the policy's own words matched, for whoever asks why. */
  readonly explain: (conditions: Conditions, signals: Signals) => ConditionDetail
}

/** What a condition names, what of it matched, and what the sign-in brought. */
export interface ConditionDetail {
  readonly includes: readonly NamedRule[]
  readonly excludes: readonly NamedRule[]
  readonly saw: string
}

export interface NamedRule {
  /** [Graph] conditionalAccessRule, such as `allUsers` or `groupId`. */
  readonly rule: string
  /** The policy's own word: an id, a keyword, a rule. */
  readonly value: string
  readonly matched: boolean
}

export function metIf(isMet: boolean): Verdict {
  return isMet ? 'met' : 'notMet'
}

/** What is excluded is out, whatever includes it. */
export function within(isIncluded: boolean, isExcluded: boolean): Verdict {
  return metIf(isIncluded && !isExcluded)
}

/** Ids and keywords are compared without regard to case. */
export function names(list: readonly string[], value: string | undefined): boolean {
  return value !== undefined && list.some((each) => each.toLowerCase() === value.toLowerCase())
}

/** The same for a list that is asked again and again: it takes values in lower case. */
export function lowered(list: readonly string[]): ReadonlySet<string> {
  return new Set(list.map((each) => each.toLowerCase()))
}

export function hasAny(set: ReadonlySet<string>, values: readonly string[]): boolean {
  if (set.size > 0) for (const value of values) if (set.has(value)) return true
  return false
}

/** Words separated by commas, as Graph writes flags. */
export function flagsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '')
}

/** For conditions that are a plain list of accepted words. */
export function listDetail(rule: string, accepted: readonly string[], word: string): ConditionDetail {
  const includes = accepted.map((value) => ({ rule, value, matched: value.toLowerCase() === word.toLowerCase() }))
  return { includes, excludes: [], saw: word }
}
