import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { Mailbox, MailboxMessage } from '../../exchange/mail.ts'
import { type Notice, urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'
import { timeText } from '../time-text.ts'

export interface MailForm {
  readonly upn: string
  readonly from: string
  readonly subject: string
  readonly text: string
}

export interface MailView {
  readonly form: MailForm
  readonly mailbox: Mailbox
  /** Of the inbox, newest first; undefined where there is no such mailbox, or nobody tells. */
  readonly messages: readonly MailboxMessage[] | undefined
  readonly owners: readonly string[]
  readonly time: StackTime | undefined
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
}

/** Mail that comes in from nowhere, and what is in the inbox. */
export function mailPage(view: MailView): PageView {
  const { time, notice, problem, mailbox } = view
  return labPage({
    title: 'Mail',
    current: 'mail',
    time,
    notice,
    problem,
    live: { url: urls.mailOf(mailbox.upn), everyMs: 3000 },
    main: html`<div class="headline"><h1>Mail</h1><p>A message appears in a mailbox as if it had just been delivered: phones that wait hear of it.</p></div>
${formSection(view)}
${inboxSection(view)}`,
  })
}

function formSection({ form, owners }: MailView): Html {
  const { upn, from, subject, text } = form
  return html`<section aria-labelledby="put"><h2 id="put">Put a message into a mailbox</h2>
<form method="post" action="${urls.mail}" class="stacked"><p><label for="upn">Mailbox of</label><input id="upn" name="upn" required value="${upn}" list="owners" autocomplete="off"></p>
<datalist id="owners">${owners.map((owner) => html`<option value="${owner}"></option>`)}</datalist>
<p><label for="from">From</label><input id="from" name="from" required maxlength="320" value="${from}"></p>
<p><label for="subject">Subject</label><input id="subject" name="subject" maxlength="255" value="${subject}"></p>
<p><label for="text">Text</label><textarea id="text" name="text" rows="5">${text}</textarea></p>
<p><button class="primary">Put it there</button></p></form></section>`
}

function inboxSection({ mailbox, messages }: MailView): Html {
  const rows = (messages ?? []).slice(0, 20).map(({ subject, from, receivedAt, unread, preview }) => ({
    cells: [
      html`${subject || 'No subject'}${unread && html` <span class="tag">unread</span>`}`,
      from.name || from.address,
      html`<time datetime="${receivedAt}">${timeText(receivedAt)}</time>`,
      (preview.length > 80 ? `${preview.slice(0, 80).trimEnd()}…` : preview) || '–',
    ],
  }))
  const columns = ['Subject', 'From', 'Received', 'Begins']
  return html`<section aria-labelledby="inbox"><h2 id="inbox">Inbox of ${mailbox.upn}</h2>
<div id="messages" data-live>${
    messages === undefined
      ? html`<p class="muted">${mailbox.upn} has no mailbox at ${mailbox.deployment}.</p>`
      : rows.length === 0
        ? html`<p class="muted">It is empty.</p>`
        : dataTable({ caption: 'The newest messages', captionHidden: true, columns, rows })
  }</div></section>`
}
