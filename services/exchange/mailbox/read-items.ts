import type { Appointment, Item, ItemBody, Message } from './item.ts'
import type { ItemPage, PageRequest, SearchRequest, TimeSpan } from './mailbox-store.ts'
import { cursorOf, rowsAfter } from './page-position.ts'
import { itemOf, type MailboxDatabase, type StoredItem } from './rows.ts'
import { findNumbers } from './search-index.ts'

export interface FolderPage extends PageRequest {
  readonly folderId: string
  readonly kind?: 'message'
}

/** By index: a page costs what is on it. */
export async function listItems(
  db: MailboxDatabase,
  mailboxId: string,
  { folderId, kind, limit, before }: FolderPage,
): Promise<ItemPage> {
  const itemsOf = (rows: number) => {
    const query = db
      .selectFrom('item')
      .selectAll()
      .where('folder_id', '=', folderId)
      .where('mailbox_id', '=', mailboxId)
      .orderBy('received_at', 'desc')
      .orderBy('number', 'desc')
      .limit(rows)
    return kind ? query.where('kind', '=', kind) : query
  }
  const rows = await rowsAfter(before, limit + 1, {
    sameMoment: ({ receivedAt, number }, some) =>
      itemsOf(some).where('received_at', '=', receivedAt).where('number', '<', number).execute(),
    earlier: ({ receivedAt }, some) => itemsOf(some).where('received_at', '<', receivedAt).execute(),
  })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(itemOf), ...(rows.length > limit && last && { next: cursorOf(last) }) }
}

export async function listAppointments(
  db: MailboxDatabase,
  mailboxId: string,
  folderId: string,
  { from, to }: TimeSpan,
): Promise<readonly Appointment[]> {
  const rows = await db
    .selectFrom('item')
    .selectAll()
    .where('folder_id', '=', folderId)
    .where('mailbox_id', '=', mailboxId)
    .where('kind', '=', 'appointment')
    .where('kept_until', '>=', from.getTime())
    .where('received_at', '<', to.getTime())
    .orderBy('received_at')
    .orderBy('number')
    .execute()
  return rows.map(itemOf) as Appointment[]
}

const longestConversation = 200

export async function listConversation(
  db: MailboxDatabase,
  mailboxId: string,
  conversationId: string,
): Promise<readonly Message[]> {
  const rows = await db
    .selectFrom('item')
    .selectAll()
    .where('mailbox_id', '=', mailboxId)
    .where('conversation_id', '=', conversationId)
    .where('kind', '=', 'message')
    .orderBy('received_at', 'desc')
    .limit(longestConversation)
    .execute()
  return rows.map(itemOf) as Message[]
}

/** The mailbox is compared afterwards: asked for with the ids, SQLite would walk through all of its items. */
const idsAStatement = 500

export async function findItems(
  db: MailboxDatabase,
  mailboxId: string,
  itemIds: readonly string[],
): Promise<readonly Item[]> {
  const found: Item[] = []
  for (let first = 0; first < itemIds.length; first += idsAStatement) {
    const rows = await db
      .selectFrom('item')
      .selectAll()
      .where('id', 'in', itemIds.slice(first, first + idsAStatement))
      .execute()
    found.push(...rows.filter((row) => row.mailbox_id === mailboxId).map(itemOf))
  }
  return found
}

export async function readBodies(
  db: MailboxDatabase,
  mailboxId: string,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, ItemBody>> {
  const bodies = new Map<string, ItemBody>()
  for (let first = 0; first < itemIds.length; first += idsAStatement) {
    const rows = await db
      .selectFrom('item')
      .innerJoin('item_content', 'item_content.item_number', 'item.number')
      .select(['item.id', 'item.mailbox_id'])
      .select(['item_content.body_text', 'item_content.body_html', 'item_content.attachments'])
      .where('item.id', 'in', itemIds.slice(first, first + idsAStatement))
      .execute()
    for (const row of rows) if (row.mailbox_id === mailboxId) bodies.set(row.id, bodyOf(row))
  }
  return bodies
}

function bodyOf(row: { body_text: string | null; body_html: string | null; attachments: string }): ItemBody {
  return {
    ...(row.body_text !== null && { text: row.body_text }),
    ...(row.body_html !== null && { html: row.body_html }),
    attachments: row.attachments === '[]' ? [] : JSON.parse(row.attachments),
  }
}

/** The newest first, in the order in which items came; the cursor is the last one's number. */
export async function search(db: MailboxDatabase, mailboxId: string, request: SearchRequest): Promise<ItemPage> {
  const before = request.before === undefined ? undefined : Number(request.before) || undefined
  const found: StoredItem[] = []
  for await (const numbers of findNumbers(db, mailboxId, request.text, before)) {
    found.push(...(await wantedRows(db, mailboxId, numbers, request)))
    if (found.length > request.limit) break
  }
  const shown = found.slice(0, request.limit)
  const last = shown.at(-1)
  const more = found.length > request.limit && last !== undefined
  return { items: shown.map(itemOf), ...(more && { next: String(last.number) }) }
}

async function wantedRows(
  db: MailboxDatabase,
  mailboxId: string,
  numbers: readonly number[],
  { folderIds, receivedAfter, receivedBefore }: SearchRequest,
): Promise<readonly StoredItem[]> {
  if (numbers.length === 0) return []
  let query = db
    .selectFrom('item')
    .selectAll()
    .where('mailbox_id', '=', mailboxId)
    .where('number', 'in', numbers)
    .orderBy('number', 'desc')
  if (folderIds) query = query.where('folder_id', 'in', folderIds)
  if (receivedAfter) query = query.where('received_at', '>=', receivedAfter.getTime())
  if (receivedBefore) query = query.where('received_at', '<', receivedBefore.getTime())
  return query.execute()
}
