import { type Html, html } from '#shared/html/html.ts'
import type { WorldAddress } from '../../connect/addresses.ts'
import { dataTable } from '../data-table.ts'

export function addressSection(addresses: readonly WorldAddress[]): Html {
  const people = addresses.filter((each) => !each.forPrograms)
  const programs = addresses.filter((each) => each.forPrograms)
  return html`<section aria-labelledby="addresses"><h2 id="addresses">Addresses</h2>
<p>Open them in a browser that goes through a gateway; elsewhere the same names are the real ones.</p>
${addressTable('To open', people)}
<details><summary>For programs</summary>${addressTable('For programs', programs)}</details></section>`
}

function addressTable(caption: string, addresses: readonly WorldAddress[]): Html {
  return dataTable({
    caption,
    captionHidden: true,
    columns: ['Address', 'What', 'From the internet', 'Inside'],
    rows: addresses.map(({ url, title, answeredBy }) => ({
      cells: [html`<a href="${url}">${url}</a>`, title, answeredBy.internet ?? '–', answeredBy.corp ?? '–'],
    })),
  })
}
