import { type Html, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { continueTo } from './device-code-pages.ts'
import { type FormTokens, hiddenTokens } from './frame.ts'

export interface AccountPickerView {
  readonly tokens: FormTokens
  readonly application: string
  /** It waits on another device (RFC 8628). */
  readonly onDevice: boolean
  readonly accounts: readonly { readonly userPrincipalName: string }[]
}

export function accountPickerBody(view: AccountPickerView): Html {
  return html`${continueTo(view)}
<form method="post" action="${signInPaths.reprocess}">
${hiddenTokens(view.tokens)}
<ul class="tiles" id="tilesHolder">${view.accounts.map(
    ({ userPrincipalName }) =>
      html`<li><button type="submit" class="tile" name="account" value="${userPrincipalName}" data-test-id="${userPrincipalName}">${userPrincipalName}<small>Signed in</small></button></li>`,
  )}
<li><button type="submit" class="tile" id="otherTile" name="account" value="other">Use another account</button></li></ul>
</form>`
}
