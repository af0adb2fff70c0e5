import type { Call } from '../call.ts'
import { learnChanges } from './learn-changes.ts'
import { isServed } from './sync-collection.ts'
import { keptSince } from './sync-options.ts'

/** Whether a Sync would find something for the client: the same question that Sync asks, so that both agree. */
export async function hasPending(call: Call, collectionId: string): Promise<boolean> {
  const { devices, mailboxes } = call.parts
  const state = await devices.collection(call.key, collectionId)
  // Never synchronised: there is everything to learn.
  if (!state) return true
  const folder = await mailboxes.findFolder(call.mailboxId, collectionId)
  if (!folder || !isServed(folder, call.version)) return false
  const { changes, more } = await learnChanges(call, {
    folder,
    position: state.current.position,
    keptSince: keptSince(state.options.filterType, call.parts.context.clock.now()),
    limit: 1,
  })
  return changes.length > 0 || more
}
