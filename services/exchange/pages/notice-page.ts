import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface NoticeView extends Omit<FrameView, 'content'> {
  readonly message: string
  /** What another system said; shown as it came, as text. */
  readonly explanation?: string | undefined
  readonly links: readonly { readonly text: string; readonly url: string }[]
  /** What to tell the person who looks after the servers. */
  readonly facts: readonly { readonly label: string; readonly value: string }[]
}

/** Errors, signed out, timed out: a title, a sentence, where to go on. */
export function noticePage(view: NoticeView): PageView {
  const { title, message, explanation, links, facts } = view
  const content = html`<main id="content" class="notice" tabindex="-1"><h1>${title}</h1><p data-testid="notice">${message}</p>
${explanation && html`<p class="explanation" data-testid="explanation">${explanation}</p>`}
<p class="links">${links.map(({ text, url }) => html`<a href="${url}">${text}</a> `)}</p>
${facts.length > 0 && html`<dl class="facts">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`}</main>`
  return pageFrame({ ...view, content })
}
