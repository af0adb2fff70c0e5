import { readStackTime, type StackTimeParts } from '../clock/stack-time.ts'
import { unlessUnreachable } from '../peers/ask.ts'
import type { StackTime } from './frame.ts'

/** The time for the top of a page; a page without it is better than none. */
export async function stackTime(parts: StackTimeParts): Promise<StackTime | undefined> {
  const reading = await unlessUnreachable(readStackTime(parts))
  return reading && { now: reading.now.toISOString(), frozen: reading.state.frozenAt !== null }
}
