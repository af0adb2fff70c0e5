import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface OptionsView extends Omit<FrameView, 'title' | 'content'> {
  /** For those who manage the organization. */
  readonly administrationUrl?: string | undefined
  readonly facts: readonly { readonly label: string; readonly value: string }[]
}

/** The control panel: what it knows of the person who is signed in. */
export function optionsPage(view: OptionsView): PageView {
  const content = html`<main id="content" class="notice" tabindex="-1"><h1>Your account</h1>
<dl class="facts" data-testid="account">${view.facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
<p class="links">${view.administrationUrl && html`<a href="${view.administrationUrl}">Manage the organization</a>`}${view.person && html`<a href="${view.person.settingsUrl}">Settings of your mailbox</a>`}</p></main>`
  return pageFrame({ ...view, title: 'Options', content })
}
