import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface GuideView {
  readonly title: string
  readonly name: string
  readonly body: Html
  readonly time: StackTime | undefined
}

/** One guide by task; its text is served too, for assistants. */
export function guidePage({ title, name, body, time }: GuideView): PageView {
  return labPage({
    ...{ title, current: 'guides', time },
    main: html`<article class="guide">${body}</article>
<p class="muted">${name !== 'index' && html`<a href="${urls.guides}">All guides</a> · `}<a href="${urls.guide(`${name}.md`)}">As text</a> · <a href="${urls.summary}">llms.txt</a> · <a href="${urls.everything}">llms-full.txt</a></p>`,
  })
}
