import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { type AttachmentView, attachmentList, type BodyView, messageBody } from './message-parts.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface AppointmentPageView extends Omit<FrameView, 'title' | 'content'> {
  readonly subject: string
  readonly when: Html
  readonly repeats?: string | undefined
  readonly location: string
  readonly organizer?: string | undefined
  readonly attendees: readonly { readonly name: string; readonly type: string; readonly answer: string }[]
  readonly notes: readonly string[]
  readonly files: readonly AttachmentView[]
  readonly body: BodyView
  readonly backUrl: string
  readonly actions: AppointmentActions
}

export interface AppointmentActions {
  readonly action: string
  readonly canary: string
  readonly itemId: string
  readonly occurrence: string
  readonly edits: readonly { readonly text: string; readonly url: string }[]
  readonly deletes: readonly { readonly text: string; readonly scope: 'occurrence' | 'all' }[]
  /** For somebody who is invited. */
  readonly canAnswer: boolean
}

export function appointmentPage(view: AppointmentPageView): PageView {
  const { subject, when, repeats, location, organizer, notes } = view
  const content = html`<main id="content" class="appointment" tabindex="-1"><p><a href="${view.backUrl}">Back to the calendar</a></p>
<h1 data-testid="subject">${subject || '(no subject)'}</h1>${notes.map((note) => html`<p class="note" data-testid="note">${note}</p>`)}
<dl class="head"><div><dt>When</dt><dd data-testid="when">${when}</dd></div>${repeats && html`<div><dt>Repeats</dt><dd data-testid="repeats">${repeats}</dd></div>`}${location && html`<div><dt>Where</dt><dd data-testid="where">${location}</dd></div>`}${organizer && html`<div><dt>Organizer</dt><dd>${organizer}</dd></div>`}</dl>
${buttons(view.actions)}${view.actions.canAnswer && answerForm(view.actions)}${people(view.attendees)}${attachmentList(view.files)}${messageBody(view.body)}</main>`
  return pageFrame({ ...view, title: subject || '(no subject)', content })
}

function people(attendees: AppointmentPageView['attendees']): Html | undefined {
  if (attendees.length === 0) return undefined
  return html`<section aria-labelledby="attendees"><h2 id="attendees">Attendees</h2><ul class="attendees">${attendees.map(
    ({ name, type, answer }) =>
      html`<li data-testid="attendee"><span>${name}</span> <span class="soft">${type}, ${answer}</span></li>`,
  )}</ul></section>`
}

function hiddenFields({ canary, itemId, occurrence }: Omit<AppointmentActions, 'edits' | 'deletes'>): Html {
  return html`<input type="hidden" name="X-OWA-CANARY" value="${canary}"><input type="hidden" name="ItemID" value="${itemId}"><input type="hidden" name="occurrence" value="${occurrence}">`
}

function buttons(actions: AppointmentActions): Html {
  const removes = actions.deletes.map(
    ({ text, scope }) =>
      html`<form method="post" action="${actions.action}">${hiddenFields(actions)}<input type="hidden" name="scope" value="${scope}"><button type="submit" name="action" value="delete">${text}</button></form> `,
  )
  return html`<div class="toolbar">${actions.edits.map(({ text, url }) => html`<a class="button" href="${url}">${text}</a> `)}${removes}</div>`
}

export type AnswerFormView = Pick<AppointmentActions, 'action' | 'canary' | 'itemId' | 'occurrence' | 'canAnswer'>

/** Accept, Tentative or Decline, with a word to the organizer. */
export function answerForm(view: AnswerFormView): Html {
  return html`<form class="answer compose" method="post" action="${view.action}" data-testid="answer">${hiddenFields(view)}
<div class="line"><label for="comment">Comment</label><input id="comment" name="comment" type="text" maxlength="500" autocomplete="off"></div>
<p class="actions"><button type="submit" name="action" value="accepted">Accept</button> <button type="submit" name="action" value="tentative">Tentative</button> <button type="submit" name="action" value="declined">Decline</button> <label><input type="checkbox" name="send" value="1" checked> Send the response</label></p></form>`
}
