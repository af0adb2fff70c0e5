import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { type Notice, notices, urls } from '../urls.ts'
import { timeText } from './time-text.ts'

export interface StackTime {
  readonly now: string
  readonly frozen: boolean
}

type Place = (typeof groups)[number]['places'][number]['id']

export interface FrameView {
  readonly title: string
  readonly current: Place | 'none'
  readonly main: Html
  readonly head?: HtmlValue
  readonly time: StackTime | undefined
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
  /** Besides the one of all pages. */
  readonly scripts?: readonly string[]
  /** Parts of the page that have `data-live` are fetched again from here, every so many milliseconds. */
  readonly live?: { readonly url: string; readonly everyMs: number } | undefined
}

/** Every place of the lab, by what one goes there for. */
const groups = [
  {
    name: 'World',
    places: [
      { id: 'overview', url: urls.overview, text: 'Overview' },
      { id: 'tour', url: urls.tour, text: 'First five minutes' },
      { id: 'worlds', url: urls.worlds, text: 'Worlds and snapshots' },
      { id: 'network', url: urls.network, text: 'Machines and network' },
    ],
  },
  {
    name: 'See',
    places: [
      { id: 'flows', url: urls.documentedFlows, text: 'Flows' },
      { id: 'journal', url: urls.journal, text: 'Journal' },
      { id: 'signIns', url: urls.signIns, text: 'Sign-ins' },
    ],
  },
  {
    name: 'Steer',
    places: [
      { id: 'phones', url: urls.phones, text: 'Phones' },
      { id: 'mail', url: urls.mail, text: 'Mail' },
      { id: 'outlookMobile', url: urls.outlookMobile, text: 'Outlook mobile' },
      { id: 'tenant', url: urls.tenant, text: 'Tenant' },
      { id: 'federation', url: urls.federation, text: 'Federation' },
      { id: 'presets', url: urls.presets, text: 'Presets' },
      { id: 'faults', url: urls.faults, text: 'Faults' },
    ],
  },
  {
    name: 'Build',
    places: [
      { id: 'connect', url: urls.connect, text: 'Connect' },
      { id: 'import', url: urls.import, text: 'Import' },
      { id: 'verdicts', url: urls.verdicts, text: 'Verdicts' },
      { id: 'api', url: urls.api, text: 'API' },
    ],
  },
  {
    name: 'Learn',
    places: [
      { id: 'guides', url: urls.guides, text: 'Guides' },
      { id: 'errors', url: urls.errors, text: 'Errors' },
      { id: 'parity', url: urls.parity, text: 'Parity' },
    ],
  },
] as const

/** What all pages of the lab have in common. */
export function labPage(view: FrameView): PageView {
  return {
    title: `${view.title} – Fauxchange lab`,
    stylesheets: [urls.stylesheet],
    scripts: [urls.script, ...(view.scripts ?? [])],
    head: [
      html`<meta name="color-scheme" content="light dark"><link rel="icon" href="${urls.icon}" type="image/svg+xml">`,
      view.head,
    ],
    bodyClass: 'lab',
    body: html`<a class="skip" href="#main">Skip to content</a>
${banner(view)}
<main id="main" tabindex="-1"${view.live && html` data-live-url="${view.live.url}" data-live-every="${view.live.everyMs}"`}>
${view.problem && html`<p class="notice problem" role="alert">${view.problem}</p>`}
${view.notice && html`<p class="notice" role="status">${notices[view.notice]}</p>`}
${view.main}
</main>
<footer><p>A mock for tests on this machine. Nothing here is Microsoft’s, and every account is made up.</p></footer>`,
  }
}

function banner({ current, time }: FrameView): Html {
  return html`<header class="banner">
<p class="wordmark"><a href="${urls.overview}">Fauxchange</a> <span class="mark">mock</span></p>
<nav aria-label="Lab">${groups.map((group) => placesOf(group, current))}</nav>
${time && html`<p class="now" id="banner-time" data-live>${timeLine(time)}</p>`}
</header>`
}

/** A menu that opens without scripts; of the others, the browser closes the one that was open. */
function placesOf({ name, places }: (typeof groups)[number], current: FrameView['current']): Html {
  const here = places.find(({ id }) => id === current)
  const link = ({ id, url, text }: { id: string; url: string; text: string }) =>
    html`<li><a href="${url}"${id === current && html` aria-current="page"`}>${text}</a></li>`
  return html`<details class="places" name="places"><summary>${name}${here && html` <span class="here">${here.text}</span>`}</summary><ul>${places.map(link)}</ul></details>`
}

function timeLine({ now, frozen }: StackTime): Html {
  return html`<span class="visually-hidden">Time of the stack:</span> <time datetime="${now}"${
    !frozen && html` data-running`
  }>${timeText(now)}</time> UTC${frozen && html` <span class="tag">stopped</span>`}`
}
