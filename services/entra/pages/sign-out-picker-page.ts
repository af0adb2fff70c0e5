import { type Html, html } from '#shared/html/html.ts'

/** What the sign-out request said, to be said again with the choice. */
export interface SignOutFields {
  readonly post_logout_redirect_uri: string | undefined
  readonly state: string | undefined
}

export interface SignOutPickerView {
  readonly accounts: readonly { readonly userPrincipalName: string }[]
  readonly fields: SignOutFields
}

/** Posts to where it was shown. */
export function signOutPickerBody({ accounts, fields }: SignOutPickerView): Html {
  return html`<p>Which account do you want to sign out of?</p>
<form method="post">
${Object.entries(fields).map(([name, value]) => value !== undefined && html`<input type="hidden" name="${name}" value="${value}">`)}
<ul class="tiles" id="tilesHolder">${accounts.map(
    ({ userPrincipalName }) =>
      html`<li><button type="submit" class="tile" name="logout_hint" value="${userPrincipalName}" data-test-id="${userPrincipalName}">${userPrincipalName}<small>Signed in</small></button></li>`,
  )}</ul>
</form>`
}
