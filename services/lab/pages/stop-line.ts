import { type Html, html } from '#shared/html/html.ts'
import type { Flow } from '../journal/flow.ts'
import { urls } from '../urls.ts'

/** Where a conversation was kept from going on, with a way to the hop. */
export function stopLine({ stopped }: Flow): Html | false {
  if (!stopped) return false
  const { event, because } = stopped
  return html`<p class="stopped">Stopped at <a href="${urls.hop(event)}">${event.method} ${event.host}${event.path}</a>, because ${because}</p>`
}
