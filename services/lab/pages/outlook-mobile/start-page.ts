import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import type { Walk } from '../../outlook-mobile/walk.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface StartView {
  /** Accounts with a mailbox. */
  readonly accounts: readonly { readonly address: string; readonly mailbox: string }[]
  readonly walks: readonly Walk[]
  readonly time: StackTime | undefined
}

/** Where the app asks for an address, and nothing else. */
export function outlookMobileStartPage({ accounts, walks, time }: StartView): PageView {
  return labPage({
    title: 'Outlook mobile',
    current: 'outlookMobile',
    time,
    main: html`<div class="headline"><h1>Outlook mobile</h1>
<p>The app on a phone in the internet, simulated request by request: AutoDetect, the sign-in, the tokens, the mailbox. <a href="${urls.presets}">Restrict it</a>.</p></div>
<section class="app-screen" aria-labelledby="add"><h2 id="add">Add account</h2>
<form method="post" action="${urls.outlookMobile}">
<p><label for="address">Email address</label><input type="email" id="address" name="address" list="addresses" required maxlength="255" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="someone@contoso.com"></p>
<datalist id="addresses">${accounts.map(({ address, mailbox }) => html`<option value="${address}">${mailbox}</option>`)}</datalist>
<p class="check"><input type="checkbox" id="device" name="device" value="true"><label for="device">By itself: on a registered phone, which proves that it is one</label></p>
<p class="buttons"><button name="signIn" value="browser">Continue</button> <button name="signIn" value="automatic" class="quiet">Go all the way by itself</button></p>
</form>
<p class="muted">By itself, the lab types the password of the scenario and answers for the phone, on the same pages as a person.</p></section>
${
  walks.length > 0 &&
  html`<section aria-labelledby="walks"><h2 id="walks">Begun before</h2><ul>${walks.map(
    ({ id, address, state }) =>
      html`<li><a href="${urls.outlookMobileWalk(id)}">${address}</a> <span class="tag">${stateTexts[state]}</span></li>`,
  )}</ul></section>`
}`,
  })
}

export const stateTexts: Readonly<Record<Walk['state'], string>> = {
  signIn: 'waits for the sign-in',
  connect: 'has tokens',
  done: 'shows the mailbox',
  failed: 'failed',
}
