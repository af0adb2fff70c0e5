import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { Field, Operation } from '../../api/operations.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface ApiView {
  readonly operations: readonly Operation[]
  readonly time: StackTime | undefined
}

/** Every operation of the JSON API, for people; the document for programs is linked. */
export function apiPage({ operations, time }: ApiView): PageView {
  const groups = [...Map.groupBy(operations, ({ path }) => path.split('/')[2] ?? '')]
  return labPage({
    ...{ title: 'API', current: 'api', time },
    main: html`<div class="headline"><h1>API</h1>
<p>What the pages of the lab do, for programs. <a href="${urls.document}">OpenAPI document</a>. As commands: <code>npm run fauxchange -- lab</code> lists them.</p></div>
<form method="get" action="${urls.api}" class="inline" role="search" aria-label="Operations" data-needs-script hidden><label for="q">Search</label><input id="q" type="search" data-filters="operations" data-what="operations" placeholder="clock, mfa, PUT …" autocomplete="off"><output for="q">${operations.length} operations</output></form>
<p class="jumps">${groups.map(([group, own]) => html`<span><a href="#group-${group}">${group}</a> <span class="muted">${own.length}</span></span>`)}</p>
<div id="operations">${groups.map(groupSection)}</div>`,
  })
}

function groupSection([group, operations]: [string, Operation[]]): Html {
  return html`<section aria-labelledby="group-${group}"><h2 id="group-${group}">${group}</h2>${operations.map(operationItem)}</section>`
}

function operationItem(operation: Operation): Html {
  const { method, path, name, summary, description, fields, answer, refusals, example } = operation
  return html`<details class="operation" id="${name}" data-filterable><summary><code><strong>${method}</strong> ${path}</code> <span>${summary}</span></summary>
${description && html`<p>${description}</p>`}
<pre data-copy tabindex="0" role="group" aria-label="Example of ${name}"><code>${example}</code></pre>
${fields.length > 0 && fieldTable(name, fields)}
<h3>Refusals</h3><dl>${refusals.map(({ status, text }) => html`<dt>${status}</dt><dd>${text}</dd>`)}</dl>
<h3>Answer</h3><pre tabindex="0" role="group" aria-label="Answer of ${name}"><code>${JSON.stringify(answer, undefined, 2)}</code></pre></details>`
}

function fieldTable(name: string, fields: readonly Field[]): Html {
  return dataTable({
    caption: `Input of ${name}`,
    captionHidden: true,
    columns: ['Name', 'In', 'Type', 'Meaning'],
    rows: fields.map((field) => ({
      cells: [
        html`<code>${field.name}</code>${field.required ? html` <span class="tag">required</span>` : ''}`,
        field.where,
        html`<code>${field.type}</code>`,
        field.description || '–',
      ],
    })),
  })
}
