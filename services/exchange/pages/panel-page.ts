import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { checkbox, select } from './appointment-form-page.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

/** What an administrator sees of one page of the control panel. */
export interface PanelView extends Omit<FrameView, 'title' | 'content'> {
  readonly sections: readonly PanelSection[]
  readonly title: string
  readonly blocks: readonly PanelBlock[]
  /** Where forms are posted to. */
  readonly action: string
  /** The page that forms lead back to. */
  readonly returnTo: string
  readonly canary: string
  /** The cmdlet that just ran, as the shell writes it. */
  readonly ran?: string | undefined
  readonly problem?: string | undefined
}

export interface PanelSection {
  readonly name: string
  readonly pages: readonly { readonly name: string; readonly url: string; readonly current: boolean }[]
}

export type PanelBlock =
  | PanelTable
  | PanelForm
  | PanelSearch
  | { readonly kind: 'facts'; readonly heading: string; readonly facts: readonly PanelFact[] }
  | { readonly kind: 'note' | 'problem'; readonly text: string }
  /** What can be done to the whole of what the page shows. */
  | { readonly kind: 'actions'; readonly buttons: readonly PanelButton[] }
  | { readonly kind: 'links'; readonly links: readonly { readonly text: string; readonly url: string }[] }
  | { readonly kind: 'pager'; readonly previous?: string | undefined; readonly next?: string | undefined }

export interface PanelFact {
  readonly label: string
  readonly value: string
}

export interface PanelTable {
  readonly kind: 'table'
  readonly caption: string
  readonly columns: readonly string[]
  /** The first cell names its row. */
  readonly rows: readonly (readonly PanelCell[])[]
  readonly empty: string
}

export type PanelCell =
  | string
  | { readonly text: string; readonly url: string }
  | { readonly buttons: readonly PanelButton[] }

/** A form with nothing to fill in. */
export interface PanelButton {
  readonly form: string
  readonly text: string
  /** What it is done to, for people who do not see the row. */
  readonly about: string
  readonly values: Readonly<Record<string, string>>
}

export interface PanelForm {
  readonly kind: 'form'
  readonly form: string
  readonly heading: string
  /** The cmdlet behind it. */
  readonly cmdlet: string
  readonly values: Readonly<Record<string, string>>
  readonly fields: readonly PanelField[]
  readonly button: string
}

export type PanelField =
  | { readonly kind: 'text' | 'lines'; readonly name: string; readonly label: string; readonly value: string }
  | { readonly kind: 'password'; readonly name: string; readonly label: string }
  | { readonly kind: 'check'; readonly name: string; readonly label: string; readonly value: boolean }
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly label: string
      readonly value: string
      readonly choices: readonly (readonly [value: string, text: string])[]
    }

/** A form that asks: its values stand in the address. */
export interface PanelSearch {
  readonly kind: 'search'
  readonly url: string
  readonly fields: readonly PanelField[]
}

export function panelPage(view: PanelView): PageView {
  const sections = view.sections.map(
    ({ name, pages }) =>
      html`<h2>${name}</h2><ul>${pages.map(
        ({ name: text, url, current }) =>
          html`<li><a href="${url}"${current && html` aria-current="page"`}>${text}</a></li>`,
      )}</ul>`,
  )
  const content = html`<div class="columns"><nav class="folders panel" aria-label="Administration">${sections}</nav><main id="content" class="settings" tabindex="-1"><h1>${view.title}</h1>
${view.ran !== undefined && html`<div class="problem" role="status" data-testid="ran"><p>Done. This cmdlet ran:</p><pre tabindex="0">${view.ran}</pre></div>`}
${view.problem !== undefined && html`<p class="problem" role="alert" data-testid="problem">${view.problem}</p>`}
${view.blocks.map((block) => blockOf(view, block))}</main></div>`
  return pageFrame({ ...view, content })
}

function blockOf(view: PanelView, block: PanelBlock): Html {
  switch (block.kind) {
    case 'table':
      return tableOf(view, block)
    case 'form':
      return formOf(view, block)
    case 'search':
      return searchOf(block)
    case 'facts':
      return html`<h2>${block.heading}</h2><dl class="panel-facts">${block.facts.map(
        ({ label, value }) => html`<div><dt>${label}</dt><dd>${momentOrText(value)}</dd></div>`,
      )}</dl>`
    case 'note':
      return html`<p class="note">${block.text}</p>`
    case 'problem':
      return html`<p class="problem" role="alert">${block.text}</p>`
    case 'actions':
      return html`<h2>Actions</h2><p class="actions">${block.buttons.map((button) => buttonOf(view, button))}</p>`
    case 'links':
      return html`<p>${block.links.map(({ text, url }) => html`<a href="${url}">${text}</a> `)}</p>`
    case 'pager':
      return html`<nav class="pager" aria-label="Pages">${block.previous && html`<a href="${block.previous}" rel="prev">Previous page</a>`}${block.next && html`<a href="${block.next}" rel="next">Next page</a>`}</nav>`
  }
}

function tableOf(view: PanelView, { caption, columns, rows, empty }: PanelTable): Html {
  if (rows.length === 0) return html`<h2>${caption}</h2><p class="empty">${empty}</p>`
  const cell = (value: PanelCell) => {
    if (typeof value === 'string') return momentOrText(value)
    if ('url' in value) return html`<a href="${value.url}">${momentOrText(value.text)}</a>`
    return html`${value.buttons.map((button) => buttonOf(view, button))}`
  }
  // Roles: as blocks, which rows are on a phone, a table's elements would no longer be a table to a screen reader.
  return html`<h2>${caption}</h2><div class="table" tabindex="0" role="region" aria-label="${caption}"><table class="rows" role="table"><thead role="rowgroup"><tr role="row">${columns.map(
    (column) => html`<th scope="col" role="columnheader">${column}</th>`,
  )}</tr></thead><tbody role="rowgroup">${rows.map(
    ([first = '', ...others]) =>
      html`<tr role="row"><th scope="row" role="rowheader">${cell(first)}</th>${others.map((each, at) => html`<td role="cell" data-column="${columns[at + 1] ?? ''}">${cell(each)}</td>`)}</tr>`,
  )}</tbody></table></div>`
}

/** Moments as people read them; the exact one stays beside it. */
function momentOrText(value: string): Html {
  const moment = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(value)
  return moment
    ? html`<time datetime="${value}"><span>${moment[1]}</span> <span>${moment[2]} UTC</span></time>`
    : html`${value}`
}

function hidden({ canary, returnTo }: PanelView, form: string, values: Readonly<Record<string, string>>): Html {
  const all = { 'X-OWA-CANARY': canary, form, returnTo, ...values }
  return html`${Object.entries(all).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`
}

function buttonOf(view: PanelView, { form, text, about, values }: PanelButton): Html {
  return html`<form class="inline" method="post" action="${view.action}">${hidden(view, form, values)}<button type="submit">${text}<span class="hidden"> ${about}</span></button></form> `
}

function formOf(view: PanelView, { form, heading, cmdlet, values, fields, button }: PanelForm): Html {
  return html`<form class="compose panel-form" method="post" action="${view.action}" data-testid="${form}">${hidden(view, form, values)}
<fieldset><legend>${heading}</legend>${fields.map((field) => fieldOf(form, field))}<p class="note">Runs <code>${cmdlet}</code></p></fieldset>
<p class="actions"><button class="primary" type="submit">${button}</button></p></form>`
}

function searchOf({ url, fields }: PanelSearch): Html {
  return html`<form class="compose panel-form" method="get" action="${url}" role="search">${fields.map((field) => fieldOf('search', field))}<p class="actions"><button class="primary" type="submit">Search</button></p></form>`
}

function fieldOf(form: string, field: PanelField): Html {
  if (field.kind === 'check') return html`<p>${checkbox(field.name, field.label, field.value)}</p>`
  const id = `${form}-${field.name}`
  if (field.kind === 'choice')
    return html`<div class="line"><label for="${id}">${field.label}</label>${select(field.name, field.choices, field.value, id)}</div>`
  if (field.kind === 'password')
    return html`<div class="line"><label for="${id}">${field.label}</label><input id="${id}" name="${field.name}" type="password" autocomplete="new-password" value=""></div>`
  const input =
    field.kind === 'lines'
      ? html`<textarea id="${id}" name="${field.name}" rows="3">${field.value}</textarea>`
      : html`<input id="${id}" name="${field.name}" type="text" value="${field.value}">`
  return html`<div class="line"><label for="${id}">${field.label}</label>${input}</div>`
}
