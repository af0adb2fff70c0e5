import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { RelyingPartyTrust } from '../../adfs/administration.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface FederationView {
  readonly trusts: readonly RelyingPartyTrust[]
  readonly time: StackTime | undefined
}

/** The relying party trusts of AD FS; every row leads to its rules and its policy. */
export function federationPage({ trusts, time }: FederationView): PageView {
  return labPage({
    title: 'Federation',
    current: 'federation',
    time,
    main: html`<div class="headline"><h1>Federation</h1>
<p>The applications that AD FS issues tokens to: their rules to try and change, their policies to ask.</p></div>
${dataTable({
  caption: 'Relying party trusts',
  columns: ['Trust', 'Identifier', 'Protocol', 'Access control policy', 'Enabled'],
  rows: trusts.map((trust) => ({ cells: cellsOf(trust) })),
})}`,
  })
}

function cellsOf(trust: RelyingPartyTrust): readonly (Html | string)[] {
  return [
    html`<a href="${urls.trust(trust.objectIdentifier)}">${trust.name}</a>`,
    trust.identifiers.join(', '),
    trust.protocolProfile,
    trust.accessControlPolicy.name,
    trust.enabled ? 'yes' : 'no',
  ]
}
