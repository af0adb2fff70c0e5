import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { type ParityKind, type ParityRow, parityKinds } from '../../parity/parity.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'
import { inline } from '../markdown.ts'

export interface ParityFilter {
  readonly q: string
  readonly service: string
  readonly kind: ParityKind | ''
}

export interface ParityView {
  readonly rows: readonly ParityRow[]
  readonly services: readonly string[]
  readonly filter: ParityFilter
  readonly time: StackTime | undefined
}

export const kindNames = { claim: 'claims', gap: 'gaps', divergence: 'divergences' } as const

/** What every service says of itself: what is witnessed, what is missing, what differs. */
export function parityPage({ rows, services, filter, time }: ParityView): PageView {
  const shown = rows.filter((row) => fits(row, filter))
  const asked = Object.values(filter).some((value) => value !== '')
  return labPage({
    ...{ title: 'Parity', current: 'parity', time },
    main: html`<div class="headline"><h1>Parity</h1>
<p>What is imitated and which test witnesses it, what is not there, and what differs from the products. From the READMEs of the services.</p></div>
${summary(rows, services)}
<form method="get" action="${urls.parity}" class="filters" role="search" aria-label="Parity">
<p><label for="service">Service</label><select id="service" name="service"><option value="">all</option>${services.map((each) => html`<option${each === filter.service && html` selected`}>${each}</option>`)}</select></p>
<p><label for="kind">What</label><select id="kind" name="kind"><option value="">everything</option>${parityKinds.map((each) => html`<option value="${each}"${each === filter.kind && html` selected`}>${kindNames[each]}</option>`)}</select></p>
<p><label for="q">Text</label><input id="q" type="search" name="q" value="${filter.q}" autocomplete="off" data-filters="parity-list" data-what="rows"></p>
<p><button>Show</button> <output for="q">${shown.length === rows.length ? `${rows.length} rows` : `${shown.length} of ${rows.length} rows`}</output></p></form>
<div id="parity-list">${shown.length === 0 && html`<p class="muted">Nothing says that. <a href="${urls.parity}">Everything</a></p>`}${[...Map.groupBy(shown, ({ service }) => service)].map((of) => serviceSection(of, asked))}</div>`,
  })
}

function fits({ text, service, kind, witnesses }: ParityRow, filter: ParityFilter): boolean {
  const said = `${text} ${witnesses.join(' ')}`.toLowerCase()
  const words = filter.q.toLowerCase().split(/\s+/)
  return (
    (filter.service === '' || filter.service === service) &&
    (filter.kind === '' || filter.kind === kind) &&
    words.every((word) => said.includes(word))
  )
}

function summary(rows: readonly ParityRow[], services: readonly string[]): Html {
  const count = (service: string, kind: ParityKind) =>
    rows.filter((row) => row.service === service && row.kind === kind).length
  return dataTable({
    caption: 'How much of what',
    captionHidden: true,
    columns: ['Service', 'Claims', 'Gaps', 'Divergences'],
    rows: services.map((service) => ({
      cells: [
        html`<a href="${urls.parityOf({ service })}">${service}</a>`,
        ...parityKinds.map((kind) => html`<a href="${urls.parityOf({ service, kind })}">${count(service, kind)}</a>`),
      ],
    })),
  })
}

/** Folded until somebody asks: unfolded, all of them are seventy thousand pixels. */
function serviceSection([service, rows]: [string, ParityRow[]], open: boolean): Html {
  const kinds = [...Map.groupBy(rows, ({ kind }) => kind)]
  return html`<details class="fold" id="of-${service}"${open && html` open`}><summary><h2>${service}</h2> <span class="muted">${rows.length}</span></summary>${kinds.map(
    ([kind, of]) => html`<h3>${kindNames[kind]}</h3><ul class="parity">${of.map(rowItem)}</ul>`,
  )}</details>`
}

function rowItem({ tokens, witnesses }: ParityRow): Html {
  return html`<li data-filterable>${inline(tokens, () => undefined)}${
    witnesses.length > 0 &&
    html` <span class="witnesses">${witnesses.map((each) => html`<a href="${urls.witness(each)}">${each}</a> `)}</span>`
  }</li>`
}

export interface WitnessView {
  readonly pattern: string
  readonly files: readonly { readonly file: string; readonly titles: readonly string[] }[]
  readonly time: StackTime | undefined
}

/** The tests behind a claim, by their titles. */
export function witnessPage({ pattern, files, time }: WitnessView): PageView {
  return labPage({
    ...{ title: pattern, current: 'parity', time },
    main: html`<div class="headline"><h1>Witness</h1><p><code>${pattern}</code></p></div>
${files.length === 0 && html`<p class="muted">The tests are not part of this installation.</p>`}
${files.map(
  ({ file, titles }) =>
    html`<section><h2>${file}</h2><p><code>npx vitest run --config test/vitest.config.ts ${file}</code></p><ul>${titles.map((title) => html`<li>${title}</li>`)}</ul></section>`,
)}<p><a href="${urls.parity}">All of the parity</a></p>`,
  })
}
