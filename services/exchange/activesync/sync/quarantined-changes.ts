import type { Folder } from '../../mailbox/folder.ts'
import type { ItemChanges, SyncPosition } from '../../mailbox/item-changes.ts'
import type { Call } from '../call.ts'

export function isQuarantined({ device }: Pick<Call, 'device'>): boolean {
  return device.accessState === 'Quarantined'
}

/**
 * A mailbox as a device in quarantine sees it: empty, but for the notice in the Inbox. Its position stays where it is,
 * with the notice as something it has, so that the same keys bring everything once it is let in.
 */
export async function quarantinedChanges(
  { parts, mailboxId, device: { noticeId } }: Call,
  folder: Folder,
  position: SyncPosition,
): Promise<ItemChanges> {
  const nothing = { changes: [], position, more: false }
  if (folder.wellKnown !== 'inbox' || noticeId === undefined || position.own[noticeId] !== undefined) return nothing
  const notice = await parts.mailboxes.findItem(mailboxId, noticeId)
  if (notice?.folderId !== folder.id) return nothing
  const own = { ...position.own, [noticeId]: notice.changeNumber }
  return {
    changes: [{ kind: 'add', item: notice, since: position.number }],
    position: { ...position, own },
    more: false,
  }
}
