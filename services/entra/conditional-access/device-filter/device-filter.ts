/*
 * The condition "filter for devices" of Conditional Access: its rule language and what a rule says of a device.
 * Owns reading, writing and evaluating rules; does not know policies, stores or where the device comes from.
 * Compile a filter once and keep it with its policy; matching allocates little and parses nothing.
 * Source: "Conditional Access: Filter for devices", whose syntax is that of rules for dynamic membership groups.
 */
import type { DeviceSignal } from '../signals.ts'
import { type DecidedComparison, evaluateRule } from './evaluate-rule.ts'
import { formatComparison, formatValue } from './format-rule.ts'
import { parseRule } from './parse-rule.ts'
import { readProperty } from './properties.ts'
import type { Rule } from './rule.ts'

/** [Graph] conditionalAccessFilter. */
export interface DeviceFilterText {
  readonly mode: 'include' | 'exclude'
  readonly rule: string
}

export interface DeviceFilter {
  readonly mode: 'include' | 'exclude'
  readonly rule: Rule
}

export interface DeviceFilterMatch {
  /** Whether the condition is met, that is whether the policy goes on to apply. */
  readonly matches: boolean
  /** Such as `exclude: rule is true (device.trustType -eq "ServerAD": "ServerAd")`. */
  readonly reason: string
}

/** Comparisons that a reason names at most. */
const reasonsShown = 3

/** Throws DeviceFilterRuleError. */
export function compileDeviceFilter({ mode, rule }: DeviceFilterText): DeviceFilter {
  return { mode, rule: parseRule(rule) }
}

/** `device` is undefined when it is not registered or did not identify itself. */
export function matchesDeviceFilter({ mode, rule }: DeviceFilter, device: DeviceSignal | undefined): DeviceFilterMatch {
  const { holds, because } = evaluateRule(rule, device && ((name) => readProperty(device, name)))
  const shown = because.slice(0, reasonsShown).map((each) => explain(each, device))
  const more = because.length > reasonsShown ? ['…'] : []
  return {
    matches: holds === (mode === 'include'),
    reason: `${mode}: rule is ${holds} (${[...shown, ...more].join('; ')})`,
  }
}

function explain({ comparison, actual }: DecidedComparison, device: DeviceSignal | undefined): string {
  return `${formatComparison(comparison)}: ${device ? formatValue(actual) : 'unregistered device'}`
}
