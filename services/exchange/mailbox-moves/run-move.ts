import type { MoveEnd } from './move-end.ts'
import type { Move, MoveChanges } from './move-store.ts'

export interface MoveRun {
  readonly source: MoveEnd
  readonly target: MoveEnd
  /** The move as it is now; undefined once it was removed, suspended, or is another server's. */
  readonly look: () => Promise<Move | undefined>
  readonly note: (changes: MoveChanges) => Promise<void>
  readonly now: () => Date
}

/** A mailbox that changes faster than it is copied is not moved. */
const mostRounds = 100

/**
 * Copies a mailbox and switches it. The source is shut in one step with the look at its last change number, so that
 * whatever came until then was copied, and what comes later comes to the target; nobody writes to it before.
 */
export async function runMove(run: MoveRun): Promise<void> {
  const started = await run.look()
  if (!started) return
  if (await isOver(run, started)) return
  if (started.position === 0) await run.target.prepare(started.mailbox_id)
  await run.note({ status: 'InProgress', status_detail: 'CopyingMessages' })
  for (let round = 0; round < mostRounds; round += 1) if ((await oneRound(run, started)) === 'ended') return
  throw new Error('the mailbox changes faster than it is copied')
}

/** Copies what there is, and switches when nothing more came meanwhile. */
async function oneRound(run: MoveRun, started: Move): Promise<'again' | 'ended'> {
  const changeNumber = await copyChanges(run, started)
  const move = await run.look()
  if (!move || changeNumber === undefined) return 'ended'
  if (move.seeded_at === null) await run.note({ seeded_at: run.now().getTime() })
  if (move.suspends_when_ready !== 1) return (await switchOver(run, move, changeNumber)) ? 'ended' : 'again'
  await run.note({ status: 'AutoSuspended', status_detail: 'AutoSuspended' })
  return 'ended'
}

/** A move that was interrupted after the switch has nothing left but to clean up. */
async function isOver(run: MoveRun, { object_guid, mailbox_id }: Move): Promise<boolean> {
  const there = await run.target.describe(object_guid)
  if (there?.mailboxId !== mailbox_id) return false
  await complete(run, mailbox_id)
  return true
}

async function complete({ source, note, now }: MoveRun, mailboxId: string): Promise<void> {
  await source.discard(mailboxId)
  const at = now().getTime()
  await note({ status: 'Completed', status_detail: 'Completed', completed_at: at, message: '' })
}

/** The change number at the source before the round; undefined when the move was stopped meanwhile. */
async function copyChanges(run: MoveRun, { object_guid, mailbox_id }: Move): Promise<number | undefined> {
  const facts = (await run.source.describe(object_guid))?.mailbox
  const isReleased = facts === undefined
  const largest = (await run.target.describe(object_guid))?.largestItem ?? Number.POSITIVE_INFINITY
  await run.target.takeFolders(mailbox_id, await run.source.folders(mailbox_id))
  for (;;) {
    const move = await run.look()
    if (!move) return undefined
    const { items: all, badIds, position, isLast } = await run.source.items(mailbox_id, move.position)
    const items = all.filter(({ row }) => row.size <= largest)
    const left = {
      bad_items: move.bad_items + badIds.length,
      large_items: move.large_items + all.length - items.length,
    }
    await run.target.takeItems(mailbox_id, items)
    const bytes = items.reduce((sum, { row }) => sum + row.size, 0)
    await run.note({
      position,
      items_done: move.items_done + items.length,
      bytes_done: move.bytes_done + bytes,
      ...left,
      ...(facts && { items_total: facts.items, bytes_total: facts.bytes, quota_bytes: facts.quotaBytes }),
      attempts: 0,
    })
    refuseLosses({ ...move, ...left })
    if (isLast) return isReleased ? position : facts.changeNumber
  }
}

/** "This mailbox exceeded the maximum number of corrupted items that were specified for this move request." */
export class ItemLimitExceeded extends Error {
  override readonly name = 'ItemLimitExceeded'
}

function refuseLosses(move: Pick<Move, 'bad_items' | 'bad_item_limit' | 'large_items' | 'large_item_limit'>): void {
  const { bad_items, bad_item_limit, large_items, large_item_limit } = move
  const exceeds = (count: number, limit: number) => limit >= 0 && count > limit
  if (exceeds(bad_items, bad_item_limit))
    throw new ItemLimitExceeded(
      'This mailbox exceeded the maximum number of corrupted items that were specified for this move request.',
    )
  if (exceeds(large_items, large_item_limit))
    throw new ItemLimitExceeded(
      'This mailbox exceeded the maximum number of large items that were specified for this move request.',
    )
}

async function switchOver(run: MoveRun, move: Move, changeNumber: number): Promise<boolean> {
  const { source, target } = run
  const { object_guid: objectGuid, mailbox_id: mailboxId } = move
  await run.note({ status: 'CompletionInProgress', status_detail: 'FinalIncrementalSync' })
  const before = await source.describe(objectGuid)
  await target.keepOnly(mailboxId, await source.itemIds(mailboxId))
  await target.hold(objectGuid, true)
  const [name = ''] = move.email_address.split('@')
  const externalAddress = `${name}@${move.target_delivery_domain}`
  const released = await source.release(objectGuid, { changeNumber, externalAddress })
  if (!released) {
    await target.hold(objectGuid, false)
    return false
  }
  const { quota_bytes: quotaBytes } = move
  await target.activate(objectGuid, { mailboxId, changeNumber, quotaBytes, settings: before?.settings ?? {} })
  await complete(run, mailboxId)
  return true
}
