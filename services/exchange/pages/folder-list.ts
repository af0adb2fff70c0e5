import { type Html, html } from '#shared/html/html.ts'

export interface FolderLink {
  readonly name: string
  readonly url: string
  readonly unreadCount: number
  readonly current: boolean
  readonly below: readonly FolderLink[]
}

export function folderList(folders: readonly FolderLink[]): Html {
  return html`<nav class="folders" aria-label="Folders"><p class="new"><a class="button primary" href="/owa/?path=%2Fmail%2Faction%2Fcompose">New message</a></p><ul data-live-part="folders">${folders.map(folderLink)}</ul><p class="manage"><a href="/owa/?path=%2fmail%2faction%2ffolders">Manage folders</a></p></nav>`
}

/** Folders below another can be folded away; the page that shows one of them opens the way to it. */
function folderLink({ name, url, unreadCount, current, below }: FolderLink): Html {
  const count =
    unreadCount > 0 &&
    html` <span class="count" data-testid="unread-count">${unreadCount}<span class="hidden"> unread</span></span>`
  return html`<li class="folder"><a href="${url}"${current && html` aria-current="page"`} data-testid="folder"><span class="name">${name}</span>${count}</a>${
    below.length > 0 &&
    html`<details open data-folds="${url}"><summary class="fold"><span class="hidden">Folders in ${name}</span></summary><ul class="below">${below.map(folderLink)}</ul></details>`
  }</li>`
}
