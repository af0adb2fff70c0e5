import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import type { SignOutView } from '../ws-federation/sign-out.ts'
import { framePage, type Theme } from './frame.ts'

/** The frames tell every relying party of this browser session that it is over. */
export function signOutPage(theme: Theme, { cleanupUrls, returnUrl }: SignOutView): PageView {
  const frames = cleanupUrls.map(
    (url) => html`<iframe class="hidden" title="Signing out of ${new URL(url).host}" src="${url}"></iframe>`,
  )
  const onward =
    returnUrl !== undefined && html`<p><a id="continueLink" class="actionLink" href="${returnUrl}">Continue</a></p>`
  const content = html`<div id="signoutArea"><div id="openingMessage" class="groupMargin bigText" role="heading" aria-level="2">Sign out</div>
<p class="groupMargin" role="status">You have successfully signed out.</p>${onward}${frames}</div>`
  const origins = [...new Set(cleanupUrls.map((url) => new URL(url).origin))]
  const story = cleanupUrls.map((url) => ['Signed out of', url.split('?')[0] ?? url] as const)
  return framePage(theme, { title: 'Sign Out', content, story, frameSources: origins })
}
