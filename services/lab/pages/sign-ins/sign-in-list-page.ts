import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { SignIn } from '../../sign-ins/schemas.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'
import { timeText } from '../time-text.ts'
import { outcomeTag } from './outcome-tag.ts'

export interface SignInListView {
  readonly signIns: readonly SignIn[]
  readonly user: string
  readonly users: readonly string[]
  readonly time: StackTime | undefined
}

/** The sign-in log, newest first; every row leads to its explanation. */
export function signInListPage({ signIns, user, users, time }: SignInListView): PageView {
  return labPage({
    title: 'Sign-ins',
    current: 'signIns',
    time,
    live: { url: urls.signInsOf(user), everyMs: 3000 },
    main: html`<div class="headline"><h1>Sign-ins</h1>
<p>The log of Entra ID. Each entry tells which policies matched, what they asked for, and what answered it.</p></div>
<form method="get" action="${urls.signIns}" class="filters" role="search" aria-label="Sign-ins">
<p><label for="user">Person</label><input id="user" name="user" list="users" value="${user}" autocomplete="off"></p>
<datalist id="users">${users.map((name) => html`<option value="${name}"></option>`)}</datalist>
<p><button>Show</button> <a href="${urls.signIns}">Everybody</a></p></form>
<div id="sign-in-list" data-live>${
      signIns.length === 0 ? html`<p class="muted">Nobody has signed in yet.</p>` : table(signIns)
    }</div>`,
  })
}

function table(signIns: readonly SignIn[]): Html {
  return dataTable({
    caption: 'Sign-ins',
    captionHidden: true,
    columns: ['Time (UTC)', 'Person', 'Application', 'Outcome', 'Conditional Access', 'From'],
    rows: signIns.map((signIn) => ({ cells: cells(signIn) })),
  })
}

function cells(signIn: SignIn) {
  const { id, createdDateTime, userPrincipalName, appDisplayName, resourceDisplayName, ipAddress } = signIn
  return [
    html`<a href="${urls.signIn(id)}"><time datetime="${createdDateTime}">${timeText(createdDateTime)}</time></a>`,
    userPrincipalName || '–',
    html`${appDisplayName}${resourceDisplayName !== appDisplayName && html` <span class="muted">for ${resourceDisplayName}</span>`}`,
    html`${outcomeTag(signIn.status.errorCode)}${!signIn.isInteractive && html` <span class="muted">not interactive</span>`}`,
    signIn.conditionalAccessStatus === 'notApplied' ? '–' : signIn.conditionalAccessStatus,
    ipAddress,
  ]
}
