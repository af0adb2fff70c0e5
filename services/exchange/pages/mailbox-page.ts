import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { TimeZone } from '../mailbox/time-zones.ts'
import { type FolderLink, folderList } from './folder-list.ts'
import { type LiveView, liveRegion } from './live-region.ts'
import { type CategoryMark, type MessageRowView, messageRows } from './message-rows.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface MailboxView extends Omit<FrameView, 'title' | 'content'> {
  readonly folders: readonly FolderLink[]
  readonly folderName: string
  readonly totalCount: number
  /** What was searched for; absent where a folder is shown. */
  readonly searched?: string | undefined
  /** The folder that the search can be limited to. */
  readonly scope?: SearchScope | undefined
  /** A page that shows new mail as it comes. */
  readonly live?: LiveView | undefined
  readonly filters?: readonly FilterLink[] | undefined
  readonly selection?: SelectionView | undefined
  readonly messages: readonly MessageRowView[]
  readonly now: Date
  readonly zone: TimeZone
  /** Absent on the last page. */
  readonly olderUrl?: string | undefined
  /** Absent on the first page. */
  readonly newestUrl?: string | undefined
}

export interface SearchScope {
  readonly key: string
  readonly name: string
  readonly chosen: boolean
}

export interface FilterLink {
  readonly name: string
  readonly url: string
  readonly current: boolean
  readonly isCategory: boolean
}

/** What can be done with the messages that are selected. */
export interface SelectionView {
  readonly action: string
  readonly canary: string
  /** The key of the folder where the person is. */
  readonly from: string
  readonly byConversation: boolean
  readonly folders: readonly { readonly id: string; readonly name: string }[]
  readonly categories: readonly CategoryMark[]
  /** Everything goes for good at once. */
  readonly emptied?: { readonly action: string; readonly folder: string } | undefined
}

const formId = 'selection'

export function mailboxPage(view: MailboxView): PageView {
  const { selection, live } = view
  const list =
    view.messages.length > 0
      ? messageRows({ ...view, selection: selection && formId })
      : html`<p class="empty">There is nothing here.</p>`
  const content = html`<div class="columns">${folderList(view.folders)}
<main id="content" tabindex="-1">${searchForm(view)}${live && liveRegion(live)}<h1>${view.folderName} <span class="total" data-live-part="total">${view.totalCount} ${view.totalCount === 1 ? 'message' : 'messages'}</span></h1>${filters(view.filters)}${selection && selectionForm(selection)}<div data-live-part="list">${list}${pager(view)}</div></main></div>`
  return pageFrame({ ...view, title: view.folderName, content, scripts: live && [live.script] })
}

function searchForm({ searched = '', scope }: MailboxView): Html {
  const scopes =
    scope &&
    html` <label class="hidden" for="in">Search in</label><select id="in" name="in"><option value="">All folders</option><option value="${scope.key}"${scope.chosen && html` selected`}>${scope.name}</option></select>`
  return html`<form class="search" role="search" method="get" action="/owa/"><input type="hidden" name="path" value="/mail/search"><label class="hidden" for="q">Search mail</label><input id="q" name="q" type="search" value="${searched}" placeholder="Search mail" maxlength="200">${scopes} <button type="submit">Search</button></form>`
}

function filters(links: readonly FilterLink[] = []): Html | undefined {
  if (links.length === 0) return undefined
  const shown = (some: readonly FilterLink[]) =>
    html`<ul>${some.map(({ name, url, current }) => html`<li><a href="${url}"${current && html` aria-current="true"`}>${name}</a></li>`)}</ul>`
  const categories = links.filter(({ isCategory }) => isCategory)
  const more =
    categories.length > 0 &&
    html`<details${categories.some(({ current }) => current) && html` open`}><summary>Category</summary>${shown(categories)}</details>`
  return html`<nav class="filters" aria-label="Filter">${shown(links.filter(({ isCategory }) => !isCategory))}${more}</nav>`
}

const plainActions = [
  ['delete', 'Delete'],
  ['archive', 'Archive'],
  ['read', 'Mark as read'],
  ['unread', 'Mark as unread'],
  ['flag', 'Flag'],
  ['complete', 'Mark complete'],
  ['unflag', 'Clear flag'],
  ['junk', 'Mark as junk'],
] as const

function selectionForm(view: SelectionView): Html {
  const canary = html`<input type="hidden" name="X-OWA-CANARY" value="${view.canary}">`
  const group = (label: string, prefix: string, options: readonly (readonly [string, string])[]) =>
    options.length > 0 &&
    html`<optgroup label="${label}">${options.map(([value, name]) => html`<option value="${prefix}${value}">${name}</option>`)}</optgroup>`
  const folders = view.folders.map(({ id, name }) => [id, name] as const)
  const categories = view.categories.map(({ name }) => [name, name] as const)
  const form = html`<form id="${formId}" method="post" action="${view.action}">${canary}<input type="hidden" name="from" value="${view.from}">${view.byConversation && html`<input type="hidden" name="conversations" value="1">`}<label for="do">With the selected</label> <select id="do" name="action">${plainActions.map(([value, name]) => html`<option value="${value}">${name}</option>`)}${group('Move to', 'move:', folders)}${group('Copy to', 'copy:', folders)}${group('Categorize', 'categorize:', categories)}<option value="uncategorize">Clear categories</option></select> <button type="submit">Apply</button></form>`
  const { emptied } = view
  const empty =
    emptied &&
    html`<form method="post" action="${emptied.action}">${canary}<input type="hidden" name="folder" value="${emptied.folder}"><button type="submit" name="action" value="empty">Empty folder</button></form>`
  return html`<div class="toolbar selection">${form}${empty}</div>`
}

function pager({ olderUrl, newestUrl }: MailboxView): Html | undefined {
  if (!olderUrl && !newestUrl) return undefined
  return html`<nav class="pager" aria-label="Pages">${newestUrl && html`<a href="${newestUrl}">Newest</a>`} ${olderUrl && html`<a href="${olderUrl}" rel="next">Older</a>`}</nav>`
}
