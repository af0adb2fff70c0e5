import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { framePage, type Theme } from './frame.ts'

export interface IdpInitiatedView {
  readonly action: string
  readonly relyingParties: readonly { readonly name: string; readonly identifier: string }[]
  /** Who is signed in, if anybody. */
  readonly user: string | undefined
}

/** Sign-on that begins here: to this site, or to one of the SAML relying parties. */
export function idpInitiatedPage(theme: Theme, view: IdpInitiatedView): PageView {
  const state = view.user === undefined ? 'You are not signed in.' : 'You are signed in.'
  const content = html`<div id="idpInitiatedArea"><div id="openingMessage" class="groupMargin bigText" role="heading" aria-level="2">Sign on</div>
<p id="signInState" class="groupMargin">${state}${view.user !== undefined && html` <span id="signedInUser">${view.user}</span>`}</p>${signInForm(view)}${view.user !== undefined && signOutForm(view)}</div>`
  const story = [['Request', 'IdP-initiated sign-on'] as const]
  return framePage(theme, { title: 'Sign On', content, story })
}

function signInForm({ action, relyingParties, user }: IdpInitiatedView): Html {
  const options = relyingParties.map(({ name, identifier }) => html`<option value="${identifier}">${name}</option>`)
  const here =
    user === undefined &&
    html`<p><input type="radio" id="idp_SignInThisSite" name="SignInSite" value="SignInIdpSite" checked><label for="idp_SignInThisSite">Sign in to this site.</label></p>`
  const other = html`<p><input type="radio" id="idp_SignInOtherSite" name="SignInSite" value="SignInOtherSite"${user !== undefined && html` checked`}><label for="idp_SignInOtherSite">Sign in to one of the following sites:</label></p>
<p><label for="idp_RelyingPartyDropDownList" class="visuallyHidden">Site</label><select id="idp_RelyingPartyDropDownList" name="RelyingParty" class="fullWidth">${options}</select></p>`
  return html`<form id="idpForm" method="post" action="${action}"><fieldset class="plain"><legend class="visuallyHidden">Sign in</legend>${here}${relyingParties.length > 0 && other}</fieldset>
<input type="submit" id="idp_SignInButton" name="SignInGo" class="submit" value="Sign in"></form>`
}

function signOutForm({ action }: IdpInitiatedView): Html {
  return html`<form id="idpSignOutForm" class="groupMargin" method="post" action="${action}"><fieldset class="plain"><legend class="visuallyHidden">Sign out</legend>
<p><input type="radio" id="idp_SingleSignOut" name="SignOut" value="AllSites" checked><label for="idp_SingleSignOut">Sign out from all the sites that you have accessed.</label></p>
<p><input type="radio" id="idp_LocalSignOut" name="SignOut" value="ThisSite"><label for="idp_LocalSignOut">Sign out from this site.</label></p></fieldset>
<input type="submit" id="idp_SignOutButton" class="submit" value="Sign out"></form>`
}
