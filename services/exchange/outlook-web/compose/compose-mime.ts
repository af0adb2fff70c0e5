import { importanceHeaders } from '../../mailbox/importance-headers.ts'
import type { MailAddress } from '../../mailbox/item-properties.ts'
import type { UploadedFile } from './read-form.ts'
import { writtenAddress } from './recipients.ts'
import type { InlinePicture } from './written-html.ts'

export interface NewMessage {
  readonly from: MailAddress
  /** Who sends on behalf of whom From names. */
  readonly sender?: MailAddress | undefined
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  /** In a draft only: whoever gets the message does not see it. */
  readonly bcc?: readonly MailAddress[]
  readonly subject: string
  readonly text: string
  /** Beside the text, which then says the same. */
  readonly html?: string | undefined
  /** What `html` shows. */
  readonly pictures?: readonly InlinePicture[]
  readonly importance: 'low' | 'normal' | 'high'
  readonly attachments: readonly UploadedFile[]
  readonly messageId: string
  readonly date: Date
  readonly inReplyTo?: string | undefined
  readonly references?: readonly string[] | undefined
}

export async function composeMail(message: NewMessage): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const { inReplyTo, references = [], importance } = message
  const composer = new MailComposer({
    from: writtenAddress(message.from),
    ...(message.sender && { sender: writtenAddress(message.sender) }),
    to: message.to.map(writtenAddress),
    cc: message.cc.map(writtenAddress),
    bcc: (message.bcc ?? []).map(writtenAddress),
    subject: message.subject,
    text: message.text,
    ...(message.html !== undefined && { html: message.html }),
    date: message.date,
    messageId: `<${message.messageId}>`,
    ...(inReplyTo && { inReplyTo: `<${inReplyTo}>`, references: [...references, inReplyTo].map((id) => `<${id}>`) }),
    headers: importanceHeaders(importance),
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
    attachments: [
      ...(message.pictures ?? []).map(({ contentId, ...file }) => ({ ...attachmentOf(file), cid: contentId })),
      ...message.attachments.map(attachmentOf),
    ],
  })
  const node = composer.compile()
  node.keepBcc = message.bcc !== undefined
  return node.build()
}

function attachmentOf({ name, contentType, content }: UploadedFile) {
  return { filename: name, contentType, content }
}
