import { escapeHtml } from '#shared/html/html.ts'
import type { Item, ItemBody, LastVerb } from '../../mailbox/item.ts'
import { type ReadEnvelope, readEnvelope } from '../../mailbox/read-mime.ts'
import { passedOnType } from '../../mailbox/shown-files.ts'
import type { Call } from '../call.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import { requiredMoment } from '../moments.ts'

export interface Source {
  readonly folderId: string | undefined
  readonly itemId: string | undefined
  readonly instanceId: string | undefined
}

export interface AnswerLetter {
  readonly mime: Buffer
  readonly source: Source
  /** The client wrote the whole message, original and all. */
  readonly replaceMime: boolean
}

/** The message to send, with what it answers; and the original is marked as answered. */
export async function answerTo(call: Call, verb: 'reply' | 'forward', letter: AnswerLetter): Promise<Buffer> {
  const item = await sourceItem(call, letter.source)
  const read = await readEnvelope(letter.mime)
  const mime = letter.replaceMime ? letter.mime : await withOriginal(call, verb, read, item)
  const lastVerb = { verb: verbOf(verb, read), at: call.now }
  await call.parts.mailboxes.updateItem(call.mailboxId, item.id, { lastVerb })
  return mime
}

async function sourceItem(call: Call, { folderId, itemId, instanceId }: Source): Promise<Item> {
  if (instanceId !== undefined) requiredMoment(instanceId)
  if (itemId === undefined) throw new ActiveSyncError('invalidIds', 'the source is named by ItemId or LongId')
  const item = await call.parts.mailboxes.findItem(call.mailboxId, itemId)
  if (!item || (folderId !== undefined && item.folderId !== folderId))
    throw new ActiveSyncError('itemNotFound', `there is no item "${itemId}" to answer`)
  if (instanceId !== undefined && !(item.kind === 'appointment' && item.properties.recurrence))
    throw new ActiveSyncError('noRecurrenceInCalendar', 'InstanceId is for a series')
  return item
}

function verbOf(verb: 'reply' | 'forward', { addresses }: ReadEnvelope): LastVerb {
  if (verb === 'forward') return 'forward'
  return addresses.to.length + addresses.cc.length > 1 ? 'replyAll' : 'reply'
}

async function withOriginal(call: Call, verb: 'reply' | 'forward', read: ReadEnvelope, item: Item): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const body = await call.parts.mailboxes.readBody(call.mailboxId, item.id)
  const { to, cc, bcc } = read.addresses
  const isHtml = read.html !== undefined
  const quoted = isHtml ? { html: htmlOf(read, item, body) } : { text: textOf(read, item, body) }
  const composer = new MailComposer({
    from: call.user.emailAddress,
    to: to.map(({ name, address }) => ({ name, address })),
    cc: cc.map(({ name, address }) => ({ name, address })),
    bcc: bcc.map(({ name, address }) => ({ name, address })),
    subject: read.subject,
    date: call.now,
    ...(read.messageId && { messageId: `<${read.messageId}>` }),
    ...(item.internetMessageId && { inReplyTo: `<${item.internetMessageId}>`, references: referencesOf(item) }),
    ...quoted,
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
    attachments: await attachmentsOf(call, verb, read, item, body),
  })
  const message = composer.compile()
  message.keepBcc = true
  return message.build()
}

function referencesOf(item: Item): string {
  const earlier = item.kind === 'message' ? item.properties.references : []
  return [...earlier, item.internetMessageId].map((id) => `<${id}>`).join(' ')
}

function headOf(item: Item): readonly string[] {
  return [
    `From: ${item.sender} <${item.senderAddress}>`,
    `Sent: ${item.receivedAt.toUTCString()}`,
    `Subject: ${item.subject}`,
  ]
}

function textOf(read: ReadEnvelope, item: Item, body: ItemBody | undefined): string {
  return [read.text ?? '', '', '-----Original Message-----', ...headOf(item), '', body?.text ?? ''].join('\r\n')
}

function htmlOf(read: ReadEnvelope, item: Item, body: ItemBody | undefined): string {
  const original = body?.html ?? `<pre>${escapeHtml(body?.text ?? '')}</pre>`
  return `${read.html ?? ''}<hr><p>${headOf(item).map(escapeHtml).join('<br>')}</p>${original}`
}

/** A forwarded message takes its files along. */
async function attachmentsOf(
  call: Call,
  verb: 'reply' | 'forward',
  read: ReadEnvelope,
  item: Item,
  body: ItemBody | undefined,
) {
  const { mailboxes } = call.parts
  const wanted = verb === 'forward' ? (body?.attachments ?? []) : []
  const forwarded = await Promise.all(wanted.map(({ id }) => mailboxes.readAttachment(call.mailboxId, item.id, id)))
  return [...read.attachments, ...forwarded.filter((each) => each !== undefined)].map((each) => ({
    filename: each.name,
    contentType: passedOnType(each),
    ...(each.contentId && { cid: each.contentId }),
    content: each.content,
  }))
}
