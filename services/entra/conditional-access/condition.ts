import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import type { ConditionName } from './decision.ts'
import type { Signals } from './signals.ts'

/** `any`: the policy does not set this condition. A gap is a condition that cannot be told, and closes the door. */
export type Verdict = 'any' | 'met' | 'notMet' | { readonly gap: string }

export type Conditions = ConditionalAccessPolicy['conditions']

export interface Condition {
  readonly name: ConditionName
  readonly judge: (conditions: Conditions, signals: Signals) => Verdict
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
