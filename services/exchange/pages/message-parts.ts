import { type Html, html } from '#shared/html/html.ts'

export type BodyView =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'html'
      readonly content: Html
      readonly blockedImages: number
      /** Where the pictures of others are shown; absent where they are, or are not offered. */
      readonly picturesUrl?: string | undefined
    }

export interface AttachmentView {
  readonly name: string
  readonly url: string
  readonly bytes: number
}

export function messageBody(body: BodyView, label = 'Message', testId = 'body'): Html {
  if (body.kind === 'text') return html`<div class="mail text" data-testid="${testId}">${body.text}</div>`
  const note =
    body.blockedImages > 0 &&
    html`<p class="note" role="note">Pictures from the internet are not shown (${body.blockedImages}).${body.picturesUrl && html` <a href="${body.picturesUrl}">Show pictures</a>`}</p>`
  return html`${note}<div class="mail" data-testid="${testId}" role="region" aria-label="${label}" tabindex="0">${body.content}</div>`
}

export function attachmentList(given: readonly AttachmentView[], testId = 'attachment'): Html | undefined {
  if (given.length === 0) return undefined
  return html`<section class="attachments" aria-label="Attachments"><ul>${given.map(
    ({ name, url, bytes }) =>
      html`<li><a href="${url}" download data-testid="${testId}">${name}</a> (${sizeText(bytes)})</li>`,
  )}</ul></section>`
}

export function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${Math.ceil(bytes / 1024)} KB`
}
