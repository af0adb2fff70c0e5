import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { type FolderLink, folderList } from './folder-list.ts'
import { fullMoment } from './moments.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface MessageView extends Omit<FrameView, 'title' | 'content'> {
  readonly folders: readonly FolderLink[]
  readonly subject: string
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly receivedAt: Date
  readonly importance: 'low' | 'normal' | 'high'
  readonly body: BodyView
  readonly attachments: readonly AttachmentView[]
  readonly readState: ReadStateView
}

export type BodyView =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'html'; readonly content: Html; readonly blockedImages: number }

export interface AttachmentView {
  readonly name: string
  readonly url: string
  readonly bytes: number
}

export interface ReadStateView {
  readonly action: string
  readonly messageId: string
  readonly canary: string
}

export function messagePage(view: MessageView): PageView {
  const content = html`<div class="columns">${folderList(view.folders)}
<main id="content" tabindex="-1"><article class="message" data-testid="reading-pane"><h1 data-testid="subject">${view.subject || '(no subject)'}</h1>
${view.importance !== 'normal' && html`<p class="note">Sent with ${view.importance} importance.</p>`}
<dl class="head"><div><dt>From</dt><dd>${view.from}</dd></div><div><dt>To</dt><dd>${view.to.join('; ')}</dd></div>${view.cc.length > 0 && html`<div><dt>Cc</dt><dd>${view.cc.join('; ')}</dd></div>`}<div><dt>Received</dt><dd>${fullMoment(view.receivedAt)}</dd></div></dl>
${attachments(view.attachments)}${messageBody(view.body)}${markUnread(view.readState)}</article></main></div>`
  return pageFrame({ ...view, title: view.subject || '(no subject)', content })
}

function messageBody(body: BodyView): Html {
  if (body.kind === 'text') return html`<div class="mail text" data-testid="body">${body.text}</div>`
  const note =
    body.blockedImages > 0 &&
    html`<p class="note" role="note">Pictures from the internet are not shown (${body.blockedImages}).</p>`
  return html`${note}<div class="mail" data-testid="body" role="region" aria-label="Message" tabindex="0">${body.content}</div>`
}

function attachments(given: readonly AttachmentView[]): Html | undefined {
  if (given.length === 0) return undefined
  return html`<section class="attachments" aria-label="Attachments"><ul>${given.map(
    ({ name, url, bytes }) =>
      html`<li><a href="${url}" download data-testid="attachment">${name}</a> (${sizeText(bytes)})</li>`,
  )}</ul></section>`
}

function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${Math.ceil(bytes / 1024)} KB`
}

function markUnread({ action, messageId, canary }: ReadStateView): Html {
  return html`<form method="post" action="${action}"><input type="hidden" name="ItemID" value="${messageId}"><input type="hidden" name="unread" value="1"><input type="hidden" name="X-OWA-CANARY" value="${canary}"><button type="submit">Mark as unread</button></form>`
}
