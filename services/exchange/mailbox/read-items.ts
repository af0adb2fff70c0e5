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
  const found: Found[] = []
  for await (const numbers of findNumbers(db, mailboxId, request.text, before)) {
    for (let first = 0; first < numbers.length && found.length <= request.limit; first += request.limit + 1)
      found.push(...(await wantedOf(db, mailboxId, numbers.slice(first, first + request.limit + 1), request)))
    if (found.length > request.limit) break
  }
  const shown = found.slice(0, request.limit)
  const last = shown.at(-1)
  const more = found.length > request.limit && last !== undefined
  return { items: shown.map(({ item }) => item), ...(more && { next: String(last.number) }) }
}

interface Found {
  readonly number: number
  readonly item: Item
}

/** The mailbox is compared afterwards, as in `findItems`. */
async function wantedOf(
  db: MailboxDatabase,
  mailboxId: string,
  numbers: readonly number[],
  { folderIds, receivedAfter, receivedBefore, matches = () => true }: SearchRequest,
): Promise<readonly Found[]> {
  const rows = await db.selectFrom('item').selectAll().where('number', 'in', numbers).execute()
  const [from, to] = [receivedAfter?.getTime() ?? -Infinity, receivedBefore?.getTime() ?? Infinity]
  const isWanted = (row: StoredItem) =>
    row.mailbox_id === mailboxId &&
    (folderIds?.includes(row.folder_id) ?? true) &&
    row.received_at >= from &&
    row.received_at < to
  return rows
    .filter(isWanted)
    .toSorted((a, b) => b.number - a.number)
    .map((row) => ({ number: row.number, item: itemOf(row) }))
    .filter(({ item }) => matches(item))
}
