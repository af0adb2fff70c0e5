import type { Insertable } from 'kysely'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { folderClasses, folderNames, type WellKnownFolder, wellKnownFolders } from './folder.ts'
import type { FolderRow } from './mailbox-tables.ts'
import type { MailboxDatabase } from './rows.ts'

export function folderIdOf(mailboxId: string, name: WellKnownFolder): string {
  return derivedGuid('folder', `${mailboxId}/${name}`)
}

/** A well-known folder with nothing in it. */
export function emptyFolderRow(mailboxId: string, name: WellKnownFolder, position: number): Insertable<FolderRow> {
  return {
    id: folderIdOf(mailboxId, name),
    mailbox_id: mailboxId,
    parent_id: null,
    well_known: name,
    folder_class: folderClasses[name],
    display_name: folderNames[name],
    position,
    unread_count: 0,
    total_count: 0,
    change_number: 0,
    hierarchy_number: 0,
    created_number: 0,
  }
}

export async function createMailbox(db: MailboxDatabase, mailboxId: string): Promise<void> {
  const made = await db
    .insertInto('mailbox')
    .values({ id: mailboxId, change_number: 0, size_bytes: 0, quota_bytes: null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!made) return
  const rows = wellKnownFolders.map((name, position) => emptyFolderRow(mailboxId, name, position))
  await db.insertInto('folder').values(rows).execute()
}

const itemsAStatement = 300

export async function removeMailbox(db: MailboxDatabase, mailboxId: string): Promise<void> {
  for (;;) {
    const rows = await db
      .selectFrom('item')
      .select('number')
      .where('mailbox_id', '=', mailboxId)
      .limit(itemsAStatement)
      .execute()
    if (rows.length === 0) break
    await eraseRows(
      db,
      rows.map(({ number }) => number),
    )
  }
  const folders = db.selectFrom('folder').select('id').where('mailbox_id', '=', mailboxId)
  await db.deleteFrom('item_departure').where('folder_id', 'in', folders).execute()
  for (const table of ['search_hit', 'search_word', 'deleted_folder', 'folder'] as const)
    await db.deleteFrom(table).where('mailbox_id', '=', mailboxId).execute()
  await db.deleteFrom('mailbox').where('id', '=', mailboxId).execute()
}

/** Items with all that hangs from them; what their folders and the mailbox count is not touched. */
export async function eraseRows(db: MailboxDatabase, numbers: readonly number[]): Promise<void> {
  if (numbers.length === 0) return
  for (const table of ['search_hit', 'item_attachment', 'item_content'] as const)
    await db.deleteFrom(table).where('item_number', 'in', numbers).execute()
  await db.deleteFrom('item').where('number', 'in', numbers).execute()
}
