import { type Html, html } from '#shared/html/html.ts'
import type { TimeZone } from '../mailbox/time-zones.ts'
import { type AttachmentView, attachmentList, type BodyView, messageBody } from './message-parts.ts'
import { fullMoment } from './moments.ts'

/** Another message of the conversation. */
export interface ThreadMessageView {
  readonly url: string
  readonly sender: string
  readonly receivedAt: Date
  readonly preview: string
  readonly unread: boolean
  /** The name of the folder where it is. */
  readonly folder: string
  /** Absent where only a link is shown. */
  readonly body?: BodyView | undefined
  readonly attachments: readonly AttachmentView[]
}

/** The others of a conversation, newest first; unread ones are open. */
export function messageThread(others: readonly ThreadMessageView[], zone: TimeZone): Html | undefined {
  if (others.length === 0) return undefined
  return html`<section class="thread" aria-labelledby="conversation"><h2 id="conversation">Conversation</h2><ul class="rows">${others.map((each) => html`<li>${each.body ? whole(each, each.body, zone) : link(each, zone)}</li>`)}</ul></section>`
}

function head({ sender, receivedAt, folder }: ThreadMessageView, zone: TimeZone): Html {
  return html`<span class="who">${sender}</span> <span class="soft">${fullMoment(receivedAt, zone)}</span> <span class="soft">${folder}</span>`
}

function link(view: ThreadMessageView, zone: TimeZone): Html {
  return html`<a href="${view.url}" data-testid="conversation">${head(view, zone)} <span>${view.preview.slice(0, 120)}</span></a>`
}

function whole(view: ThreadMessageView, body: BodyView, zone: TimeZone): Html {
  return html`<details${view.unread && html` open`}><summary>${head(view, zone)} <span class="gist">${view.preview.slice(0, 120)}</span></summary>${attachmentList(view.attachments, 'thread-attachment')}${messageBody(body, `Message from ${view.sender}`, 'thread-body')}<p class="note"><a href="${view.url}" data-testid="conversation">Open this message<span class="hidden"> from ${view.sender}</span></a></p></details>`
}
