import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import type { Decision } from './decision.ts'
import type { Signals } from './signals.ts'

export declare function evaluateConditionalAccess(
  policies: readonly ConditionalAccessPolicy[],
  signals: Signals,
): Decision
