import { BlockList } from 'node:net'
import type { CustomAccessControlPolicy } from '#shared/scenario/world.ts'
import { compilePattern } from '../claim-rules/pattern.ts'
import { addRange } from './conditions.ts'

/** @throws Error for a range or a regular expression that cannot be read: then nobody knows whom the policy permits. */
export function checkPolicy({ name, rules }: CustomAccessControlPolicy): void {
  const conditions = rules.flatMap((rule) => [...rule.conditions, ...rule.exceptions])
  try {
    for (const condition of conditions) checkCondition(condition)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`access control policy "${name}": ${why}`, { cause: error })
  }
}

function checkCondition(condition: CustomAccessControlPolicy['rules'][number]['conditions'][number]): void {
  if (condition.kind === 'networks') for (const range of condition.ranges) addRange(new BlockList(), range)
  if (condition.kind === 'claim' && condition.operator === 'RegExMatch') compilePattern(condition.value ?? '')
}
