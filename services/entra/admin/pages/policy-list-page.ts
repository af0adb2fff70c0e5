import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { adminUrls } from '../../urls.ts'
import { states, stateText } from '../form/options.ts'
import { adminTable } from './admin-table.ts'
import { adminPage, tokenField, type Viewer } from './frame.ts'

interface ListedPolicy {
  readonly id: string
  readonly displayName: string
  readonly state: string
  readonly createdDateTime: string
  readonly modifiedDateTime: string | null
}

export interface PolicyListView {
  readonly viewer: Viewer
  readonly policies: readonly ListedPolicy[]
  readonly notice?: string | undefined
}

export function policyListPage({ viewer, policies, notice }: PolicyListView): PageView {
  return adminPage({
    title: 'Policies',
    current: 'policies',
    viewer,
    notice,
    main: html`<h1>Policies</h1>
${viewer.mayWrite ? html`<p class="actions"><a class="button primary" href="${adminUrls.newPolicy}">New policy</a> <a class="button" href="${adminUrls.newPolicyJson}">New policy from JSON</a></p>` : html`<p>Your role lets you read policies.</p>`}
${
  policies.length === 0
    ? html`<p>There are no policies: everybody gets in with one factor.</p>`
    : adminTable(
        'Policies',
        ['Policy', 'State', 'Created', 'Modified', ...(viewer.mayWrite ? ['Change'] : [])],
        policies.map((policy) => row(policy, viewer)),
      )
}`,
  })
}

function row({ id, displayName, state, createdDateTime, modifiedDateTime }: ListedPolicy, viewer: Viewer) {
  const cells = [
    html`<a href="${adminUrls.policy(id)}">${displayName}</a>`,
    html`<span class="state ${state}">${stateText(state)}</span>`,
    dateText(createdDateTime),
    modifiedDateTime ? dateText(modifiedDateTime) : '–',
  ]
  return viewer.mayWrite ? [...cells, changeForms(id, displayName, state, viewer)] : cells
}

function changeForms(id: string, displayName: string, state: string, viewer: Viewer): Html {
  const others = states.filter(({ value }) => value !== state)
  return html`<form method="post" action="${adminUrls.policyState(id)}" class="row">${tokenField(viewer)}${others.map(
    ({ value, text }) =>
      html`<button name="state" value="${value}">${text} <span class="visually-hidden">${displayName}</span></button>`,
  )} <a href="${adminUrls.deletePolicy(id)}">Delete<span class="visually-hidden"> ${displayName}</span></a></form>`
}

function dateText(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)}`
}
