import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { ApplicationGroup, ClaimsProviderTrust } from '../../adfs/administration.ts'
import type { Said } from '../../page-actions.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import type { StackTime } from '../frame.ts'
import { federationFrame } from './federation-frame.ts'

export interface PartnersView extends Said {
  readonly providers: readonly ClaimsProviderTrust[]
  readonly groups: readonly ApplicationGroup[]
  readonly time: StackTime | undefined
}

/** Claims provider trusts and application groups. */
export function partnersPage({ providers, groups, ...frame }: PartnersView): PageView {
  return federationFrame({
    ...frame,
    title: 'Partners and applications',
    about: 'Other federation services whose users may sign in, and applications that speak OAuth 2.0 with AD FS.',
    current: urls.partners,
    main: html`${dataTable({
      caption: 'Claims provider trusts',
      columns: ['Name', 'Identifier', 'Protocol', 'Account suffixes', 'Enabled'],
      rows: [
        { cells: ['Active Directory', 'AD AUTHORITY', '–', '–', 'yes'] },
        ...providers.map((provider) => ({ cells: providerCells(provider) })),
      ],
    })}
${
  groups.length === 0
    ? html`<p class="muted">There is no application group.</p>`
    : dataTable({
        caption: 'Application groups',
        columns: ['Group', 'Native applications', 'Server applications', 'Web APIs', 'Delete'],
        rows: groups.map((group) => ({ cells: groupCells(group) })),
      })
}
${createSection()}`,
  })
}

/** As the wizard of AD FS Management does: one client, and the Web API that it gets tokens for. */
function createSection(): Html {
  return html`<section aria-labelledby="create-group"><h2 id="create-group">Add an application group</h2>
<form method="post" action="${urls.createApplicationGroup}" class="fields">
<p><label for="group-name">Name</label><input id="group-name" name="name" required></p>
<p><label for="group-kind">Application</label><select id="group-kind" name="kind"><option value="native">native, without a secret</option><option value="server">server, with a secret</option></select></p>
<p><label for="group-client">Client identifier</label><input id="group-client" name="clientId" required></p>
<p><label for="group-secret">Secret, of a server application</label><input id="group-secret" name="secret" autocomplete="off"></p>
<p class="wide"><label for="group-redirects">Redirect URIs, one a line</label><textarea id="group-redirects" name="redirectUris" rows="2" spellcheck="false"></textarea></p>
<p><label for="group-api">Identifier of the Web API</label><input id="group-api" name="api" required></p>
<p><label for="group-scopes">Scopes</label><input id="group-scopes" name="scopes" value="openid" required></p>
<p class="wide"><label for="group-rules">Issuance transform rules of the Web API</label><textarea id="group-rules" name="rules" rows="3" spellcheck="false"></textarea></p>
<p><button>Add group</button></p></form>
<p class="muted">Larger groups, policies and front-channel logout: <code>PUT /api/adfs/application-groups</code>.</p></section>`
}

function providerCells(provider: ClaimsProviderTrust): readonly string[] {
  const { name, identifier, protocolProfile, organizationalAccountSuffixes: suffixes, enabled } = provider
  return [name, identifier, protocolProfile, suffixes.join(', ') || '–', enabled ? 'yes' : 'no']
}

function groupCells({ name, nativeApplications, serverApplications, webApis }: ApplicationGroup) {
  const clients = (list: ApplicationGroup['nativeApplications']) =>
    listOf(list.map((client) => html`${client.name} <code>${client.clientId}</code>`))
  const apis = webApis.map((api) => html`${api.name} <span class="muted">${api.identifiers.join(', ')}</span>`)
  const remove = html`<form method="post" action="${urls.partners}/${encodeURIComponent(name)}/delete" class="flip"><button class="danger">Delete <span class="visually-hidden">${name}</span></button></form>`
  return [name, clients(nativeApplications), clients(serverApplications), listOf(apis), remove]
}

function listOf(items: readonly Html[]): Html | string {
  return items.length === 0 ? '–' : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
}
