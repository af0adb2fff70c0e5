import type { Call } from '../call.ts'
import { filterWithin } from '../devices/policy-limits.ts'
import { learnChanges } from './learn-changes.ts'
import { isServed } from './sync-collection.ts'
import { keptSince } from './sync-options.ts'

/** Whether a Sync would find something for the client: the same question that Sync asks, so that both agree. */
export async function hasPending(call: Call, collectionId: string): Promise<boolean> {
  const { sharedReads, context } = call.parts
  const state = await sharedReads.collection(call.key, collectionId)
  // Never synchronised: there is everything to learn.
  if (!state) return true
  const folder = await sharedReads.folder(call.mailboxId, collectionId)
  if (!folder || !isServed(folder, call.version)) return false
  const learning = {
    folder,
    position: state.current.position,
    keptSince: keptSince(filterWithin(call.limits, folder, state.options.filterType), context.clock.now()),
    limit: 1,
  }
  const { changes, more } = await learnChanges(call, learning, sharedReads)
  return changes.length > 0 || more
}
