import { createHash } from 'node:crypto'
import type { ParsedMessage } from './parse-message.ts'
import type { MailboxDatabase } from './rows.ts'

export interface Conversation {
  readonly conversationId: string
  readonly conversationIndex: string
}

/** Where a message belongs: with what it answers, with its topic when it says that it answers, or by itself. */
export async function conversationOf(
  db: MailboxDatabase,
  mailboxId: string,
  message: ParsedMessage,
  receivedAt: Date,
): Promise<Conversation> {
  const answered = await findAnswered(db, mailboxId, message)
  if (!answered) return beginning(mailboxId, message, receivedAt)
  return {
    conversationId: answered.conversation_id,
    conversationIndex: longer(answered.conversation_index, receivedAt),
  }
}

/** A conversation by itself, from what only this message has. */
export function beginning(mailboxId: string, message: ParsedMessage, receivedAt: Date): Conversation {
  const seed = message.internetMessageId || `${receivedAt.getTime()}/${message.subject}/${message.senderAddress}`
  const id = createHash('sha256').update(`${mailboxId}/${seed}`).digest('hex').slice(0, 32).toUpperCase()
  return { conversationId: id, conversationIndex: timeOf(receivedAt).toString('base64') }
}

async function findAnswered(db: MailboxDatabase, mailboxId: string, { properties }: ParsedMessage) {
  const named = [properties.inReplyTo, ...properties.references].filter((id) => id !== undefined && id !== '')
  if (named.length === 0) return undefined
  return db
    .selectFrom('item')
    .select(['conversation_id', 'conversation_index'])
    .where('mailbox_id', '=', mailboxId)
    .where('internet_message_id', 'in', [...new Set(named)] as string[])
    .where('conversation_id', '!=', '')
    .orderBy('received_at', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The upper five bytes of the FILETIME ([MS-OXOMSG] 2.2.1.3, the header without its GUID). */
function timeOf(moment: Date): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE((BigInt(moment.getTime()) + 11_644_473_600_000n) * 10_000n)
  return bytes.subarray(0, 5)
}

/** Each answer adds five bytes. */
function longer(index: string, moment: Date): string {
  const parent = Buffer.from(index, 'base64')
  const answer = Buffer.alloc(5)
  answer.writeUInt32BE(Math.floor(moment.getTime() / 1000) >>> 0)
  return Buffer.concat([parent.subarray(0, 200), answer]).toString('base64')
}
