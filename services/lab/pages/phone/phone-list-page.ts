import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface PhoneListEntry {
  readonly userPrincipalName: string
  readonly displayName: string
  /** Kinds of registered methods; undefined when the tenant does not know the person. */
  readonly methods: readonly string[] | undefined
  readonly pending: number
}

export interface PhoneListView {
  readonly phones: readonly PhoneListEntry[]
  readonly time: StackTime | undefined
}

const methodNames: Readonly<Record<string, string>> = {
  push: 'notifications',
  totp: 'codes',
  sms: 'SMS',
  voice: 'calls',
}

/** Whose phone to take in hand. */
export function phoneListPage({ phones, time }: PhoneListView): PageView {
  return labPage({
    title: 'Phones',
    current: 'phones',
    time,
    live: { url: urls.phones, everyMs: 2000 },
    main: html`<div class="headline"><h1>Phones</h1>
<p>Everybody’s second factor: notifications to approve, verification codes, text messages.</p></div>
<ul class="phones" id="phone-list" data-live>${phones.map(entry)}</ul>`,
  })
}

function entry({ userPrincipalName, displayName, methods, pending }: PhoneListEntry): Html {
  return html`<li id="phone-of-${userPrincipalName}"><a href="${urls.phone(userPrincipalName)}"><strong>${displayName}</strong> <span>${userPrincipalName}</span></a>
<span class="muted">${
    methods === undefined
      ? 'not in the tenant'
      : methods.map((type) => methodNames[type] ?? type).join(', ') || 'no method registered'
  }</span>
${pending > 0 && html`<span class="tag alert">${pending} waiting</span>`}</li>`
}
