import { type Html, type HtmlValue, html } from '#shared/html/html.ts'

export interface TableView {
  readonly id?: string
  readonly caption: string
  readonly captionHidden?: boolean
  readonly columns: readonly string[]
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  /** The first is the row's header. */
  readonly cells: readonly HtmlValue[]
  readonly classes?: string
}

/** A table that turns into cards on a narrow screen. Its roles are written out, because CSS that does so takes them. */
export function dataTable({ id, caption, captionHidden, columns, rows }: TableView): Html {
  const heads = columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)
  return html`<table role="table" class="cards"${id && html` id="${id}"`}>
<caption${captionHidden && html` class="visually-hidden"`}>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => tableRow(row, columns))}</tbody></table>`
}

function tableRow({ cells, classes }: TableRow, columns: readonly string[]): Html {
  const [header, ...others] = cells
  return html`<tr role="row"${classes && html` class="${classes}"`}><th role="rowheader" scope="row">${header}</th>${others.map(
    (cell, index) =>
      html`<td role="cell"${cell === '–' && html` class="none"`} data-label="${columns[index + 1]}"><div>${cell}</div></td>`,
  )}</tr>`
}
