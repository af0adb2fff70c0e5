import type { PageView } from '#shared/html/document.ts'
import { type HtmlValue, html } from '#shared/html/html.ts'
import { descriptionBlock, framePage, type Theme } from './frame.ts'

export interface ErrorView {
  readonly message: string
  readonly activityId: string
  readonly relyingParty: string | undefined
  readonly details: string
  readonly nodeName: string
  readonly time: Date
  readonly cookiesEnabled: boolean
  readonly userAgent: string
}

export function errorPage(theme: Theme, view: ErrorView): PageView {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Activity ID', view.activityId],
    ['Relying party', view.relyingParty],
    ['Error details', view.details],
    ['Node name', view.nodeName],
    ['Error time', view.time.toUTCString()],
    ['Cookie', view.cookiesEnabled ? 'enabled' : 'disabled'],
    ['User agent string', view.userAgent],
  ]
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== undefined)
  const content = html`<div id="errorArea"><div id="openingMessage" class="groupMargin bigText" role="heading" aria-level="2">An error occurred</div>
<div id="errorMessage" class="groupMargin" role="alert">${view.message}</div>
${descriptionBlock('errorDescription', theme.texts.errorPageDescriptionText)}${supportLink(theme.texts.errorPageSupportEmail, view.activityId)}
<details id="errorDetails"><summary id="errorDetailsLink">Error details</summary><ul>${shown.map(([label, value]) => html`<li>${label}: ${value}</li>`)}</ul></details></div>`
  return framePage(theme, {
    title: 'Error',
    content,
    story: [['Why', 'The reason in full is in the journal of the lab, under the activity ID.']],
  })
}

function supportLink(email: string | undefined, activityId: string): HtmlValue {
  if (email === undefined) return false
  const subject = encodeURIComponent(`Sign-in problem, activity ${activityId}`)
  return html`<p class="groupMargin"><a id="emailErrorLink" class="actionLink" href="mailto:${email}?subject=${subject}">Send error details by email</a></p>`
}

export const genericMessage = 'An error occurred. Contact your administrator for more information.'
export const denialMessage =
  'You are not authorized to access this site. Contact your administrator for more information.'
export const deviceMessage = 'Your device is not authorized. Contact your administrator for more information.'
