// What is augmented below must be known to the compiler.
import type {} from 'vitest'
import type { FlowId } from '#shared/flows.ts'
import type { RefusalFilter, WalkFilter } from './matchers.ts'

/*
 * `fauxchange/vitest`: the matchers with their types for Vitest, which is needed by the compiler alone.
 *
 *   import { fauxchangeMatchers } from 'fauxchange/vitest'
 *   expect.extend(fauxchangeMatchers)
 */

export { fauxchangeMatchers } from './matchers.ts'

interface FauxchangeAssertions {
  /** Every step of a documented flow was walked. */
  toHaveWalked(flow: FlowId, filter?: WalkFilter): Promise<void>
  /** One step was, such as `WEB-ONPREM-4`. */
  toHaveWalkedStep(step: string, filter?: WalkFilter): Promise<void>
  /** Somebody was refused something, for this reason. */
  toHaveRefused(filter?: RefusalFilter): Promise<void>
}

declare module 'vitest' {
  interface Assertion<T> extends FauxchangeAssertions {}
}
