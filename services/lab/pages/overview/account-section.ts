import { type Html, html } from '#shared/html/html.ts'
import type { Account } from '../../accounts/accounts.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import type { OverviewView } from './overview-page.ts'

const identities: Readonly<Record<Account['identity'], string>> = {
  federated: 'AD FS',
  passwordHashSync: 'password hash',
  passThrough: 'pass-through',
  cloudOnly: 'cloud only',
}
const mailboxes = { online: 'online', onPremises: 'on-premises' } as const
const methods: Readonly<Record<string, string>> = { push: 'push', totp: 'code', sms: 'SMS', voice: 'call' }

export function accountSection({ accounts, accountsAreLive, filter }: OverviewView): Html {
  const shown = accounts.filter((account) => matches(account, filter))
  return html`<section aria-labelledby="accounts"><h2 id="accounts">Accounts</h2>
${!accountsAreLive && html`<p class="notice problem">Active Directory does not answer; this is the scenario.</p>`}
<form method="get" action="${urls.overview}#accounts" class="inline" role="search"><label for="account-filter">Filter</label>
<input type="search" id="account-filter" name="q" value="${filter}" data-filters="account-table" placeholder="name, on-premises, push, disabled …" autocomplete="off"><button>Filter</button>
<output for="account-filter" id="account-count">${countText(shown.length, accounts.length)}</output></form>
${dataTable({
  id: 'account-table',
  caption: 'Accounts',
  captionHidden: true,
  columns: ['Account', 'Password', 'Mailbox', 'Signs in by', 'Second factor', 'Groups and roles', 'Notes'],
  rows: shown.map((account) => ({ cells: cells(account) })),
})}</section>`
}

function cells(account: Account) {
  const { userPrincipalName: upn, displayName, password, identity, mailbox, mfa } = account
  return [
    html`<a href="${urls.phone(upn)}">${upn}</a> <span class="muted">${displayName}</span>`,
    password === null
      ? html`<span class="muted">set in the lab</span>`
      : html`<code class="password" data-copy>${password}</code>`,
    mailbox === null ? '–' : mailboxes[mailbox],
    identities[identity],
    mfa.map((type) => methods[type] ?? type).join(', ') || '–',
    [...account.groups, ...account.directoryRoles].join(', ') || '–',
    account.notes.length > 0 ? account.notes.map((note) => html`<span class="tag warn">${note}</span> `) : '–',
  ]
}

/** Whether every word of the filter stands somewhere in the row. */
export function matches(account: Account, filter: string): boolean {
  const { mailbox, identity, mfa } = account
  const text = [
    account.userPrincipalName,
    account.displayName,
    mailbox === null ? '' : mailboxes[mailbox],
    identities[identity],
    ...mfa.map((type) => methods[type] ?? type),
    ...account.groups,
    ...account.directoryRoles,
    ...account.notes,
  ]
    .join(' ')
    .toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function countText(shown: number, all: number): string {
  return shown === all ? `${all} accounts` : `${shown} of ${all} accounts`
}
