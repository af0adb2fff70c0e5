import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { type FolderLink, folderList } from './folder-list.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface FoldersView extends Omit<FrameView, 'title' | 'content'> {
  readonly folders: readonly FolderLink[]
  readonly rows: readonly FolderRowView[]
  /** Where a folder can be, besides right below the mailbox. */
  readonly places: readonly { readonly id: string; readonly name: string }[]
  readonly action: string
  readonly canary: string
  readonly problem?: string | undefined
}

export interface FolderRowView {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly depth: number
  readonly url: string
  readonly count: number
  /** Made by the person, and so theirs to rename and delete. */
  readonly isOwn: boolean
  readonly isEmpty: boolean
}

export function foldersPage(view: FoldersView): PageView {
  const canary = html`<input type="hidden" name="X-OWA-CANARY" value="${view.canary}">`
  const content = html`<div class="columns">${folderList(view.folders)}<main id="content" tabindex="-1"><h1>Folders</h1>
${view.problem && html`<p class="problem" role="alert" data-testid="problem">${view.problem}</p>`}
<form class="toolbar" method="post" action="${view.action}">${canary}<span class="move"><label for="name">New folder</label> <input id="name" name="name" type="text" maxlength="255" autocomplete="off" required> <label for="parent">in</label> <select id="parent" name="parent">${placesOf(view)}</select> <button type="submit" name="action" value="create">Create</button></span></form>
<ul class="rows folder-rows">${view.rows.map((row) => rowOf(row, view, canary))}</ul></main></div>`
  return pageFrame({ ...view, title: 'Folders', content })
}

function placesOf({ places }: FoldersView, without?: FolderRowView): readonly Html[] {
  const others = places.filter(({ name }) => !without || !`${name} / `.startsWith(`${without.path} / `))
  return [{ id: '', name: 'The mailbox itself' }, ...others].map(
    ({ id, name }) => html`<option value="${id}">${name}</option>`,
  )
}

function rowOf(row: FolderRowView, view: FoldersView, canary: Html): Html {
  const { id, name, url, count, depth, isOwn, isEmpty } = row
  const hiddenName = html`<span class="hidden"> ${name}</span>`
  const rename = html`<label class="hidden" for="name-${id}">New name of ${name}</label><input id="name-${id}" name="name" type="text" value="${name}" maxlength="255" autocomplete="off"> <button type="submit" name="action" value="rename">Rename${hiddenName}</button> `
  const move = html`<label class="hidden" for="parent-${id}">New place of ${name}</label><select id="parent-${id}" name="parent">${placesOf(view, row)}</select> <button type="submit" name="action" value="move">Move${hiddenName}</button> <button type="submit" name="action" value="delete">Delete${hiddenName}</button> `
  const own = html`<details><summary>Change${hiddenName}</summary><p class="change">${rename}</p><p class="change">${move}</p></details>`
  const empty = !isEmpty && html`<button type="submit" name="action" value="empty">Empty${hiddenName}</button>`
  return html`<li class="depth-${Math.min(depth, 6)}" data-testid="folder-row"><form class="toolbar" method="post" action="${view.action}">${canary}<input type="hidden" name="folder" value="${id}"><span class="name"><a href="${url}">${name}</a> <span class="soft">${count}</span></span> ${isOwn && own}${empty}</form></li>`
}
