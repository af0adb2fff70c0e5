import type { Element } from '@xmldom/xmldom'
import { importanceHeaders } from '../../mailbox/importance-headers.ts'
import type { ItemBody, Message, NewAttachment } from '../../mailbox/item.ts'
import type { MailAddress } from '../../mailbox/item-properties.ts'
import { type MessageWishes, wishHeaders } from '../../mailbox/message-wishes.ts'
import { passedOnType } from '../../mailbox/shown-files.ts'
import type { Call } from '../call.ts'
import { attribute, child, children, flagOf, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { sensitivityIn } from './shared-facts.ts'
import { withoutAbsent } from './without-absent.ts'

/** A message that is being written. */
export interface Draft extends MessageWishes {
  /** Absent: the caller. Whether they may send under it is judged when it goes. */
  readonly from?: MailAddress | undefined
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly bcc: readonly MailAddress[]
  readonly replyTo: readonly MailAddress[]
  readonly subject: string
  readonly importance: 'low' | 'normal' | 'high'
  readonly text?: string | undefined
  readonly html?: string | undefined
  readonly inReplyTo?: string | undefined
  readonly references: readonly string[]
  readonly attachments: readonly NewAttachment[]
}

export const emptyDraft: Draft = {
  to: [],
  cc: [],
  bcc: [],
  replyTo: [],
  subject: '',
  importance: 'normal',
  references: [],
  attachments: [],
}

/** The draft with what an element of the schema says differently, or adds; its attachments apart. */
export function readDraft(element: Element, before: Draft, appends = false): Draft {
  const list = (name: string, kept: readonly MailAddress[]) => {
    const read = readRecipients(element, name)
    return read ? [...(appends ? kept : []), ...read] : kept
  }
  return {
    ...before,
    ...(appends ? appendedBody(element, before) : readBody(element)),
    from: readRecipients(element, 'From')?.[0] ?? before.from,
    to: list('ToRecipients', before.to),
    cc: list('CcRecipients', before.cc),
    bcc: list('BccRecipients', before.bcc),
    replyTo: list('ReplyTo', before.replyTo),
    subject: textOf(element, 'Subject') ?? before.subject,
    importance: readImportance(element) ?? before.importance,
    inReplyTo: textOf(element, 'InReplyTo') ?? before.inReplyTo,
    references: referencesIn(element) ?? before.references,
    ...withoutAbsent({
      sensitivity: sensitivityIn(element),
      readReceipt: flagOf(element, 'IsReadReceiptRequested'),
      deliveryReceipt: flagOf(element, 'IsDeliveryReceiptRequested'),
    }),
  }
}

/** Without angle brackets. */
function referencesIn(element: Element): readonly string[] | undefined {
  return textOf(element, 'References')?.match(/[^\s<>]+/g) ?? undefined
}

function appendedBody(element: Element, { text, html }: Draft) {
  const added = readBody(element)
  if (html !== undefined) return { html: `${html}${added.html ?? added.text ?? ''}` }
  return added.html === undefined
    ? { text: `${text ?? ''}${added.text ?? ''}` }
    : { html: `${text ?? ''}${added.html}`, text: undefined }
}

export function readBody(element: Element): { text?: string | undefined; html?: string | undefined } {
  const body = child(element, 'Body')
  if (!body) return {}
  const written = body.textContent ?? ''
  return attribute(body, 'BodyType') === 'HTML'
    ? { html: written, text: undefined }
    : { text: written, html: undefined }
}

export function readImportance(element: Element): Draft['importance'] | undefined {
  const written = textOf(element, 'Importance')?.toLowerCase()
  return written === 'low' || written === 'normal' || written === 'high' ? written : undefined
}

function readRecipients(element: Element, name: string): readonly MailAddress[] | undefined {
  const list = child(element, name)
  return list && children(list).map(readMailbox)
}

/** @throws WebServicesError for an address that is none. */
export function readMailbox(mailbox: Element): MailAddress {
  const address = textOf(mailbox, 'EmailAddress')?.trim() ?? ''
  if (!/^[^\s<>@"]+@[^\s<>@"]+$/.test(address))
    throw new WebServicesError('ErrorInvalidRecipients', `"${address.slice(0, 80)}" is no address`)
  return { name: textOf(mailbox, 'Name') ?? '', address }
}

export async function draftOf({ parts, mailboxId }: Call, item: Message): Promise<Draft> {
  const { mailboxes } = parts
  const body: ItemBody = (await mailboxes.readBody(mailboxId, item.id)) ?? { attachments: [] }
  const found = await Promise.all(body.attachments.map(({ id }) => mailboxes.readAttachment(mailboxId, item.id, id)))
  const { from, to, cc, bcc, replyTo, inReplyTo, references, sensitivity, readReceipt, deliveryReceipt } =
    item.properties
  return {
    ...{ from, to, cc, bcc, replyTo, inReplyTo, references, subject: item.subject, importance: item.importance },
    ...withoutAbsent({ sensitivity, readReceipt, deliveryReceipt }),
    ...(body.html === undefined ? { text: body.text ?? '' } : { html: body.html }),
    attachments: found.filter((each) => each !== undefined),
  }
}

/** Bcc stays: the server takes it out when it sends. */
export async function composeDraft({ user, now, parts }: Call, draft: Draft): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const { text, html, attachments, importance } = draft
  const from = draft.from ?? { name: user.displayName, address: user.emailAddress }
  const composer = new MailComposer({
    from,
    to: [...draft.to],
    cc: [...draft.cc],
    bcc: [...draft.bcc],
    replyTo: [...draft.replyTo],
    subject: draft.subject,
    date: now,
    messageId: `<${parts.context.random.uuid()}@${user.emailAddress.split('@')[1]}>`,
    ...(draft.inReplyTo !== undefined && { inReplyTo: draft.inReplyTo }),
    ...(draft.references.length > 0 && { references: [...draft.references] }),
    headers: { ...importanceHeaders(importance), ...wishHeaders(draft, from) },
    ...(html === undefined ? { text: text ?? '' } : { html }),
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
    attachments: attachments.map((each) => ({
      filename: each.name,
      contentType: passedOnType(each),
      ...(each.contentId && { cid: each.contentId }),
      contentDisposition: each.isInline ? ('inline' as const) : ('attachment' as const),
      content: each.content,
    })),
  })
  const message = composer.compile()
  message.keepBcc = true
  return message.build()
}
