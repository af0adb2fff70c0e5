import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { inLowerCase } from './evaluate.ts'
import type { PolicySet } from './policy-set.ts'
import type { Signals } from './signals.ts'

const deviceControls: ReadonlySet<string> = new Set([
  'compliantDevice',
  'domainJoinedDevice',
  'approvedApplication',
  'compliantApplication',
])

/**
 * The first policy that cannot be judged without knowing the device. Session details are collected for policies that
 * only report, too ("Building a Conditional Access policy", phase 1).
 */
export function policyAskingForDevice(
  { policies }: PolicySet,
  given: Signals,
): Pick<ConditionalAccessPolicy, 'displayName'> | undefined {
  const signals = inLowerCase(given)
  const asking = policies.find(
    ({ policy, judges }) =>
      policy.state !== 'disabled' &&
      asksForDevice(policy) &&
      judges.every(({ name, judge }) => name === 'deviceState' || judge(signals) !== 'notMet'),
  )
  return asking?.policy
}

function asksForDevice({ conditions, grantControls }: ConditionalAccessPolicy): boolean {
  if (conditions.devices?.deviceFilter) return true
  return grantControls?.builtInControls.some((control) => deviceControls.has(control)) === true
}
