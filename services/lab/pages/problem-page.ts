import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { urls } from '../urls.ts'
import { labPage } from './frame.ts'

export interface ProblemView {
  readonly status: number
  readonly message: string
  readonly detail: unknown
}

/** What could not be done, and why. */
export function problemPage({ status, message, detail }: ProblemView): PageView {
  const text = typeof detail === 'string' ? detail : JSON.stringify(detail, undefined, 2)
  return labPage({
    title: message,
    current: 'none',
    time: undefined,
    main: html`<div class="headline"><h1>${message}</h1></div>
${detail !== undefined && text !== message && html`<p><code class="block">${text}</code></p>`}
<p>Status ${status}. <a href="${urls.overview}">Back to the overview</a></p>`,
  })
}
