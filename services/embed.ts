/*
 * What a program that installs the package can import.
 *
 *   import { startStack } from 'fauxchange'
 *   await using stack = await startStack()
 */

import './refuse-old-node.ts'

export { formatProblems, loadScenario, loadScenarioFile } from '#shared/scenario/load.ts'
export type { Scenario } from '#shared/scenario/world.ts'
export {
  type HeldPasskey,
  type JournalEntry,
  type JournalFilter,
  LabClient,
  type LabPhone,
  LabRefusal,
  type MailSummary,
  type PhoneBehaviour,
  type PhoneView,
} from './lab-client.ts'
export { Stack, type StackOptions, startStack } from './stack.ts'
