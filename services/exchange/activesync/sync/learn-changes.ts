import type { Folder } from '../../mailbox/folder.ts'
import type { Item } from '../../mailbox/item.ts'
import type { ItemChange, ItemChanges, SyncPosition } from '../../mailbox/item-changes.ts'
import type { MailboxStore } from '../../mailbox/mailbox-store.ts'
import type { Call } from '../call.ts'
import { partialElements } from '../classes/message.ts'
import { isQuarantined, quarantinedChanges } from './quarantined-changes.ts'

export interface Learning {
  readonly folder: Folder
  readonly position: SyncPosition
  readonly keptSince: Date | undefined
  readonly limit: number
}

/**
 * What the client hears of a folder. Changes that its version has no words for are passed over here, so that Sync and
 * Ping agree: a Ping that says 2 before a Sync that finds nothing would loop.
 */
export async function learnChanges(
  call: Call,
  { folder, position, keptSince, limit }: Learning,
  read: Pick<MailboxStore, 'itemChanges'> = call.parts.mailboxes,
): Promise<ItemChanges> {
  if (isQuarantined(call)) return quarantinedChanges(call, folder, position)
  const { mailboxId, version } = call
  let from = position
  for (;;) {
    const page = await read.itemChanges({
      mailboxId,
      folderId: folder.id,
      position: from,
      keptSince,
      limit,
    })
    const changes = page.changes.filter((change) => isTold(change, folder, version))
    if (changes.length > 0 || !page.more || page.changes.length === 0) return { ...page, changes }
    from = page.position
  }
}

function isTold(change: ItemChange, folder: Folder, version: number): boolean {
  if (!('item' in change)) return true
  if (!belongs(change.item, folder)) return false
  const isPartial = change.kind === 'change' && change.item.kind === 'message'
  return !isPartial || partialElements(change.item, change.since, version)?.length !== 0
}

const kindsByClass = {
  mail: 'message',
  calendar: 'appointment',
  contacts: 'contact',
  tasks: 'task',
  notes: 'note',
} as const

/** Appointments among deleted mail are no mail, and devices know nothing of them. */
export function belongs(item: Item, { folderClass }: Folder): boolean {
  return item.kind === kindsByClass[folderClass]
}
