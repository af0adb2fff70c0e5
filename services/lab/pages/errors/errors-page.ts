import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { GuideEntry } from '../../error-guide/error-guide.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface ErrorsView {
  readonly entries: readonly GuideEntry[]
  readonly all: number
  readonly filter: string
  readonly time: StackTime | undefined
}

/** Every code: what it says, what it comes of, what mends it. */
export function errorsPage({ entries, all, filter, time }: ErrorsView): PageView {
  const surfaces = [...Map.groupBy(entries, ({ surface }) => surface)]
  return labPage({
    ...{ title: 'Errors', current: 'errors', time },
    main: html`<div class="headline"><h1>Errors</h1>
<p>Every code that the stack answers with: what it comes of, and what mends it. The journal links here.</p></div>
<form method="get" action="${urls.errors}" class="inline" role="search" aria-label="Errors"><label for="q">Search</label><input id="q" type="search" name="q" value="${filter}" placeholder="AADSTS50011, redirect, 142 …" data-filters="error-list" data-what="entries" autocomplete="off"><button>Search</button><output for="q">${
      entries.length === all ? `${all} entries` : `${entries.length} of ${all} entries`
    }</output></form>
<div id="error-list">${entries.length === 0 && html`<p class="muted">Nothing answers that. <a href="${urls.errors}">Every code</a></p>`}${surfaces.map((surface) => surfaceSection(surface, filter !== ''))}</div>`,
  })
}

/** Folded until somebody asks: unfolded, all of them are a hundred thousand pixels. */
function surfaceSection([surface, entries]: [string, GuideEntry[]], open: boolean): Html {
  const codes = [...Map.groupBy(entries, ({ anchor }) => anchor)]
  return html`<details class="fold" id="${idOf(surface)}"${open && html` open`}><summary><h2>${surface}</h2> <span class="muted">${entries.length}</span></summary>${codes.map(codeArticle)}</details>`
}

function codeArticle([anchor, entries]: [string, GuideEntry[]]): Html {
  return html`<article class="error-entry" data-filterable aria-labelledby="${anchor}"><h3 id="${anchor}"><a href="#${anchor}">${entries[0]?.code}</a></h3>${entries.map(
    ({ status, message, cause, fix, journal, code }) =>
      html`<div class="variant"><p class="said"><span class="tag">${status}</span> ${message}${journal !== code && html` <span class="muted">journal: <code>${journal}</code></span>`}</p>
<dl><dt>Cause</dt><dd>${cause}</dd><dt>Fix</dt><dd>${fix}</dd></dl></div>`,
  )}</article>`
}

function idOf(surface: string): string {
  return `surface-${surface.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`
}
