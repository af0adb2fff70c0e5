import type { AttachmentFacts, Item, ItemPatch, NewAttachment } from './item.ts'
import { type ParsedMessage, searchedTexts } from './parse-message.ts'
import { keptUntilOf, orderedAtOf, uidOf } from './placement.ts'
import { countInFolder, itemOf, type MailboxDatabase, nextChangeNumber, type StoredItem } from './rows.ts'
import { forgetItems, indexItem } from './search-index.ts'
import { messageColumns, messageContent, takeRoom } from './store-item.ts'

type Columns = Partial<StoredItem>

export interface PreparedPatch extends ItemPatch {
  /** Of `mime`. */
  readonly parsed?: ParsedMessage
  /** Of `addAttachments`, in the same order. */
  readonly attachmentIds?: readonly string[]
}

/** Writes what the patch really changes; nothing is written, and no number given, when that is nothing. */
export async function changeItem(db: MailboxDatabase, row: StoredItem, patch: PreparedPatch): Promise<Item> {
  const content = await contentColumns(db, row, patch)
  const columns = { ...readColumns(row, patch), ...flagColumns(row, patch), ...categoryColumns(row, patch), ...content }
  if (Object.keys(columns).length === 0) return itemOf(row)
  const number = await nextChangeNumber(db, row.mailbox_id)
  const numbers = numbersOf(columns, content, number)
  const keptUntil = columns.kept_until ?? row.kept_until
  if (keptUntil !== row.kept_until) await rememberPlace(db, row, number)
  const changed = await db
    .updateTable('item')
    .set({ ...columns, ...numbers })
    .where('number', '=', row.number)
    .returningAll()
    .executeTakeFirstOrThrow()
  await countInFolder(db, row.folder_id, number, { total: 0, unread: changed.unread - row.unread })
  if (changed.size !== row.size) await takeRoom(db, row.mailbox_id, changed.size - row.size)
  return itemOf(changed)
}

function numbersOf(columns: Columns, content: Columns, number: number): Columns {
  return {
    change_number: number,
    ...(columns.unread !== undefined && { read_number: number }),
    ...(columns.flag !== undefined && { flag_number: number }),
    ...(columns.categories !== undefined && { categories_number: number }),
    ...(Object.keys(content).length > 0 && { content_number: number }),
  }
}

/** So that a client that had the item, or had not, can be told what that means now. */
async function rememberPlace(db: MailboxDatabase, row: StoredItem, changeNumber: number): Promise<void> {
  await db
    .insertInto('item_departure')
    .values({
      item_id: row.id,
      folder_id: row.folder_id,
      item_number: row.number,
      change_number: changeNumber,
      arrived_number: row.arrived_number,
      kept_until: row.kept_until,
      reason: 'rekeyed',
    })
    .execute()
}

function readColumns(row: StoredItem, { unread }: ItemPatch): Columns {
  return unread === undefined || Number(unread) === row.unread ? {} : { unread: Number(unread) }
}

function flagColumns(row: StoredItem, { flag }: ItemPatch): Columns {
  if (flag === undefined) return {}
  const written = flag === null ? null : JSON.stringify(flag)
  return written === row.flag ? {} : { flag: written }
}

function categoryColumns(row: StoredItem, { categories }: ItemPatch): Columns {
  if (categories === undefined) return {}
  const written = JSON.stringify(categories)
  return written === row.categories ? {} : { categories: written }
}

async function contentColumns(db: MailboxDatabase, row: StoredItem, patch: PreparedPatch): Promise<Columns> {
  const columns: Columns = {
    ...simpleColumns(patch),
    ...extendedColumn(row, patch),
    ...(patch.properties && propertyColumns(row, patch.properties)),
    ...(patch.parsed && messageColumns(patch.parsed)),
  }
  const changed = Object.fromEntries(
    Object.entries(columns).filter(([name, value]) => row[name as keyof StoredItem] !== value),
  ) as Columns
  if (patch.parsed && patch.mime) return { ...changed, ...(await replaceMime(db, row, patch.parsed, patch.mime)) }
  const attachments = await changeAttachments(db, row, patch)
  const body = await changeBody(db, row, patch)
  return { ...changed, ...attachments, ...body }
}

function simpleColumns({ importance, subject, messageClass, lastVerb }: ItemPatch): Columns {
  return {
    ...(importance !== undefined && { importance }),
    ...(subject !== undefined && { subject }),
    ...(messageClass !== undefined && { message_class: messageClass }),
    ...(lastVerb && { last_verb: lastVerb.verb, last_verb_at: lastVerb.at.getTime() }),
  }
}

function extendedColumn(row: StoredItem, { extended }: ItemPatch): Columns {
  if (!extended) return {}
  const before = row.extended ? (JSON.parse(row.extended) as ItemPatch['extended']) : {}
  const after = Object.entries({ ...before, ...extended }).filter(([, value]) => value !== null)
  return { extended: after.length === 0 ? null : JSON.stringify(Object.fromEntries(after)) }
}

function propertyColumns(row: StoredItem, properties: NonNullable<ItemPatch['properties']>): Columns {
  const kind = itemOf(row).kind
  const created = new Date(row.received_at)
  if (kind === 'message') return { properties: JSON.stringify(properties) }
  return {
    properties: JSON.stringify(properties),
    received_at: orderedAtOf(kind, properties, created),
    kept_until: keptUntilOf(kind, properties, created),
    uid: uidOf(kind, properties),
  }
}

async function replaceMime(
  db: MailboxDatabase,
  row: StoredItem,
  parsed: ParsedMessage,
  mime: Buffer,
): Promise<Columns> {
  await db
    .updateTable('item_content')
    .set({ mime, composition: null, ...messageContent(parsed) })
    .where('item_number', '=', row.number)
    .execute()
  await forgetItems(db, [row.number])
  await indexItem(db, row, ...searchedTexts(parsed))
  return { size: parsed.size }
}

async function changeBody(db: MailboxDatabase, row: StoredItem, { body, subject }: ItemPatch): Promise<Columns> {
  if (!body && subject === undefined) return {}
  const columns = { body_text: body?.text ?? null, body_html: body?.html ?? null }
  if (body) await db.updateTable('item_content').set(columns).where('item_number', '=', row.number).execute()
  await forgetItems(db, [row.number])
  await indexItem(db, row, subject ?? row.subject, row.sender, row.sender_address, body?.text ?? row.preview)
  return body ? { preview: (body.text ?? '').slice(0, 255) } : {}
}

async function changeAttachments(db: MailboxDatabase, row: StoredItem, patch: PreparedPatch): Promise<Columns> {
  const { addAttachments = [], removeAttachments = [], attachmentIds = [] } = patch
  if (addAttachments.length === 0 && removeAttachments.length === 0) return {}
  const stored = await db
    .selectFrom('item_content')
    .select('attachments')
    .where('item_number', '=', row.number)
    .executeTakeFirstOrThrow()
  const before = JSON.parse(stored.attachments) as readonly AttachmentFacts[]
  const kept = before.filter(({ id }) => !removeAttachments.includes(id))
  const added = await storeAttachments(db, row.number, addAttachments, attachmentIds)
  const attachments = [...kept, ...added]
  if (removeAttachments.length > 0) {
    const ids = [...removeAttachments]
    await db.deleteFrom('item_attachment').where('item_number', '=', row.number).where('id', 'in', ids).execute()
  }
  await db
    .updateTable('item_content')
    .set({ attachments: JSON.stringify(attachments) })
    .where('item_number', '=', row.number)
    .execute()
  return { has_attachments: Number(attachments.length > 0), size: row.size + sizeOf(attachments) - sizeOf(before) }
}

function sizeOf(attachments: readonly AttachmentFacts[]): number {
  return attachments.reduce((sum, { size }) => sum + size, 0)
}

export function attachmentFacts(attachments: readonly NewAttachment[], ids: readonly string[]): AttachmentFacts[] {
  return attachments.map(({ name, contentType, contentId, isInline, content }, index) => ({
    id: ids[index] ?? '',
    name,
    contentType,
    ...(contentId !== undefined && { contentId }),
    isInline: isInline ?? false,
    size: content.length,
  }))
}

export async function storeAttachments(
  db: MailboxDatabase,
  itemNumber: number,
  attachments: readonly NewAttachment[],
  ids: readonly string[],
): Promise<readonly AttachmentFacts[]> {
  for (const [index, { content }] of attachments.entries())
    await db
      .insertInto('item_attachment')
      .values({ id: ids[index] ?? '', item_number: itemNumber, content })
      .execute()
  return attachmentFacts(attachments, ids)
}
