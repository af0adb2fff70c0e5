import { composeMime } from './composition.ts'
import type { AttachmentFacts } from './item.ts'
import { type ReadAttachment, readEnvelope } from './read-mime.ts'
import type { MailboxDatabase } from './rows.ts'

export async function readMimeOf(db: MailboxDatabase, mailboxId: string, itemId: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('item')
    .innerJoin('item_content', 'item_content.item_number', 'item.number')
    .select(['item_content.mime', 'item_content.composition'])
    .where('item.id', '=', itemId)
    .where('item.mailbox_id', '=', mailboxId)
    .executeTakeFirst()
  if (row?.mime) return Buffer.from(row.mime)
  return row?.composition ? composeMime(JSON.parse(row.composition)) : undefined
}

export async function readAttachmentOf(
  db: MailboxDatabase,
  mailboxId: string,
  itemId: string,
  attachmentId: string,
): Promise<ReadAttachment | undefined> {
  const mime = await readMimeOf(db, mailboxId, itemId)
  if (mime) return (await readEnvelope(mime)).attachments.find(({ id }) => id === attachmentId)
  const row = await db
    .selectFrom('item')
    .innerJoin('item_content', 'item_content.item_number', 'item.number')
    .innerJoin('item_attachment', 'item_attachment.item_number', 'item.number')
    .select(['item_content.attachments', 'item_attachment.content'])
    .where('item.id', '=', itemId)
    .where('item.mailbox_id', '=', mailboxId)
    .where('item_attachment.id', '=', attachmentId)
    .executeTakeFirst()
  const facts = row && (JSON.parse(row.attachments) as AttachmentFacts[]).find(({ id }) => id === attachmentId)
  return facts && { ...facts, content: Buffer.from(row.content) }
}
