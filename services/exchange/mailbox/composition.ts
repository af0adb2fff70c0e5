import { importanceHeaders } from './importance-headers.ts'
import type { Importance } from './mailbox-store.ts'

/** A message before it is MIME text; the same composition always gives the same bytes. */
export interface Composition {
  readonly messageId: string
  /** ISO instant. */
  readonly date: string
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html?: string
  readonly importance: Importance
  readonly attachments: readonly ComposedAttachment[]
}

export interface ComposedAttachment {
  readonly name: string
  readonly contentType: string
  /** Base64. */
  readonly content: string
}

/** Boundaries come from the message id, so that nothing in the text is random. */
export async function composeMime(composition: Composition): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const { messageId, date, from, to, cc, subject, text, html, importance, attachments } = composition
  const composer = new MailComposer({
    messageId: `<${messageId}>`,
    date: new Date(date),
    from,
    to: [...to],
    cc: [...cc],
    subject,
    text,
    ...(html !== undefined && { html }),
    headers: importanceHeaders(importance),
    baseBoundary: messageId.replace(/[^A-Za-z0-9]/g, ''),
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
    attachments: attachments.map((each) => ({
      filename: each.name,
      contentType: each.contentType,
      content: Buffer.from(each.content, 'base64'),
    })),
  })
  return composer.compile().build()
}
