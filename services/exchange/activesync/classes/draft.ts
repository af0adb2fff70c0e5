import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Item, NewAttachment } from '../../mailbox/item.ts'
import { submitMail } from '../../transport/submit-mail.ts'
import type { Call } from '../call.ts'
import { child, numberOf, textOf } from '../elements.ts'
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
  const mime = await compose(call, readDraft(data, undefined))
  if (send) return sendDraft(call, mime)
  const delivery = { folderId: folder.id, mime, receivedAt: call.now, unread: false, isDraft: true }
  return call.parts.mailboxes.deliver(call.mailboxId, delivery)
}

async function change({ call, item, data, send }: Changing): Promise<Item | undefined> {
  const { mailboxes } = call.parts
  const before = await textOfDraft(call, item, readRemovals(data))
  const draft = readDraft(data, before)
  const mime = await compose(call, draft)
  if (!send) return mailboxes.updateItem(call.mailboxId, item.id, { mime, ...messagePatch(data) })
  await sendDraft(call, mime)
  await mailboxes.deleteItem(call.mailboxId, item.id, 'forGood')
  return undefined
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
  const contents = await Promise.all(kept.map(({ id }) => mailboxes.readAttachment(call.mailboxId, item.id, id)))
  const { to, cc, bcc, replyTo } = item.properties
  const written = (list: typeof to) =>
    list.map(({ name, address }) => `"${name.replaceAll('"', '')}" <${address}>`).join(', ')
  return {
    to: written(to),
    cc: written(cc),
    bcc: written(bcc),
    replyTo: written(replyTo),
    subject: item.subject,
    importance: item.importance,
    ...(body.html === undefined ? { text: body.text ?? '' } : { html: body.html }),
    attachments: contents.filter((each) => each !== undefined),
  }
}

function readDraft(data: WbxmlElement, before: DraftText | undefined): DraftText {
  const body = child(data, 'AirSyncBase:Body')
  const written = textOf(body, 'AirSyncBase:Data') ?? ''
  const isHtml = numberOf(body, 'AirSyncBase:Type') === 2
  const { text, html, ...kept } = before ?? { ...noText, attachments: [] }
  const bodyText = body ? (isHtml ? { html: written } : { text: written }) : { text, html }
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
    ...(importance !== 'normal' && { priority: importance }),
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
