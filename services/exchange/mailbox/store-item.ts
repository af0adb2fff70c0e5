import type { Insertable } from 'kysely'
import type { AttachmentFacts, Delivery, NewItem } from './item.ts'
import { MailboxRefusal } from './mailbox-refusal.ts'
import type { ItemContentRow, ItemRow } from './mailbox-tables.ts'
import type { ParsedMessage } from './parse-message.ts'
import { keptUntilOf, orderedAtOf, uidOf } from './placement.ts'
import { countInFolder, type MailboxDatabase, type StoredItem } from './rows.ts'
import { indexItem } from './search-index.ts'
import { shownFiles } from './shown-files.ts'

export type NewRow = Omit<Insertable<ItemRow>, 'number'>
export type NewContent = Omit<Insertable<ItemContentRow>, 'item_number'>

/** Puts the row and its content into its folder, counts it, and makes it findable. */
export async function storeItem(
  db: MailboxDatabase,
  row: NewRow,
  content: NewContent,
  words: readonly string[],
): Promise<StoredItem> {
  await takeRoom(db, row.mailbox_id, row.size)
  const stored = await db.insertInto('item').values(row).returningAll().executeTakeFirstOrThrow()
  await db
    .insertInto('item_content')
    .values({ ...content, item_number: stored.number })
    .execute()
  await countInFolder(db, row.folder_id, row.change_number, { total: 1, unread: row.unread })
  await indexItem(db, stored, row.subject, row.sender, row.sender_address, ...words)
  return stored
}

export async function takeRoom(db: MailboxDatabase, mailboxId: string, bytes: number): Promise<void> {
  const usage = await db
    .updateTable('mailbox')
    .set((value) => ({ size_bytes: value('size_bytes', '+', bytes) }))
    .where('id', '=', mailboxId)
    .returning(['size_bytes', 'quota_bytes'])
    .executeTakeFirst()
  const limit = usage?.quota_bytes ?? null
  if (usage && limit !== null && bytes > 0 && usage.size_bytes > limit)
    throw new MailboxRefusal('quotaExceeded', `the mailbox would hold ${usage.size_bytes} of ${limit} bytes`)
}

interface Place {
  readonly id: string
  readonly mailboxId: string
  readonly changeNumber: number
}

function numbersAt(changeNumber: number) {
  return {
    change_number: changeNumber,
    arrived_number: changeNumber,
    read_number: changeNumber,
    flag_number: changeNumber,
    categories_number: changeNumber,
    content_number: changeNumber,
  }
}

export function messageColumns(parsed: ParsedMessage) {
  return {
    sender: parsed.sender,
    sender_address: parsed.senderAddress,
    subject: parsed.subject,
    preview: parsed.preview,
    importance: parsed.importance,
    has_attachments: Number(shownFiles(parsed, parsed.attachments).some(({ isInline }) => !isInline)),
    size: parsed.size,
    message_class: parsed.messageClass,
    internet_message_id: parsed.internetMessageId,
    properties: JSON.stringify(parsed.properties),
  }
}

export function messageContent(parsed: ParsedMessage) {
  return {
    body_text: parsed.text ?? null,
    body_html: parsed.html ?? null,
    attachments: JSON.stringify(parsed.attachments),
  }
}

export function messageRow(
  place: Place,
  delivery: Omit<Delivery, 'mime'>,
  parsed: ParsedMessage,
  conversation: { readonly conversationId: string; readonly conversationIndex: string },
): NewRow {
  return {
    id: place.id,
    mailbox_id: place.mailboxId,
    folder_id: delivery.folderId,
    kind: 'message',
    ...numbersAt(place.changeNumber),
    received_at: delivery.receivedAt.getTime(),
    kept_until: delivery.receivedAt.getTime(),
    ...messageColumns(parsed),
    unread: Number(delivery.unread ?? true),
    is_draft: Number(delivery.isDraft ?? false),
    flag: delivery.flag ? JSON.stringify(delivery.flag) : null,
    categories: JSON.stringify(delivery.categories ?? []),
    conversation_id: conversation.conversationId,
    conversation_index: conversation.conversationIndex,
    uid: null,
    last_verb: 'none',
    last_verb_at: null,
    ...extendedColumn(delivery),
  }
}

function extendedColumn({ extended }: Pick<NewItem, 'extended'>) {
  return extended && Object.keys(extended).length > 0 ? { extended: JSON.stringify(extended) } : {}
}

const messageClasses = {
  appointment: 'IPM.Appointment',
  contact: 'IPM.Contact',
  task: 'IPM.Task',
  note: 'IPM.StickyNote',
} as const

export function itemRowOf(place: Place, item: NewItem, attachments: readonly AttachmentFacts[]): NewRow {
  const { kind, properties, createdAt } = item
  const written = JSON.stringify(properties)
  const texts = (item.text?.length ?? 0) + (item.html?.length ?? 0)
  return {
    id: place.id,
    mailbox_id: place.mailboxId,
    folder_id: item.folderId,
    kind,
    ...numbersAt(place.changeNumber),
    received_at: orderedAtOf(kind, properties, createdAt),
    kept_until: keptUntilOf(kind, properties, createdAt),
    sender: '',
    sender_address: '',
    subject: item.subject,
    preview: (item.text ?? '').slice(0, 255),
    unread: 0,
    importance: item.importance ?? 'normal',
    has_attachments: Number(attachments.length > 0),
    size: written.length + texts + attachments.reduce((sum, each) => sum + each.size, 0),
    is_draft: 0,
    message_class: item.messageClass ?? messageClasses[kind],
    flag: null,
    categories: JSON.stringify(item.categories ?? []),
    conversation_id: '',
    conversation_index: '',
    internet_message_id: '',
    uid: uidOf(kind, properties),
    last_verb: 'none',
    last_verb_at: null,
    properties: written,
    ...extendedColumn(item),
  }
}
