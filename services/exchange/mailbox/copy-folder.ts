import type { Random } from '#shared/random.ts'
import { createFolder, folderQuery, withDescendants } from './change-folder.ts'
import type { Folder } from './folder.ts'
import { MailboxRefusal } from './mailbox-refusal.ts'
import { copyItem } from './relocate-item.ts'
import { folderOf, folderRow, type MailboxDatabase } from './rows.ts'

/** With its items and everything below it, under the same name. A copy of a well-known folder is an ordinary one. */
export async function copyFolder(
  db: MailboxDatabase,
  mailboxId: string,
  { folderId, parentId }: { readonly folderId: string; readonly parentId: string | undefined },
  random: Random,
): Promise<Folder> {
  await folderRow(db, mailboxId, folderId)
  const [top, ...below] = withDescendants(await folderQuery(db, mailboxId).execute(), folderId)
  if (!top || [top, ...below].some(({ id }) => id === parentId))
    throw new MailboxRefusal('folderInsideItself', `"${parentId}" is the folder itself or below it`)
  const copies = new Map<string, string>()
  const copyOf = async (folder: typeof top, intoId: string | undefined) => {
    const { displayName, folderClass } = folderOf(folder)
    const copy = await createFolder(db, mailboxId, { displayName, folderClass, parentId: intoId }, random.uuid())
    copies.set(folder.id, copy.id)
    await copyItems(db, folder.id, copy.id, random)
    return copy
  }
  const { id } = await copyOf(top, parentId)
  for (const folder of below) await copyOf(folder, copies.get(folder.parent_id ?? ''))
  return folderOf(await folderRow(db, mailboxId, id))
}

/** In the order in which they came. */
async function copyItems(db: MailboxDatabase, fromId: string, toId: string, random: Random): Promise<void> {
  const rows = await db.selectFrom('item').selectAll().where('folder_id', '=', fromId).orderBy('number').execute()
  for (const row of rows) await copyItem(db, row, toId, { item: random.uuid(), attachment: () => random.uuid() })
}
