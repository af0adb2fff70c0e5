import type { Selectable } from 'kysely'
import type { Message } from './item.ts'
import type { ItemContentRow, ItemRow } from './mailbox-tables.ts'
import type { ItemBatch } from './mailbox-transfer.ts'
import { eraseRows } from './make-mailbox.ts'
import { searchedTexts } from './parse-message.ts'
import type { MailboxDatabase } from './rows.ts'
import { indexItem } from './search-index.ts'

/** An item with its content and attachments, in JSON: bytes are base64. */
export interface ItemCopy {
  readonly row: Omit<Selectable<ItemRow>, 'number' | 'mailbox_id'>
  readonly content: Omit<ItemContentRow, 'item_number' | 'mime'> & { readonly mime: string | null }
  readonly attachments: readonly { readonly id: string; readonly content: string }[]
}

const itemsABatch = 100
const bytesABatch = 4 * 1024 * 1024

/** At least one item, if there is any; then as many as make a batch of a few megabytes. */
export async function itemCopies(db: MailboxDatabase, mailboxId: string, since: number): Promise<ItemBatch> {
  const rows = await db
    .selectFrom('item')
    .selectAll()
    .where('mailbox_id', '=', mailboxId)
    .where('change_number', '>', since)
    .orderBy('change_number')
    .orderBy('number')
    .limit(itemsABatch)
    .execute()
  const [items, badIds]: [ItemCopy[], string[]] = [[], []]
  let [bytes, position] = [0, since]
  for (const { number, mailbox_id: _, ...row } of rows) {
    if (bytes > bytesABatch) return { items, badIds, position, isLast: false }
    const content = await contentOf(db, number)
    if (content) items.push({ row, ...content })
    else badIds.push(row.id)
    bytes += row.size
    position = row.change_number
  }
  return { items, badIds, position, isLast: rows.length < itemsABatch }
}

async function contentOf(db: MailboxDatabase, number: number): Promise<Omit<ItemCopy, 'row'> | undefined> {
  const kept = await db.selectFrom('item_content').selectAll().where('item_number', '=', number).executeTakeFirst()
  if (!kept) return undefined
  const { item_number: _, mime, ...content } = kept
  const attachments = await db
    .selectFrom('item_attachment')
    .select(['id', 'content'])
    .where('item_number', '=', number)
    .execute()
  return {
    content: { ...content, mime: mime && Buffer.from(mime).toString('base64') },
    attachments: attachments.map((each) => ({ id: each.id, content: Buffer.from(each.content).toString('base64') })),
  }
}

/** An item that is there already is replaced; the counts of folders wait until all have come. */
export async function storeCopies(db: MailboxDatabase, mailboxId: string, items: readonly ItemCopy[]): Promise<void> {
  if (items.length === 0) return
  const ids = items.map(({ row }) => row.id)
  const before = await db
    .selectFrom('item')
    .select('number')
    .where('id', 'in', ids)
    .where('mailbox_id', '=', mailboxId)
    .execute()
  await eraseRows(
    db,
    before.map(({ number }) => number),
  )
  for (const item of items) await storeCopy(db, mailboxId, item)
}

async function storeCopy(db: MailboxDatabase, mailboxId: string, { row, content, attachments }: ItemCopy) {
  const stored = await db
    .insertInto('item')
    .values({ ...row, mailbox_id: mailboxId })
    .returning(['mailbox_id', 'number'])
    .executeTakeFirstOrThrow()
  const mime = content.mime === null ? null : Buffer.from(content.mime, 'base64')
  await db
    .insertInto('item_content')
    .values({ ...content, mime, item_number: stored.number })
    .execute()
  for (const each of attachments)
    await db
      .insertInto('item_attachment')
      .values({ id: each.id, item_number: stored.number, content: Buffer.from(each.content, 'base64') })
      .execute()
  await indexItem(db, stored, ...textsOf(row, content))
}

/** What the item is found by, as when it was stored first. */
function textsOf(row: ItemCopy['row'], { body_text, attachments }: ItemCopy['content']): readonly string[] {
  const { subject, sender, sender_address: senderAddress } = row
  const text = body_text ?? ''
  if (row.kind !== 'message') return [subject, text, row.properties]
  const properties = JSON.parse(row.properties) as Message['properties']
  return searchedTexts({ subject, sender, senderAddress, properties, attachments: JSON.parse(attachments), text })
}
