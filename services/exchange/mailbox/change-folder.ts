import type { Folder, FolderChanges, FolderPatch, NewFolder } from './folder.ts'
import { MailboxRefusal } from './mailbox-refusal.ts'
import { removeAllItems } from './relocate-item.ts'
import {
  findFolderRow,
  folderOf,
  folderRow,
  type MailboxDatabase,
  nextChangeNumber,
  type StoredFolder,
} from './rows.ts'

/** After the well-known ones, which have the first positions. */
const positionOfOthers = 1000

/** The folders of a mailbox, well-known ones first. */
export function folderQuery(db: MailboxDatabase, mailboxId: string) {
  return db.selectFrom('folder').selectAll().where('mailbox_id', '=', mailboxId).orderBy('position').orderBy('number')
}

function folderRows(db: MailboxDatabase, mailboxId: string): Promise<StoredFolder[]> {
  return folderQuery(db, mailboxId).execute()
}

export async function createFolder(
  db: MailboxDatabase,
  mailboxId: string,
  folder: NewFolder,
  id: string,
): Promise<Folder> {
  const displayName = nameOf(folder.displayName)
  const parent = await parentOf(db, mailboxId, folder.parentId)
  await requireFreeName(db, mailboxId, { displayName, parentId: folder.parentId ?? null })
  const number = await nextChangeNumber(db, mailboxId)
  const row = await db
    .insertInto('folder')
    .values({
      id,
      mailbox_id: mailboxId,
      parent_id: parent?.id ?? null,
      well_known: null,
      folder_class: folder.folderClass ?? parent?.folder_class ?? 'mail',
      display_name: displayName,
      position: positionOfOthers,
      unread_count: 0,
      total_count: 0,
      change_number: number,
      hierarchy_number: number,
      created_number: number,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return folderOf(row)
}

export async function updateFolder(
  db: MailboxDatabase,
  mailboxId: string,
  folderId: string,
  patch: FolderPatch,
): Promise<Folder> {
  const row = await ownFolder(db, mailboxId, folderId)
  const parentId = patch.parentId === undefined ? row.parent_id : patch.parentId
  const displayName = nameOf(patch.displayName ?? row.display_name)
  await parentOf(db, mailboxId, parentId ?? undefined)
  await refuseCircle(db, mailboxId, folderId, parentId)
  await requireFreeName(db, mailboxId, { displayName, parentId, except: folderId })
  if (displayName === row.display_name && parentId === row.parent_id) return folderOf(row)
  const number = await nextChangeNumber(db, mailboxId)
  const changed = await db
    .updateTable('folder')
    .set({ display_name: displayName, parent_id: parentId, change_number: number, hierarchy_number: number })
    .where('id', '=', folderId)
    .returningAll()
    .executeTakeFirstOrThrow()
  return folderOf(changed)
}

export async function deleteFolder(db: MailboxDatabase, mailboxId: string, folderId: string): Promise<void> {
  await ownFolder(db, mailboxId, folderId)
  const rows = await folderRows(db, mailboxId)
  for (const folder of withDescendants(rows, folderId).toReversed()) await eraseFolder(db, folder)
}

export async function emptyFolder(
  db: MailboxDatabase,
  mailboxId: string,
  folderId: string,
  subfolders: boolean,
): Promise<void> {
  await folderRow(db, mailboxId, folderId)
  await removeAllItems(db, mailboxId, folderId)
  if (!subfolders) return
  const rows = await folderRows(db, mailboxId)
  const [, ...below] = withDescendants(rows, folderId)
  for (const folder of below.toReversed()) await eraseFolder(db, folder)
}

export async function folderChanges(db: MailboxDatabase, mailboxId: string, since: number): Promise<FolderChanges> {
  const mailbox = await db.selectFrom('mailbox').select('change_number').where('id', '=', mailboxId).executeTakeFirst()
  const rows = await folderRows(db, mailboxId)
  const changed = parentsFirst(rows).filter(({ hierarchy_number }) => hierarchy_number > since)
  const deleted = await db
    .selectFrom('deleted_folder')
    .select('id')
    .where('mailbox_id', '=', mailboxId)
    .where('change_number', '>', since)
    .where('created_number', '<=', since)
    .orderBy('change_number')
    .execute()
  return {
    number: mailbox?.change_number ?? 0,
    changed: changed.map(folderOf),
    deletedIds: deleted.map(({ id }) => id),
  }
}

async function eraseFolder(db: MailboxDatabase, folder: StoredFolder): Promise<void> {
  await removeAllItems(db, folder.mailbox_id, folder.id)
  const number = await nextChangeNumber(db, folder.mailbox_id)
  await db.deleteFrom('folder').where('id', '=', folder.id).execute()
  await db.deleteFrom('item_departure').where('folder_id', '=', folder.id).execute()
  await db
    .insertInto('deleted_folder')
    .values({
      id: folder.id,
      mailbox_id: folder.mailbox_id,
      created_number: folder.created_number,
      change_number: number,
    })
    .execute()
}

/** A folder that the owner made; the well-known ones stay what they are. */
async function ownFolder(db: MailboxDatabase, mailboxId: string, folderId: string): Promise<StoredFolder> {
  const row = await folderRow(db, mailboxId, folderId)
  if (row.well_known)
    throw new MailboxRefusal('folderIsWellKnown', `"${row.display_name}" is a folder of every mailbox`)
  return row
}

async function parentOf(db: MailboxDatabase, mailboxId: string, parentId: string | undefined) {
  if (parentId === undefined) return undefined
  const parent = await findFolderRow(db, mailboxId, parentId)
  if (!parent) throw new MailboxRefusal('noSuchParent', `the mailbox has no folder "${parentId}"`)
  return parent
}

async function refuseCircle(
  db: MailboxDatabase,
  mailboxId: string,
  folderId: string,
  parentId: string | null,
): Promise<void> {
  const below = withDescendants(await folderRows(db, mailboxId), folderId)
  if (below.some(({ id }) => id === parentId))
    throw new MailboxRefusal('folderInsideItself', `"${parentId}" is the folder itself or below it`)
}

interface Sibling {
  readonly displayName: string
  readonly parentId: string | null
  readonly except?: string
}

async function requireFreeName(db: MailboxDatabase, mailboxId: string, sibling: Sibling): Promise<void> {
  const name = sibling.displayName.toLowerCase()
  const rows = await folderRows(db, mailboxId)
  const taken = rows.some(
    (row) => row.parent_id === sibling.parentId && row.id !== sibling.except && row.display_name.toLowerCase() === name,
  )
  if (taken) throw new MailboxRefusal('folderExists', `there is a folder "${sibling.displayName}" already`)
}

function nameOf(displayName: string): string {
  const name = displayName.trim()
  if (name === '') throw new MailboxRefusal('emptyName', 'a folder has a name')
  return name
}

/** The folder and all below it, parents first. */
export function withDescendants(rows: readonly StoredFolder[], folderId: string): readonly StoredFolder[] {
  const found = rows.filter(({ id }) => id === folderId)
  for (const folder of found) found.push(...rows.filter(({ parent_id }) => parent_id === folder.id))
  return found
}

function parentsFirst(rows: readonly StoredFolder[]): readonly StoredFolder[] {
  return rows.filter(({ parent_id }) => parent_id === null).flatMap(({ id }) => withDescendants(rows, id))
}
