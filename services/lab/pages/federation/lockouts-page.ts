import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { AccountActivity, FarmProperties } from '../../adfs/farm.ts'
import type { Said } from '../../page-actions.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import type { StackTime } from '../frame.ts'
import { timeText } from '../time-text.ts'
import { federationFrame } from './federation-frame.ts'

export interface LockoutsView extends Said {
  readonly accounts: readonly AccountActivity[]
  readonly lockout: FarmProperties['extranetLockout']
  readonly time: StackTime | undefined
}

/** Get-ADFSAccountActivity, Reset-ADFSAccountLockout, Set-ADFSAccountActivity. */
export function lockoutsPage({ accounts, lockout, ...frame }: LockoutsView): PageView {
  const state = lockout.enabled
    ? `${lockout.mode}, after ${lockout.threshold} failures within ${lockout.observationWindowMinutes} minutes`
    : 'off'
  return federationFrame({
    ...frame,
    title: 'Lockouts',
    about: `Sign-ins from outside, account by account. Extranet lockout: ${state}.`,
    current: urls.lockouts,
    main:
      accounts.length === 0
        ? html`<p class="muted">${lockout.enabled ? 'Nobody has signed in from outside yet.' : html`Nothing is counted while it is off. <a href="${urls.farm}">Turn it on in Settings</a>.`}</p>`
        : dataTable({
            caption: 'Account activity',
            columns: ['Account', 'Familiar places', 'Unknown places', 'Familiar addresses'],
            rows: accounts.map((account) => ({ cells: cellsOf(account) })),
          }),
  })
}

function cellsOf(account: AccountActivity): readonly (Html | string)[] {
  const { userPrincipalName: upn, familiarIps } = account
  const id = `familiar-${upn}`
  const action = `${urls.lockouts}/${encodeURIComponent(upn)}`
  return [
    upn,
    place('familiar', action, upn, {
      failures: account.badPwdCountFamiliar,
      last: account.lastFailedAuthFamiliar,
      locked: account.familiarLockout,
    }),
    place('unknown', action, upn, {
      failures: account.badPwdCountUnknown,
      last: account.lastFailedAuthUnknown,
      locked: account.unknownLockout,
    }),
    html`<form method="post" action="${action}/familiar" class="inline"><label for="${id}" class="visually-hidden">Familiar addresses of ${upn}</label><input id="${id}" name="addresses" value="${familiarIps.join(' ')}"><button>Set <span class="visually-hidden">for ${upn}</span></button></form>`,
  ]
}

interface Failures {
  readonly failures: number
  readonly last: string | null
  readonly locked: boolean
}

function place(location: 'familiar' | 'unknown', action: string, upn: string, { failures, last, locked }: Failures) {
  const since = last === null ? '' : `, last ${timeText(last)}`
  const button = html`<form method="post" action="${action}/unlock" class="flip"><button name="location" value="${location}">Unlock <span class="visually-hidden">${upn} at ${location} places</span></button></form>`
  const tag = locked && html` <span class="tag warn">locked out</span>`
  return html`${failures} failed${since}${tag}${failures > 0 && button}`
}
