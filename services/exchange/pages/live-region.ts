import { type Html, html } from '#shared/html/html.ts'

export interface LiveView {
  readonly script: string
  readonly url: string
  /** The mailbox's change number that the page shows. */
  readonly number: number
  readonly unread: number
  readonly source: string
  /** Whether the title of the source is the page's own. */
  readonly ownTitle: boolean
}

/** Where the script says what arrived; without scripts it stays empty. */
export function liveRegion({ url, number, unread, source, ownTitle }: LiveView): Html {
  return html`<p class="hidden" role="status" data-live="${url}" data-number="${number}" data-unread="${unread}" data-source="${source}" data-title="${ownTitle ? 'own' : 'kept'}"></p>`
}
