import type { Kysely } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import { type ItemCopy, itemCopies, storeCopies } from './item-copies.ts'
import type { FolderRow, MailboxTables } from './mailbox-tables.ts'
import { eraseRows, removeMailbox } from './make-mailbox.ts'
import type { MailboxDatabase } from './rows.ts'

export type FolderCopy = Omit<FolderRow, 'number' | 'mailbox_id' | 'unread_count' | 'total_count'>

export interface MailboxFacts {
  readonly changeNumber: number
  readonly bytes: number
  readonly quotaBytes: number | null
  readonly items: number
}

export interface ItemBatch {
  readonly items: readonly ItemCopy[]
  /** Items whose content is lost at the source. */
  readonly badIds: readonly string[]
  /** The change number to go on from. */
  readonly position: number
  readonly isLast: boolean
}

/**
 * A mailbox on its way to another store: everything as it is, under the ids that it has, so that what comes twice
 * takes the place of what came before. Who asks, and when the mailbox is whole, moves know.
 */
export interface MailboxTransfer {
  /** Undefined when the mailbox takes no changes any more, or was never here. */
  facts(mailboxId: string): Promise<MailboxFacts | undefined>
  folders(mailboxId: string): Promise<readonly FolderCopy[]>
  /** What changed after a position, in the order of the changes. */
  items(mailboxId: string, since: number): Promise<ItemBatch>
  itemIds(mailboxId: string): Promise<readonly string[]>
  /** An empty place, whatever was there before. */
  prepare(mailboxId: string): Promise<void>
  takeFolders(mailboxId: string, folders: readonly FolderCopy[]): Promise<void>
  takeItems(mailboxId: string, items: readonly ItemCopy[]): Promise<void>
  /** What was deleted at the source since it was copied goes. */
  keepOnly(mailboxId: string, ids: readonly string[]): Promise<void>
  /** Counts what has come, and takes changes from now on. */
  open(mailboxId: string, facts: Pick<MailboxFacts, 'changeNumber' | 'quotaBytes'>): Promise<void>
  /** From now on nobody changes anything; in the transaction of whoever looked that nothing had changed. */
  shut(mailboxId: string): Promise<void>
}

export function relationalMailboxTransfer<Schema extends MailboxTables>(schemaStore: Store<Schema>): MailboxTransfer {
  const store = schemaStore as unknown as Store<MailboxTables>
  const { db } = store
  const write = (work: (db: MailboxDatabase) => Promise<void>) => store.transaction(work)
  return {
    facts: (mailboxId) => factsOf(db, mailboxId),
    folders: (mailboxId) => foldersOf(db, mailboxId),
    items: (mailboxId, since) => itemCopies(db, mailboxId, since),
    itemIds: async (mailboxId) => {
      const rows = await db.selectFrom('item').select('id').where('mailbox_id', '=', mailboxId).execute()
      return rows.map(({ id }) => id)
    },
    prepare: (mailboxId) => write((each) => removeMailbox(each, mailboxId)),
    takeFolders: (mailboxId, folders) => write((each) => takeFolders(each, mailboxId, folders)),
    takeItems: (mailboxId, items) => write((each) => storeCopies(each, mailboxId, items)),
    keepOnly: (mailboxId, ids) => write((each) => keepOnly(each, mailboxId, ids)),
    open: (mailboxId, facts) => write((each) => open(each, mailboxId, facts)),
    shut: async (mailboxId) => void (await db.deleteFrom('mailbox').where('id', '=', mailboxId).execute()),
  }
}

async function factsOf(db: Kysely<MailboxTables>, mailboxId: string): Promise<MailboxFacts | undefined> {
  const row = await db.selectFrom('mailbox').selectAll().where('id', '=', mailboxId).executeTakeFirst()
  if (!row) return undefined
  const counted = await db
    .selectFrom('folder')
    .select((each) => each.fn.sum<number | string | null>('total_count').as('items'))
    .where('mailbox_id', '=', mailboxId)
    .executeTakeFirst()
  return {
    changeNumber: row.change_number,
    bytes: row.size_bytes,
    quotaBytes: row.quota_bytes,
    items: Number(counted?.items ?? 0),
  }
}

async function foldersOf(db: MailboxDatabase, mailboxId: string): Promise<readonly FolderCopy[]> {
  return db
    .selectFrom('folder')
    .select(['id', 'parent_id', 'well_known', 'folder_class', 'display_name', 'position'])
    .select(['change_number', 'hierarchy_number', 'created_number'])
    .where('mailbox_id', '=', mailboxId)
    .orderBy('number')
    .execute()
}

async function takeFolders(db: MailboxDatabase, mailboxId: string, folders: readonly FolderCopy[]): Promise<void> {
  if (folders.length === 0) throw new Error(`the mailbox ${mailboxId} has no folders at the source`)
  const ids = folders.map(({ id }) => id)
  await db.deleteFrom('folder').where('mailbox_id', '=', mailboxId).where('id', 'not in', ids).execute()
  for (const { id, ...columns } of folders) {
    const row = { ...columns, id, mailbox_id: mailboxId, unread_count: 0, total_count: 0 }
    await db
      .insertInto('folder')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
      .execute()
  }
}

const idsAStatement = 500

async function keepOnly(db: MailboxDatabase, mailboxId: string, ids: readonly string[]): Promise<void> {
  const wanted = new Set(ids)
  const rows = await db.selectFrom('item').select(['id', 'number']).where('mailbox_id', '=', mailboxId).execute()
  const gone = rows.filter(({ id }) => !wanted.has(id)).map(({ number }) => number)
  for (let first = 0; first < gone.length; first += idsAStatement)
    await eraseRows(db, gone.slice(first, first + idsAStatement))
}

async function open(
  db: MailboxDatabase,
  mailboxId: string,
  { changeNumber, quotaBytes }: Pick<MailboxFacts, 'changeNumber' | 'quotaBytes'>,
): Promise<void> {
  const counts = await db
    .selectFrom('item')
    .select(['folder_id'])
    .select(({ fn }) => [
      fn.countAll<number | string>().as('total'),
      fn.sum<number | string>('unread').as('unread'),
      fn.sum<number | string>('size').as('bytes'),
    ])
    .where('mailbox_id', '=', mailboxId)
    .groupBy('folder_id')
    .execute()
  for (const { folder_id, total, unread } of counts)
    await db
      .updateTable('folder')
      .set({ total_count: Number(total), unread_count: Number(unread) })
      .where('id', '=', folder_id)
      .execute()
  const bytes = counts.reduce((sum, each) => sum + Number(each.bytes), 0)
  const last = await lastChange(db, mailboxId)
  const row = { change_number: Math.max(changeNumber, last), size_bytes: bytes, quota_bytes: quotaBytes }
  await db
    .insertInto('mailbox')
    .values({ id: mailboxId, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

async function lastChange(db: MailboxDatabase, mailboxId: string): Promise<number> {
  const numbers: number[] = []
  for (const table of ['folder', 'item'] as const) {
    const row = await db
      .selectFrom(table)
      .select((each) => each.fn.max<number | string | null>('change_number').as('last'))
      .where('mailbox_id', '=', mailboxId)
      .executeTakeFirst()
    numbers.push(Number(row?.last ?? 0))
  }
  return Math.max(...numbers)
}
