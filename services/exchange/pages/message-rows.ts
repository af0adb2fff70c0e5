import { type Html, html } from '#shared/html/html.ts'
import type { TimeZone } from '../mailbox/time-zones.ts'
import { shortMoment } from './moments.ts'

export interface MessageRowView {
  readonly id: string
  readonly url: string
  readonly sender: string
  readonly subject: string
  readonly preview: string
  readonly receivedAt: Date
  readonly unread: boolean
  readonly flagged: boolean
  readonly hasAttachments: boolean
  readonly importance: 'low' | 'normal' | 'high'
  readonly categories: readonly CategoryMark[]
  /** How many messages the row stands for, where it is a conversation. */
  readonly messages?: number | undefined
}

/** `preset` is its colour, -1 for none. */
export interface CategoryMark {
  readonly name: string
  readonly preset: number
}

interface Rows {
  readonly messages: readonly MessageRowView[]
  readonly now: Date
  readonly zone: TimeZone
  /** The form that the rows can be selected for. */
  readonly selection?: string | undefined
}

const paperclip = html`<svg aria-hidden="true" viewBox="0 0 16 16"><path fill="none" stroke="currentColor" stroke-width="1.5" d="M4 6v5a4 4 0 0 0 8 0V4.500a2.500 2.500 0 0 0-5 0V11a1 1 0 0 0 2 0V6"/></svg>`
const unreadMark = html`<span class="mark-unread"><span class="hidden">Unread. </span></span>`
const flagMark = html`<span class="flagged"><span aria-hidden="true">⚑</span><span class="hidden">Flagged. </span></span>`
const fileMark = html`<span class="attached">${paperclip}<span class="hidden">Has attachments. </span></span>`
const importanceMarks = {
  low: html`<span class="importance low"><span aria-hidden="true">↓</span><span class="hidden">Low importance. </span></span>`,
  normal: undefined,
  high: html`<span class="importance high"><span aria-hidden="true">!</span><span class="hidden">High importance. </span></span>`,
}

export function messageRows(view: Rows): Html {
  return html`<ul class="messages" data-testid="messages">${view.messages.map((message) => messageRow(message, view))}</ul>`
}

function messageRow(message: MessageRowView, { now, zone, selection }: Rows): Html {
  const { unread, flagged, hasAttachments, importance, messages = 1 } = message
  const subject = message.subject || '(no subject)'
  const marks = [
    unread && unreadMark,
    importanceMarks[importance],
    flagged && flagMark,
    hasAttachments && fileMark,
    messages > 1 && html`<span class="size">${messages}<span class="hidden"> messages. </span></span>`,
  ]
  const box =
    selection !== undefined &&
    html`<input type="checkbox" name="ItemID" value="${message.id}" form="${selection}" aria-label="Select ${subject}">`
  return html`<li class="${unread ? 'unread' : 'read'}" data-testid="message"><a href="${message.url}"><span class="sender">${message.sender}</span><span class="when">${shortMoment(message.receivedAt, now, zone)}</span><span class="subject">${marks}${subject}</span><span class="preview">${categoryMarks(message.categories)}${message.preview}</span></a>${box}</li>`
}

export function categoryMarks(categories: readonly CategoryMark[]): Html | false {
  return (
    categories.length > 0 &&
    html`<span class="categories"><span class="hidden">Categories: </span>${categories.map(
      ({ name, preset }) => html`<span class="category${preset >= 0 && ` preset-${preset}`}">${name}</span> `,
    )}</span>`
  )
}
