import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface PeopleView extends Omit<FrameView, 'title' | 'content'> {
  readonly searched: string
  readonly total: number
  readonly contacts: readonly PersonRow[]
  /** Of the directory, where something was searched for. */
  readonly directory: readonly PersonRow[]
  readonly newUrl: string
  readonly olderUrl?: string | undefined
}

export interface PersonRow {
  readonly name: string
  readonly detail: string
  readonly address: string
  /** Where it leads; a person of the directory is written to. */
  readonly url: string
}

export function peoplePage(view: PeopleView): PageView {
  const { searched, contacts, directory, newUrl, olderUrl } = view
  const content = html`<main id="content" class="people" tabindex="-1"><h1>People <span class="total">${view.total} ${view.total === 1 ? 'contact' : 'contacts'}</span></h1>
<p><a class="button primary" href="${newUrl}">New contact</a></p>
<form class="search" role="search" method="get" action="/owa/"><input type="hidden" name="path" value="/people"><label class="hidden" for="q">Search people</label><input id="q" name="q" type="search" value="${searched}" placeholder="Search people" maxlength="100"> <button type="submit">Search</button></form>
${contacts.length > 0 ? list(contacts, 'contact') : html`<p class="empty">There are no contacts here.</p>`}
${olderUrl && html`<nav class="pager" aria-label="Pages"><a href="${olderUrl}" rel="next">More</a></nav>`}
${directory.length > 0 && html`<h2>Directory</h2>${list(directory, 'directory-person')}`}</main>`
  return pageFrame({ ...view, title: 'People', content })
}

function list(rows: readonly PersonRow[], testId: string): Html {
  return html`<ul class="rows">${rows.map(
    ({ name, detail, address, url }) =>
      html`<li><a href="${url}" data-testid="${testId}"><span class="who">${name}</span> <span class="soft">${[detail, address].filter((each) => each !== '').join(', ')}</span></a></li>`,
  )}</ul>`
}

export interface ContactPageView extends Omit<FrameView, 'title' | 'content'> {
  readonly name: string
  readonly facts: readonly { readonly label: string; readonly value: string; readonly url?: string }[]
  readonly notes: string
  /** A `data:` URL. */
  readonly pictureUrl?: string | undefined
  readonly action: string
  readonly canary: string
  readonly itemId: string
  readonly editUrl: string
  readonly backUrl: string
}

export function contactPage(view: ContactPageView): PageView {
  const { name, facts, notes, pictureUrl, action, canary, itemId, editUrl, backUrl } = view
  const content = html`<main id="content" class="people" tabindex="-1"><p><a href="${backUrl}">Back to people</a></p><h1 data-testid="contact-name">${name || '(no name)'}</h1>${pictureUrl && html`<p><img class="portrait" src="${pictureUrl}" alt="Picture of ${name || 'the contact'}" data-testid="picture"></p>`}
<div class="toolbar"><a class="button" href="${editUrl}">Edit</a> <form method="post" action="${action}"><input type="hidden" name="X-OWA-CANARY" value="${canary}"><input type="hidden" name="ItemID" value="${itemId}"><button type="submit" name="action" value="delete">Delete</button></form></div>
<dl class="facts">${facts.map(({ label, value, url }) => html`<div><dt>${label}</dt><dd>${url ? html`<a href="${url}">${value}</a>` : value}</dd></div>`)}</dl>${notes && html`<div class="mail text">${notes}</div>`}</main>`
  return pageFrame({ ...view, title: name || 'Contact', content })
}

export interface ContactFormView extends Omit<FrameView, 'title' | 'content'> {
  readonly heading: string
  readonly action: string
  readonly canary: string
  readonly itemId: string
  readonly groups: readonly {
    readonly legend: string
    readonly fields: readonly { readonly name: string; readonly label: string; readonly value: string }[]
  }[]
  readonly birthday: string
  readonly notes: string
  readonly cancelUrl: string
  readonly problem?: string | undefined
}

export function contactFormPage(view: ContactFormView): PageView {
  const groups = view.groups.map(
    ({ legend, fields }) =>
      html`<fieldset><legend>${legend}</legend>${fields.map(({ name, label, value }) => line(name, label, value))}</fieldset>`,
  )
  const content = html`<main id="content" class="people" tabindex="-1"><h1>${view.heading}</h1>
${view.problem && html`<p class="problem" role="alert" data-testid="problem">${view.problem}</p>`}
<form class="compose" method="post" action="${view.action}" data-testid="contact-form"><input type="hidden" name="X-OWA-CANARY" value="${view.canary}"><input type="hidden" name="ItemID" value="${view.itemId}">
${groups}<div class="line"><label for="birthday">Birthday</label><input id="birthday" name="birthday" type="date" value="${view.birthday}"></div>
<label for="notes">Notes</label><textarea id="notes" name="notes" rows="5">${view.notes}</textarea>
<p class="actions"><button class="primary" type="submit" name="action" value="save">Save</button> <a class="button" href="${view.cancelUrl}">Cancel</a></p></form></main>`
  return pageFrame({ ...view, title: view.heading, content })
}

function line(name: string, label: string, value: string): Html {
  return html`<div class="line"><label for="${name}">${label}</label><input id="${name}" name="${name}" type="text" value="${value}" maxlength="255" autocomplete="off"></div>`
}
