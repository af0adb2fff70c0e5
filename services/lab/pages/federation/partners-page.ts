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
<p>Whole groups are created and replaced over the API: <code>PUT /api/adfs/application-groups</code>.</p>`,
  })
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
