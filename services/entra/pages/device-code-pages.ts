import { type Html, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'

export interface CodeEntryView {
  readonly action: string
  readonly code?: string | undefined
  readonly error?: string | undefined
}

/** Where the code that a device shows is typed. */
export function codeEntryBody(view: CodeEntryView): Html {
  return html`<p>Once you enter the code displayed on your app or device, it will have access to your account.</p>
<p>Do not enter codes from sources you don't trust.</p>
<form method="post" action="${view.action}" novalidate>
${inlineError('otcError', view.error)}
<label for="otc">Code</label>
<input type="text" name="otc" id="otc" maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false" value="${view.code ?? ''}"${view.error !== undefined && html` aria-invalid="true" aria-describedby="otcError"`} autofocus>
<div class="actions"><button type="submit" id="idSIButton9">Next</button></div>
</form>`
}

/** What the sign-in is for, told before anybody is named. */
export function continueTo(view: { readonly application: string; readonly onDevice: boolean }): Html {
  return view.onDevice
    ? html`<p>You're signing in to <strong>${view.application}</strong> on another device. If it's not you, close this page.</p>`
    : html`<p>to continue to ${view.application}</p>`
}

export interface ConfirmApplicationView {
  readonly tokens: FormTokens
  readonly application: string
}

export function confirmApplicationBody({ tokens, application }: ConfirmApplicationView): Html {
  return html`<p>Only continue if you downloaded the app from a store or website that you trust.</p>
<form method="post" action="${signInPaths.confirmApplication}">
${hiddenTokens(tokens)}
<div class="actions"><button type="submit" id="idSIButton9" name="ContinueAuth" value="true" aria-label="Continue to ${application}">Continue</button>
<button type="submit" class="quiet" id="idBtn_Back" name="ContinueAuth" value="false">Cancel</button></div>
</form>`
}

export function deviceOutcomeBody(text: string): Html {
  return html`<p id="message">${text}</p>`
}
