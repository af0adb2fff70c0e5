import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { adminUrls } from '../../urls.ts'

/** Who looks, for every page. */
export interface Viewer {
  readonly organization: string
  readonly name: string
  readonly mayWrite: boolean
  readonly formToken: string
}

export interface Refusal {
  /** In Graph's words. */
  readonly message: string
  readonly reason: string
}

export interface AdminFrame {
  readonly title: string
  readonly current: 'policies' | 'whatIf' | 'report' | 'none'
  readonly viewer: Viewer | undefined
  readonly notice?: string | undefined
  readonly refusal?: Refusal | undefined
  readonly main: Html
}

const places = [
  { id: 'policies', url: adminUrls.policies, text: 'Policies' },
  { id: 'whatIf', url: adminUrls.whatIf, text: 'What If' },
  { id: 'report', url: adminUrls.report, text: 'Report' },
] as const

/** What the pages of the admin center have in common. */
export function adminPage({ title, current, viewer, notice, refusal, main }: AdminFrame): PageView {
  const links = places.map(
    ({ id, url, text }) => html`<li><a href="${url}"${id === current && html` aria-current="page"`}>${text}</a></li>`,
  )
  return {
    title: `${title} – Conditional Access`,
    head: html`<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">`,
    stylesheets: [adminUrls.stylesheet],
    formTargets: ['https://login.microsoftonline.com'],
    bodyClass: 'admin',
    body: html`<a class="skip" href="#main">Skip to content</a>
<header><p class="brand">${viewer?.organization ?? 'Fauxchange'} <span>Conditional Access</span></p>
${viewer && html`<nav aria-label="Conditional Access"><ul>${links}</ul></nav>${signOutForm(viewer)}`}</header>
<main id="main" tabindex="-1">
${refusal && html`<div class="notice problem" role="alert"><p><strong>${refusal.message}</strong></p>${refusal.reason !== refusal.message && html`<p>${refusal.reason}</p>`}</div>`}
${notice && html`<p class="notice" role="status">${notice}</p>`}
${main}</main>
<footer><p>Fauxchange mock of the Microsoft Entra admin center. No real account works here.</p></footer>`,
  }
}

function signOutForm(viewer: Viewer): Html {
  return html`<form method="post" action="${adminUrls.signOut}" class="who">${tokenField(viewer)}<span>${viewer.name}</span> <button class="quiet">Sign out</button></form>`
}

/** Proves that a form is of this session's own page. */
export function tokenField({ formToken }: Viewer): HtmlValue {
  return html`<input type="hidden" name="formToken" value="${formToken}">`
}
