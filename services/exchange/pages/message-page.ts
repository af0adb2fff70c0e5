import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { TimeZone } from '../mailbox/time-zones.ts'
import { type FolderLink, folderList } from './folder-list.ts'
import { type LiveView, liveRegion } from './live-region.ts'
import { fullMoment } from './moments.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface MessageView extends Omit<FrameView, 'title' | 'content'> {
  readonly folders: readonly FolderLink[]
  readonly live: LiveView
  readonly subject: string
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly receivedAt: Date
  readonly zone: TimeZone
  readonly importance: 'low' | 'normal' | 'high'
  /** What meeting mail is about. */
  readonly meeting?: Html | undefined
  readonly body: BodyView
  /** The others of the conversation, newest first. */
  readonly conversation: readonly ConversationLink[]
  readonly categories: readonly string[]
  readonly sourceUrl: string
  readonly remotePictures: boolean
  readonly attachments: readonly AttachmentView[]
  readonly actions: ActionsView
}

export interface ConversationLink {
  readonly url: string
  readonly sender: string
  readonly receivedAt: Date
  readonly preview: string
}

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

export interface ActionsView {
  readonly action: string
  readonly messageId: string
  readonly canary: string
  readonly flagged: boolean
  readonly answers: readonly { readonly mode: 'reply' | 'replyAll' | 'forward'; readonly url: string }[]
  readonly moveTo: readonly { readonly id: string; readonly name: string }[]
}

export function messagePage(view: MessageView): PageView {
  const content = html`<div class="columns">${folderList(view.folders)}
<main id="content" tabindex="-1">${liveRegion(view.live)}<article class="message" data-testid="reading-pane"><h1 data-testid="subject">${view.subject || '(no subject)'}</h1>
${view.importance !== 'normal' && html`<p class="note">Sent with ${view.importance} importance.</p>`}
<dl class="head"><div><dt>From</dt><dd>${view.from}</dd></div><div><dt>To</dt><dd>${view.to.join('; ')}</dd></div>${view.cc.length > 0 && html`<div><dt>Cc</dt><dd>${view.cc.join('; ')}</dd></div>`}<div><dt>Received</dt><dd>${fullMoment(view.receivedAt, view.zone)}</dd></div>${view.categories.length > 0 && html`<div><dt>Categories</dt><dd>${view.categories.join(', ')}</dd></div>`}</dl>
${toolbar(view.actions)}${view.meeting}${attachments(view.attachments)}${messageBody(view.body)}${conversation(view)}<p class="note"><a href="${view.sourceUrl}" download>Message source</a></p></article></main></div>`
  return pageFrame({
    ...view,
    title: view.subject || '(no subject)',
    content,
    scripts: [view.live.script],
    imageSources: view.remotePictures ? ['https:'] : [],
  })
}

function conversation({ conversation: others, zone }: MessageView): Html | undefined {
  if (others.length === 0) return undefined
  return html`<section aria-labelledby="conversation"><h2 id="conversation">Conversation</h2><ul class="rows">${others.map(
    ({ url, sender, receivedAt, preview }) =>
      html`<li><a href="${url}" data-testid="conversation"><span class="who">${sender}</span> <span class="soft">${fullMoment(receivedAt, zone)}</span> <span>${preview.slice(0, 120)}</span></a></li>`,
  )}</ul></section>`
}

export function messageBody(body: BodyView): Html {
  if (body.kind === 'text') return html`<div class="mail text" data-testid="body">${body.text}</div>`
  const note =
    body.blockedImages > 0 &&
    html`<p class="note" role="note">Pictures from the internet are not shown (${body.blockedImages}).${body.picturesUrl && html` <a href="${body.picturesUrl}">Show pictures</a>`}</p>`
  return html`${note}<div class="mail" data-testid="body" role="region" aria-label="Message" tabindex="0">${body.content}</div>`
}

function attachments(given: readonly AttachmentView[]): Html | undefined {
  if (given.length === 0) return undefined
  return html`<section class="attachments" aria-label="Attachments"><ul>${given.map(
    ({ name, url, bytes }) =>
      html`<li><a href="${url}" download data-testid="attachment">${name}</a> (${sizeText(bytes)})</li>`,
  )}</ul></section>`
}

export function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${Math.ceil(bytes / 1024)} KB`
}

const answerNames = { reply: 'Reply', replyAll: 'Reply all', forward: 'Forward' } as const

/** Everything a person does with a message, each a link or a button of one form. */
function toolbar({ action, messageId, canary, flagged, answers, moveTo }: ActionsView): Html {
  const links = answers.map(({ mode, url }) => html`<a class="button" href="${url}">${answerNames[mode]}</a> `)
  const button = (name: string, label: string) =>
    html`<button type="submit" name="action" value="${name}">${label}</button> `
  const options = moveTo.map(({ id, name }) => html`<option value="${id}">${name}</option>`)
  return html`<div class="toolbar">${links}<form method="post" action="${action}"><input type="hidden" name="ItemID" value="${messageId}"><input type="hidden" name="X-OWA-CANARY" value="${canary}">${button('delete', 'Delete')}${button('flag', flagged ? 'Remove flag' : 'Flag')}${button('unread', 'Mark as unread')}<span class="move"><label for="folder">Folder</label> <select id="folder" name="folder">${options}</select> ${button('move', 'Move')}</span></form></div>`
}
