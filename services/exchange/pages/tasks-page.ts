import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface ItemRow {
  readonly name: string
  readonly detail: string
  readonly isDone: boolean
  readonly url: string
}

export interface ItemListView extends Omit<FrameView, 'title' | 'content'> {
  readonly heading: string
  readonly rows: readonly ItemRow[]
  readonly empty: string
  /** Absent where nothing is made. */
  readonly newItem?: { readonly text: string; readonly url: string }
  /** The list beside this one: notes have no place of their own above. */
  readonly beside: { readonly text: string; readonly url: string }
  readonly olderUrl?: string | undefined
}

/** Tasks, or notes: a row each. */
export function itemListPage({ heading, rows, empty, newItem, beside, olderUrl, ...frame }: ItemListView): PageView {
  const content = html`<main id="content" class="people" tabindex="-1"><h1>${heading}</h1>
<p>${newItem && html`<a class="button primary" href="${newItem.url}">${newItem.text}</a> `}<a class="button" href="${beside.url}">${beside.text}</a></p>
${rows.length > 0 ? html`<ul class="rows">${rows.map(rowLine)}</ul>` : html`<p class="empty">${empty}</p>`}
${olderUrl && html`<nav class="pager" aria-label="Pages"><a href="${olderUrl}" rel="next">More</a></nav>`}</main>`
  return pageFrame({ ...frame, title: heading, content })
}

function rowLine({ name, detail, isDone, url }: ItemRow): Html {
  return html`<li><a href="${url}" data-testid="item"><span class="who${isDone && ' done'}">${name || '(no subject)'}</span>${isDone && html`<span class="hidden">, complete</span>`} <span class="soft">${detail}</span></a></li>`
}

export interface ItemPageView extends Omit<FrameView, 'title' | 'content'> {
  readonly subject: string
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly text: string
  readonly back: { readonly text: string; readonly url: string }
  /** Absent for what is only read. */
  readonly actions?: {
    readonly action: string
    readonly canary: string
    readonly itemId: string
    readonly editUrl: string
    readonly isComplete: boolean
  }
}

export function itemPage({ subject, facts, text, back, actions, ...frame }: ItemPageView): PageView {
  const title = subject || '(no subject)'
  const lines = facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)
  const content = html`<main id="content" class="people" tabindex="-1"><p><a href="${back.url}">${back.text}</a></p><h1 data-testid="subject">${title}</h1>
${actions && buttons(actions)}<dl class="facts">${lines}</dl>${text && html`<div class="mail text" data-testid="body">${text}</div>`}</main>`
  return pageFrame({ ...frame, title, content })
}

function buttons({ action, canary, itemId, editUrl, isComplete }: NonNullable<ItemPageView['actions']>): Html {
  const mark = isComplete ? ['reopen', 'Mark as not complete'] : ['complete', 'Mark complete']
  return html`<div class="toolbar"><a class="button" href="${editUrl}">Edit</a> <form method="post" action="${action}"><input type="hidden" name="X-OWA-CANARY" value="${canary}"><input type="hidden" name="ItemID" value="${itemId}"><button type="submit" name="action" value="${mark[0]}">${mark[1]}</button> <button type="submit" name="action" value="delete">Delete</button></form></div>`
}

export interface TaskFormView extends Omit<FrameView, 'title' | 'content'> {
  readonly heading: string
  readonly action: string
  readonly canary: string
  readonly itemId: string
  readonly values: {
    readonly subject: string
    readonly startDate: string
    readonly dueDate: string
    readonly importance: string
    readonly notes: string
  }
  readonly cancelUrl: string
  readonly problem?: string | undefined
}

export function taskFormPage({ heading, action, canary, itemId, values, cancelUrl, problem, ...frame }: TaskFormView) {
  const option = (value: string, text: string) =>
    html`<option value="${value}"${values.importance === value && html` selected`}>${text}</option>`
  const content = html`<main id="content" class="people" tabindex="-1"><h1>${heading}</h1>
${problem && html`<p class="problem" role="alert" data-testid="problem">${problem}</p>`}
<form class="compose" method="post" action="${action}" data-testid="task-form"><input type="hidden" name="X-OWA-CANARY" value="${canary}"><input type="hidden" name="ItemID" value="${itemId}">
<div class="line"><label for="subject">Subject</label><input id="subject" name="subject" type="text" value="${values.subject}" maxlength="255" autocomplete="off"></div>
<div class="line"><label for="startDate">Start date</label><input id="startDate" name="startDate" type="date" value="${values.startDate}"></div>
<div class="line"><label for="dueDate">Due date</label><input id="dueDate" name="dueDate" type="date" value="${values.dueDate}"></div>
<div class="line"><label for="importance">Importance</label><select id="importance" name="importance">${option('low', 'Low')}${option('normal', 'Normal')}${option('high', 'High')}</select></div>
<label for="notes">Notes</label><textarea id="notes" name="notes" rows="5">${values.notes}</textarea>
<p class="actions"><button class="primary" type="submit" name="action" value="save">Save</button> <a class="button" href="${cancelUrl}">Cancel</a></p></form></main>`
  return pageFrame({ ...frame, title: heading, content })
}
