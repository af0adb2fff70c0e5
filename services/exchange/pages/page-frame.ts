import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'

export interface FrameView {
  readonly title: string
  readonly product: string
  /** What the page belongs to; Outlook on the web unless said. */
  readonly brand?: string | undefined
  readonly stylesheet: string
  /** Nobody on the pages around sign-in. */
  readonly person?: PersonView | undefined
  readonly content: Html
  /** Paths on our own origin. */
  readonly scripts?: readonly string[] | undefined
  readonly imageSources?: readonly string[] | undefined
  readonly footer?: HtmlValue
}

export type Section = 'mail' | 'calendar' | 'people' | 'tasks' | 'settings' | 'options' | 'openMailbox'

export interface PersonView {
  readonly displayName: string
  readonly userPrincipalName: string
  /** Where in the bar the page is. */
  readonly section: Section
  readonly mailUrl: string
  readonly calendarUrl: string
  readonly peopleUrl: string
  readonly tasksUrl: string
  readonly settingsUrl: string
  readonly optionsUrl: string
  readonly signOffUrl: string
  /** Where another's mailbox can be opened. */
  readonly openMailboxUrl: string
  /** Another's that is shown, and the way back. */
  readonly opened?: { readonly name: string; readonly ownUrl: string } | undefined
}

const icon =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"%3E%3Cpath fill="none" stroke="%23705" stroke-width="1.5" d="M1.5 3.5h13v9h-13zl6.5 5 6.5-5"/%3E%3C/svg%3E'

/** The frame of every page: who is signed in above, the mark of the mock below. */
export function pageFrame(view: FrameView): PageView {
  const { person } = view
  return {
    title: `${view.title} - ${view.product}`,
    stylesheets: [view.stylesheet],
    scripts: view.scripts ?? [],
    imageSources: view.imageSources,
    head: html`<link rel="icon" href="${icon}">`,
    formTargets: [],
    body: html`<a class="skip" href="#content">Skip to content</a>
<header class="top"><p class="brand">${view.brand ?? 'Outlook on the web'}</p>${person && personBar(person)}</header>
${person?.opened && openedBar(person.opened)}${view.content}
<footer class="bottom">${view.footer}<p class="mark" data-testid="mock-mark">Fauxchange mock of ${view.product}</p></footer>`,
  }
}

function personBar(person: PersonView): Html {
  const links: readonly (readonly [section: Section, text: string, url: string])[] = [
    ['mail', 'Mail', person.mailUrl],
    ['calendar', 'Calendar', person.calendarUrl],
    ['people', 'People', person.peopleUrl],
    ['tasks', 'Tasks', person.tasksUrl],
    ['settings', 'Settings', person.settingsUrl],
    ['options', 'Options', person.optionsUrl],
    ['openMailbox', 'Open another mailbox', person.openMailboxUrl],
  ]
  return html`<nav class="person" aria-label="Account"><span data-testid="signed-in-user"><span class="who">${person.displayName}</span> <span class="upn">${person.userPrincipalName}</span></span>
${links.map(
  ([section, text, url]) =>
    html`<a href="${url}"${section === person.section && html` aria-current="true"`}>${text}</a> `,
)}<a href="${person.signOffUrl}" data-testid="sign-out">Sign out</a></nav>`
}

function openedBar({ name, ownUrl }: NonNullable<PersonView['opened']>): Html {
  return html`<section class="opened" aria-label="Opened mailbox" data-testid="opened-mailbox">Mailbox of <strong>${name}</strong> <a href="${ownUrl}">Back to your own mailbox</a></section>
`
}
