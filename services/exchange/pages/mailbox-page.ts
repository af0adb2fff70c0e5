import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { TimeZone } from '../mailbox/time-zones.ts'
import { type FolderLink, folderList } from './folder-list.ts'
import { type LiveView, liveRegion } from './live-region.ts'
import { shortMoment } from './moments.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface MailboxView extends Omit<FrameView, 'title' | 'content'> {
  readonly folders: readonly FolderLink[]
  readonly folderName: string
  readonly totalCount: number
  /** What was searched for; absent where a folder is shown. */
  readonly searched?: string | undefined
  /** A page that shows new mail as it comes. */
  readonly live?: LiveView | undefined
  readonly messages: readonly MessageRowView[]
  readonly now: Date
  readonly zone: TimeZone
  /** Absent on the last page. */
  readonly olderUrl?: string | undefined
  /** Absent on the first page. */
  readonly newestUrl?: string | undefined
}

export interface MessageRowView {
  readonly url: string
  readonly sender: string
  readonly subject: string
  readonly preview: string
  readonly receivedAt: Date
  readonly unread: boolean
  readonly flagged: boolean
  readonly hasAttachments: boolean
  readonly importance: 'low' | 'normal' | 'high'
}

export function mailboxPage(view: MailboxView): PageView {
  const list =
    view.messages.length > 0
      ? html`<ul class="messages" data-testid="messages">${view.messages.map((message) => messageRow(message, view))}</ul>`
      : html`<p class="empty">There is nothing here.</p>`
  const content = html`<div class="columns">${folderList(view.folders)}
<main id="content" tabindex="-1">${searchForm(view.searched)}${view.live && liveRegion(view.live)}<h1>${view.folderName} <span class="total" data-live-part="total">${view.totalCount} ${view.totalCount === 1 ? 'message' : 'messages'}</span></h1><div data-live-part="list">${list}${pager(view)}</div></main></div>`
  return pageFrame({ ...view, title: view.folderName, content, scripts: view.live && [view.live.script] })
}

const paperclip = html`<svg aria-hidden="true" viewBox="0 0 16 16"><path fill="none" stroke="currentColor" stroke-width="1.5" d="M4 6v5a4 4 0 0 0 8 0V4.500a2.500 2.500 0 0 0-5 0V11a1 1 0 0 0 2 0V6"/></svg>`

function messageRow(message: MessageRowView, { now, zone }: MailboxView): Html {
  const marks = [
    message.unread && html`<span class="mark-unread"><span class="hidden">Unread. </span></span>`,
    message.importance !== 'normal' &&
      html`<span class="importance ${message.importance}"><span aria-hidden="true">${message.importance === 'high' ? '!' : '↓'}</span><span class="hidden">${message.importance === 'high' ? 'High' : 'Low'} importance. </span></span>`,
    message.flagged &&
      html`<span class="flagged"><span aria-hidden="true">⚑</span><span class="hidden">Flagged. </span></span>`,
    message.hasAttachments &&
      html`<span class="attached">${paperclip}<span class="hidden">Has attachments. </span></span>`,
  ]
  return html`<li class="${message.unread ? 'unread' : 'read'}" data-testid="message"><a href="${message.url}"><span class="sender">${message.sender}</span><span class="when">${shortMoment(message.receivedAt, now, zone)}</span><span class="subject">${marks}${message.subject || '(no subject)'}</span><span class="preview">${message.preview}</span></a></li>`
}

function searchForm(searched = ''): Html {
  return html`<form class="search" role="search" method="get" action="/owa/"><input type="hidden" name="path" value="/mail/search"><label class="hidden" for="q">Search mail</label><input id="q" name="q" type="search" value="${searched}" placeholder="Search mail" maxlength="200"> <button type="submit">Search</button></form>`
}

function pager({ olderUrl, newestUrl }: MailboxView): Html | undefined {
  if (!olderUrl && !newestUrl) return undefined
  return html`<nav class="pager" aria-label="Pages">${newestUrl && html`<a href="${newestUrl}">Newest</a>`} ${olderUrl && html`<a href="${olderUrl}" rel="next">Older</a>`}</nav>`
}
