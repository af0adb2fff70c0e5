import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface OptionsView extends Omit<FrameView, 'title' | 'content'> {
  /** For those who manage the organization. */
  readonly administrationUrl?: string | undefined
  readonly options: readonly { readonly name: string; readonly url: string }[]
  readonly facts: readonly { readonly label: string; readonly value: string }[]
}

/** The control panel: what it knows of the person who is signed in. */
export function optionsPage(view: OptionsView): PageView {
  const content = html`<main id="content" class="notice" tabindex="-1"><h1>Your account</h1>
<dl class="facts" data-testid="account">${view.facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
<h2>Your options</h2>
<ul class="options">${view.options.map(({ name, url }) => html`<li><a href="${url}">${name}</a></li>`)}</ul>
${view.administrationUrl && html`<h2>Your organization</h2><p class="links"><a href="${view.administrationUrl}">Manage the organization</a></p>`}</main>`
  return pageFrame({ ...view, title: 'Options', content })
}
