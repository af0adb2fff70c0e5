import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { ImportReport, RelyingPartyTrust } from '../../adfs/administration.ts'
import type { Said } from '../../page-actions.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import type { StackTime } from '../frame.ts'
import { federationFrame } from './federation-frame.ts'

export interface FederationView extends Said {
  readonly trusts: readonly RelyingPartyTrust[]
  readonly policies: readonly string[]
  readonly time: StackTime | undefined
}

/** The relying party trusts of AD FS; every row leads to its rules and its policy. */
export function federationPage({ trusts, policies, report, ...frame }: FederationView): PageView {
  return federationFrame({
    ...frame,
    title: 'Federation',
    about: 'The applications that AD FS issues tokens to: their rules to try and change, their policies to ask.',
    current: urls.federation,
    main: html`${report && reportTable(report)}
${dataTable({
  id: 'trusts',
  caption: 'Relying party trusts',
  columns: ['Trust', 'Identifier', 'Protocol', 'Access control policy', 'Enabled'],
  rows: trusts.map((trust) => ({ cells: cellsOf(trust) })),
})}
${createSection(policies)}
${importSection()}`,
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

function reportTable({ trusts }: ImportReport): Html {
  return dataTable({
    id: 'report',
    caption: 'What was imported',
    columns: ['Trust', 'Outcome', 'Not taken over'],
    rows: trusts.map(({ name, outcome, reason, notTaken }) => ({
      cells: [
        name,
        reason === undefined ? outcome : `${outcome}: ${reason}`,
        notTaken.length === 0
          ? '–'
          : html`<ul>${notTaken.map((each) => html`<li><code>${each.property}</code>: ${each.reason}</li>`)}</ul>`,
      ],
    })),
  })
}

function createSection(policies: readonly string[]): Html {
  return html`<section aria-labelledby="create"><h2 id="create">Add a trust</h2>
<form method="post" action="${urls.createTrust}" class="fields">
<p><label for="new-name">Name</label><input id="new-name" name="name" required></p>
<p><label for="new-identifier">Identifier</label><input id="new-identifier" name="identifier" required></p>
<p><label for="new-protocol">Protocol</label><select id="new-protocol" name="protocol"><option value="WsFederation">WS-Federation</option><option value="SAML">SAML 2.0</option></select></p>
<p><label for="new-endpoint">Address that takes tokens</label><input id="new-endpoint" name="endpoint" type="url" required></p>
<p><label for="new-policy">Access control policy</label><select id="new-policy" name="policy">${policies.map((policy) => html`<option>${policy}</option>`)}</select></p>
<p><button>Add</button></p></form></section>`
}

function importSection(): Html {
  return html`<section aria-labelledby="import"><h2 id="import">Import</h2>
<p>An application’s metadata, by its address or as text; a trust exported here; or what
<code>Get-AdfsRelyingPartyTrust | ConvertTo-Json -Depth 5</code> or <code>| Export-Clixml -Depth 5 FILE</code> writes in a real farm; claims provider trusts likewise. Access control policies come by <code>Get-AdfsAccessControlPolicy | Format-List *</code>.
<code>Format-List *</code> does where nothing is cut short.</p>
<form method="post" action="${urls.importTrusts}" enctype="multipart/form-data" class="stacked">
<p><label for="import-name">Name, for metadata</label><input id="import-name" name="name"></p>
<p><label for="import-url">Address of metadata</label><input id="import-url" name="metadataUrl" type="url"></p>
<p><label for="import-file">File of metadata or of PowerShell</label><input id="import-file" name="file" type="file" accept=".xml,.clixml,.json,.txt,application/xml,text/xml,application/json,text/plain"></p>
<p><label for="import-document">Document</label><textarea id="import-document" name="document" rows="6" spellcheck="false"></textarea></p>
<p class="check"><input id="import-replace" name="replace" type="checkbox" value="true"><label for="import-replace">Change trusts that have the same identifier (PowerShell)</label></p>
<p><button>Import</button></p></form></section>`
}
