import { type Html, type HtmlValue, html } from '#shared/html/html.ts'

/** A table that turns into cards on a narrow screen; the first cell of a row is its header. */
export function adminTable(caption: string, columns: readonly string[], rows: readonly (readonly HtmlValue[])[]): Html {
  const heads = columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)
  return html`<table role="table"><caption class="visually-hidden">${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">${rows.map(
    ([header, ...cells]) =>
      html`<tr role="row"><th role="rowheader" scope="row">${header}</th>${cells.map(
        (cell, index) => html`<td role="cell" data-label="${columns[index + 1]}"><div>${cell}</div></td>`,
      )}</tr>`,
  )}</tbody></table>`
}
