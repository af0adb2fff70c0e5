import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { descriptionBlock, framePage, type Theme } from './frame.ts'

export interface SignOutPageView {
  /** One frame for each WS-Federation relying party that the browser session has visited. */
  readonly cleanupUrls: readonly string[]
  /** Where to go afterwards, if that is a relying party's own address. */
  readonly returnUrl?: string | undefined
  /** SAML service providers that did not sign out. */
  readonly failed: readonly string[]
  /** The LogoutResponse for the service provider that began. */
  readonly onward?: Onward | undefined
}

type Onward =
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'post'; readonly action: string; readonly fields: Readonly<Record<string, string>> }

/** The frames tell every relying party of this browser session that it is over. */
export function signOutPage(theme: Theme, view: SignOutPageView): PageView {
  const { cleanupUrls, failed } = view
  const frames = cleanupUrls.map(
    (url) => html`<iframe class="hidden" title="Signing out of ${new URL(url).host}" src="${url}"></iframe>`,
  )
  const message =
    failed.length === 0
      ? html`You have successfully signed out.`
      : html`MSIS7055: Not all SAML session participants logged out properly. It is recommended to close your browser.`
  const content = html`<div id="signoutArea"><div id="openingMessage" class="groupMargin bigText" role="heading" aria-level="2">Sign out</div>
<p class="groupMargin" role="status">${message}</p>${descriptionBlock('signOutDescription', theme.texts.signOutPageDescriptionText)}${onwardOf(view)}${frames}</div>`
  const origins = [...new Set(cleanupUrls.map((url) => new URL(url).origin))]
  const story = [
    ...cleanupUrls.map((url) => ['Signed out of', url.split('?')[0] ?? url] as const),
    ...failed.map((identifier) => ['Not signed out of', identifier] as const),
  ]
  return framePage(theme, { title: 'Sign Out', content, story, frameSources: origins })
}

function onwardOf({ onward, returnUrl }: SignOutPageView): HtmlValue {
  if (onward?.kind === 'post') return onwardForm(onward)
  const url = onward?.location ?? returnUrl
  return url !== undefined && html`<p><a id="continueLink" class="actionLink" href="${url}">Continue</a></p>`
}

function onwardForm({ action, fields }: Extract<Onward, { kind: 'post' }>): Html {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`<form id="continueForm" method="post" action="${action}">${inputs}<input type="submit" class="submit" value="Continue"></form>`
}
