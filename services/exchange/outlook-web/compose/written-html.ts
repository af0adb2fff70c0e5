import { type Html, html, trustedHtmlFromSanitiser } from '#shared/html/html.ts'
import type { ReadMessage } from '../../mailbox/read-mime.ts'
import { sanitiseMail } from '../sanitise-mail.ts'
import type { UploadedFile } from './read-form.ts'

/** A picture that the text shows, as a part of the message (RFC 2387). */
export interface InlinePicture extends UploadedFile {
  readonly contentId: string
}

/** What somebody wrote in the editor, or undefined where they wrote plain text. */
export async function writtenHtml(given: string): Promise<Html | undefined> {
  return given.trim() === '' ? undefined : (await sanitiseMail(given, [])).content
}

/** A message as the editor shows it, with its own pictures; those of others are left out. */
export async function editableHtml(read: ReadMessage): Promise<Html> {
  if (read.html === undefined) return htmlOfText(read.text ?? '')
  return (await sanitiseMail(read.html, read.attachments)).content
}

export function htmlOfText(text: string): Html {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')
  return html`${lines.map((line) => html`<div>${line || trustedHtmlFromSanitiser('<br>')}</div>`)}`
}

/** Pictures leave the text and become parts of the message. */
export function withPictures(
  { text }: Html,
  contentIdOf: (index: number) => string,
): { readonly html: string; readonly pictures: readonly InlinePicture[] } {
  const pictures: InlinePicture[] = []
  const html = text.replace(/src="data:(image\/(\w+));base64,([^"]*)"/g, (_, contentType, ending, content) => {
    const contentId = contentIdOf(pictures.length)
    const name = `image${pictures.length + 1}.${ending}`
    pictures.push({ contentId, name, contentType, content: Buffer.from(content, 'base64') })
    return `src="cid:${contentId}"`
  })
  return { html, pictures }
}
