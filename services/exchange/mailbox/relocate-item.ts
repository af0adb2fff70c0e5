import type { Item } from './item.ts'
import { countInFolder, folderRow, itemOf, type MailboxDatabase, nextChangeNumber, type StoredItem } from './rows.ts'
import { forgetItems } from './search-index.ts'
import { takeRoom } from './store-item.ts'

/** An item that moves gets a new id, as in the product: an id names an item in its folder, once and never again. */
export async function moveItem(db: MailboxDatabase, row: StoredItem, folderId: string, newId: string): Promise<Item> {
  await folderRow(db, row.mailbox_id, folderId)
  const left = await nextChangeNumber(db, row.mailbox_id)
  await recordDepartures(db, [row], left)
  await countInFolder(db, row.folder_id, left, { total: -1, unread: -row.unread })
  const arrived = await nextChangeNumber(db, row.mailbox_id)
  const moved = await db
    .updateTable('item')
    .set({ id: newId, folder_id: folderId, change_number: arrived, arrived_number: arrived })
    .where('number', '=', row.number)
    .returningAll()
    .executeTakeFirstOrThrow()
  await countInFolder(db, folderId, arrived, { total: 1, unread: row.unread })
  return itemOf(moved)
}

export interface CopyIds {
  readonly item: string
  readonly attachment: () => string
}

export async function copyItem(db: MailboxDatabase, row: StoredItem, folderId: string, ids: CopyIds): Promise<Item> {
  await folderRow(db, row.mailbox_id, folderId)
  await takeRoom(db, row.mailbox_id, row.size)
  const arrived = await nextChangeNumber(db, row.mailbox_id)
  const { number, ...columns } = row
  const copy = await db
    .insertInto('item')
    .values({ ...columns, id: ids.item, folder_id: folderId, change_number: arrived, arrived_number: arrived })
    .returningAll()
    .executeTakeFirstOrThrow()
  await copyContent(db, number, copy.number, ids.attachment)
  await db
    .insertInto('search_hit')
    .columns(['mailbox_id', 'word', 'item_number'])
    .expression((from) =>
      from
        .selectFrom('search_hit')
        .select((each) => ['mailbox_id', 'word', each.val(copy.number).as('item_number')])
        .where('item_number', '=', number),
    )
    .execute()
  await countInFolder(db, folderId, arrived, { total: 1, unread: row.unread })
  return itemOf(copy)
}

async function copyContent(db: MailboxDatabase, from: number, to: number, newId: () => string): Promise<void> {
  const content = await db
    .selectFrom('item_content')
    .selectAll()
    .where('item_number', '=', from)
    .executeTakeFirstOrThrow()
  const attachments = await db.selectFrom('item_attachment').selectAll().where('item_number', '=', from).execute()
  let facts = content.attachments
  for (const attachment of attachments) {
    const id = newId()
    facts = facts.replaceAll(`"${attachment.id}"`, `"${id}"`)
    await db.insertInto('item_attachment').values({ id, item_number: to, content: attachment.content }).execute()
  }
  await db
    .insertInto('item_content')
    .values({ ...content, item_number: to, attachments: facts })
    .execute()
}

export async function removeItem(db: MailboxDatabase, row: StoredItem): Promise<number> {
  const number = await nextChangeNumber(db, row.mailbox_id)
  await recordDepartures(db, [row], number)
  await eraseItems(db, row.mailbox_id, [row])
  await countInFolder(db, row.folder_id, number, { total: -1, unread: -row.unread })
  return number
}

const rowsAStatement = 200

/** Every item of a folder, a number for each, so that a client can learn of them a window at a time. */
export async function removeAllItems(db: MailboxDatabase, mailboxId: string, folderId: string): Promise<number> {
  let number = await nextChangeNumber(db, mailboxId)
  for (;;) {
    const rows = await db
      .selectFrom('item')
      .selectAll()
      .where('folder_id', '=', folderId)
      .limit(rowsAStatement)
      .execute()
    if (rows.length === 0) break
    await recordDepartures(db, rows, number)
    await eraseItems(db, mailboxId, rows)
    number += rows.length
  }
  await db.updateTable('mailbox').set({ change_number: number }).where('id', '=', mailboxId).execute()
  await db
    .updateTable('folder')
    .set({ total_count: 0, unread_count: 0, change_number: number })
    .where('id', '=', folderId)
    .execute()
  return number
}

/** The first of the rows leaves with the change `first`, each other with the next one. */
async function recordDepartures(db: MailboxDatabase, rows: readonly StoredItem[], first: number): Promise<void> {
  const departures = rows.map((row, index) => ({
    item_id: row.id,
    folder_id: row.folder_id,
    item_number: row.number,
    change_number: first + index,
    arrived_number: row.arrived_number,
    kept_until: row.kept_until,
    reason: 'gone',
  }))
  await db.insertInto('item_departure').values(departures).execute()
}

async function eraseItems(db: MailboxDatabase, mailboxId: string, rows: readonly StoredItem[]): Promise<void> {
  const numbers = rows.map(({ number }) => number)
  await forgetItems(db, numbers)
  await db.deleteFrom('item_attachment').where('item_number', 'in', numbers).execute()
  await db.deleteFrom('item_content').where('item_number', 'in', numbers).execute()
  await db.deleteFrom('item').where('number', 'in', numbers).execute()
  await takeRoom(db, mailboxId, -rows.reduce((sum, { size }) => sum + size, 0))
}
