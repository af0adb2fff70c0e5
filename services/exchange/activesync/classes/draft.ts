import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { importanceHeaders } from '../../mailbox/importance-headers.ts'
import type { Item, NewAttachment } from '../../mailbox/item.ts'
import { type ReadEnvelope, readEnvelope } from '../../mailbox/read-mime.ts'
import { stampMessage } from '../../transport/stamp-message.ts'
import { submitMail } from '../../transport/submit-mail.ts'
import type { Call } from '../call.ts'
import { bytesOf, child, numberOf, textOf } from '../elements.ts'
import { readAttachments, readRemovals } from './appointment.ts'
import type { Adding, Changing, ItemClass } from './item-class.ts'
import { ItemProblem } from './item-problem.ts'
import { messageClass, messagePatch } from './message.ts'
import { importanceOf } from './shades.ts'

/** 16.x: messages that are being written, which clients make, change and send by Sync. */
export const draftClass: ItemClass = { name: 'Email', write: messageClass.write, add, change }

interface DraftText {
  readonly to: string
  readonly cc: string
  readonly bcc: string
  readonly replyTo: string
  readonly subject: string
  readonly importance: 'low' | 'normal' | 'high'
  readonly text?: string
  readonly html?: string
  readonly attachments: readonly NewAttachment[]
}

async function add({ call, folder, data, send }: Adding): Promise<Item | undefined> {
  const mime = (await messageOf(call, data, undefined)) ?? (await compose(call, readDraft(data, undefined)))
  if (send) return sendDraft(call, mime)
  const { mailboxes } = call.parts
  const delivery = { folderId: folder.id, mime, receivedAt: call.now, unread: false, isDraft: true }
  const made = await mailboxes.deliver(call.mailboxId, delivery)
  const patch = messagePatch(data)
  if (Object.keys(patch).length === 0) return made
  return (await mailboxes.updateItem(call.mailboxId, made.id, patch)) ?? made
}

async function change({ call, item, data, send }: Changing): Promise<Item | undefined> {
  const { mailboxes } = call.parts
  const mime = await messageOf(call, data, item)
  if (!send) return mailboxes.updateItem(call.mailboxId, item.id, { ...(mime && { mime }), ...messagePatch(data) })
  const kept = mime ?? (await mailboxes.readMime(call.mailboxId, item.id))
  if (!kept) throw new ItemProblem(8, 'there is no such draft')
  await sendDraft(call, kept)
  await mailboxes.deleteItem(call.mailboxId, item.id, 'forGood')
  return undefined
}

const wholeMessage = 4
const contents = [
  ...['Email:To', 'Email:Cc', 'Email2:Bcc', 'Email:ReplyTo', 'Email:Subject', 'Email:Importance'],
  ...['AirSyncBase:Body', 'AirSyncBase:Attachments'],
]

/** What becomes of the message: the client's own MIME, or what its elements make of it; undefined where it stays. */
async function messageOf(call: Call, data: WbxmlElement, item: Item | undefined): Promise<Buffer | undefined> {
  const body = child(data, 'AirSyncBase:Body')
  if (numberOf(body, 'AirSyncBase:Type') === wholeMessage)
    return ownMime(call, bytesOf(body, 'AirSyncBase:Data') ?? Buffer.alloc(0), readAttachments(data))
  if (!data.children.some(({ name }) => contents.includes(name))) return undefined
  return compose(call, readDraft(data, item && (await textOfDraft(call, item, readRemovals(data)))))
}

/** [MS-ASEMAIL] 3.1.4.3: with a whole message only files, importance and marks come beside it. */
async function ownMime(call: Call, mime: Buffer, files: readonly NewAttachment[]): Promise<Buffer> {
  const { user, now, parts } = call
  const messageId = `${parts.context.random.uuid()}@${user.emailAddress.split('@')[1]}`
  if (files.length === 0) return stampMessage(mime, { under: { from: user }, at: now, messageId })
  const { addresses, subject, text, html, attachments } = await readEnvelope(mime)
  const content = html === undefined ? { text: text ?? '' } : { html }
  return compose(call, {
    ...noText,
    ...written(addresses),
    subject,
    ...content,
    attachments: [...attachments, ...files],
  })
}

async function sendDraft({ parts, user }: Call, mime: Buffer): Promise<undefined> {
  const recipients = await submitMail(parts, { sender: user, mime, saveInSent: true })
  if (recipients === 0) throw new ItemProblem(183, 'the draft has no recipients')
  return undefined
}

async function textOfDraft(call: Call, item: Item, removed: readonly string[]): Promise<DraftText> {
  const { mailboxes } = call.parts
  const body = await mailboxes.readBody(call.mailboxId, item.id)
  if (item.kind !== 'message' || !body) throw new ItemProblem(8, 'there is no such draft')
  const kept = body.attachments.filter(({ id }) => !removed.includes(id))
  const files = await Promise.all(kept.map(({ id }) => mailboxes.readAttachment(call.mailboxId, item.id, id)))
  return {
    ...written(item.properties),
    subject: item.subject,
    importance: item.importance,
    ...(body.html === undefined ? { text: body.text ?? '' } : { html: body.html }),
    attachments: files.filter((each) => each !== undefined),
  }
}

type People = Pick<ReadEnvelope['addresses'], 'to' | 'cc' | 'bcc' | 'replyTo'>

function written({ to, cc, bcc, replyTo }: People): Pick<DraftText, 'to' | 'cc' | 'bcc' | 'replyTo'> {
  const line = (list: People['to']) =>
    list.map(({ name, address }) => `"${name.replaceAll('"', '')}" <${address}>`).join(', ')
  return { to: line(to), cc: line(cc), bcc: line(bcc), replyTo: line(replyTo) }
}

function readDraft(data: WbxmlElement, before: DraftText | undefined): DraftText {
  const body = child(data, 'AirSyncBase:Body')
  const content = textOf(body, 'AirSyncBase:Data') ?? ''
  const isHtml = numberOf(body, 'AirSyncBase:Type') === 2
  const { text, html, ...kept } = before ?? { ...noText, attachments: [] }
  const bodyText = body ? (isHtml ? { html: content } : { text: content }) : { text, html }
  return {
    to: textOf(data, 'Email:To') ?? kept.to,
    cc: textOf(data, 'Email:Cc') ?? kept.cc,
    bcc: textOf(data, 'Email2:Bcc') ?? kept.bcc,
    replyTo: textOf(data, 'Email:ReplyTo') ?? kept.replyTo,
    subject: textOf(data, 'Email:Subject') ?? kept.subject,
    importance: child(data, 'Email:Importance') ? importanceOf(numberOf(data, 'Email:Importance')) : kept.importance,
    ...bodyText,
    attachments: [...kept.attachments, ...readAttachments(data)],
  }
}

const noText: Omit<DraftText, 'attachments'> = {
  to: '',
  cc: '',
  bcc: '',
  replyTo: '',
  subject: '',
  importance: 'normal',
}

async function compose({ user, now, parts }: Call, draft: DraftText): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const { text, html, attachments, importance } = draft
  const composer = new MailComposer({
    from: { name: user.displayName, address: user.emailAddress },
    to: draft.to,
    cc: draft.cc,
    bcc: draft.bcc,
    replyTo: draft.replyTo.replaceAll(';', ','),
    subject: draft.subject,
    date: now,
    messageId: `<${parts.context.random.uuid()}@${user.emailAddress.split('@')[1]}>`,
    headers: importanceHeaders(importance),
    ...(html === undefined ? { text: text ?? '' } : { html }),
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
    attachments: attachments.map((each) => ({
      filename: each.name,
      contentType: each.contentType,
      ...(each.contentId && { cid: each.contentId }),
      content: each.content,
    })),
  })
  const message = composer.compile()
  message.keepBcc = true
  return message.build()
}
