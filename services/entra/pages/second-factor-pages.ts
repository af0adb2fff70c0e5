import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'

interface SecondFactorView {
  readonly tokens: FormTokens
  readonly username: string
  readonly authMethodId: string
  readonly display: string
  readonly otherMethods: boolean
  readonly error?: string | undefined
  /** Nothing is open: it was denied, nobody answered, or it was tried too often. */
  readonly over: boolean
}

export interface PushView extends SecondFactorView {
  /** To be typed into the phone; undefined without number matching. */
  readonly number: number | undefined
}

export function pushBody(view: PushView): Html {
  if (view.over) return overBody(view, 'Send another request')
  const matching = view.number !== undefined
  return html`<form method="post" action="${signInPaths.processAuth}" data-poll>
<p id="idDiv_SAOTCAS_Description">Open your Authenticator app on ${view.display}, and ${matching ? 'enter the number shown to sign in.' : 'approve the request to sign in.'}</p>
${matching && html`<p class="number" id="idRichContext_DisplaySign" aria-label="Number to enter: ${view.number}">${view.number}</p>`}
${inlineError('idSpan_SAOTCAS_Error', view.error)}
<p class="waiting" role="status" data-waiting></p>
${answerFields(view)}
<div class="actions"><button type="submit" id="idSubmit_SAOTCAS_Continue">I have approved it</button></div>
</form>
${switchForm(view)}`
}

function overBody(view: SecondFactorView, text: string): Html {
  return html`${inlineError('idSpan_SAOTCAS_Error', view.error)}
<form method="post" action="${signInPaths.reprocess}">
${hiddenTokens(view.tokens)}
<div class="actions"><button type="submit" id="idA_SAASTO_Resend" name="authMethodId" value="${view.authMethodId}">${text}</button></div>
</form>
${switchForm(view)}`
}

export function codeBody(view: SecondFactorView): Html {
  if (view.over) return overBody(view, 'Try again')
  const where =
    view.authMethodId === 'OneWaySMS'
      ? `We texted your phone ${view.display}. Please enter the code to sign in.`
      : 'Enter the code displayed in the authenticator app on your mobile device.'
  return html`<form method="post" action="${signInPaths.processAuth}" novalidate>
<p id="idDiv_SAOTCC_Description">${where}</p>
${inlineError('idSpan_SAOTCC_Error_OTC', view.error)}
<label for="idTxtBx_SAOTCC_OTC">Code</label>
<input type="tel" name="otc" id="idTxtBx_SAOTCC_OTC" maxlength="8" inputmode="numeric" autocomplete="one-time-code"${view.error !== undefined && html` aria-invalid="true" aria-describedby="idSpan_SAOTCC_Error_OTC"`} autofocus>
${answerFields(view)}
<div class="actions"><button type="submit" id="idSubmit_SAOTCC_Continue">Verify</button></div>
</form>
${switchForm(view)}`
}

export interface MethodPickerView {
  readonly tokens: FormTokens
  readonly methods: readonly { readonly authMethodId: string; readonly text: string }[]
  readonly error?: string | undefined
}

export function methodPickerBody(view: MethodPickerView): Html {
  return html`${inlineError('idSpan_SAOTCS_Error', view.error)}
<form method="post" action="${signInPaths.reprocess}">
${hiddenTokens(view.tokens)}
<div class="tiles" id="idDiv_SAOTCS_Proofs">${view.methods.map(
    ({ authMethodId, text }) =>
      html`<div data-value="${authMethodId}"><button type="submit" class="tile" name="authMethodId" value="${authMethodId}">${text}</button></div>`,
  )}</div>
</form>`
}

export const methodTexts: Readonly<Record<string, (display: string) => string>> = {
  PhoneAppNotification: (display) => `Approve a request on my Microsoft Authenticator app (${display})`,
  PhoneAppOTP: () => 'Use a verification code',
  OneWaySMS: (display) => `Text ${display}`,
}

function answerFields(view: SecondFactorView): HtmlValue {
  return [
    html`<input type="hidden" name="type" value="22">`,
    html`<input type="hidden" name="request" value="${view.tokens.context}">`,
    html`<input type="hidden" name="mfaAuthMethod" value="${view.authMethodId}">`,
    html`<input type="hidden" name="login" value="${view.username}">`,
    hiddenTokens(view.tokens),
  ]
}

function switchForm({ tokens, otherMethods }: SecondFactorView): HtmlValue {
  return (
    otherMethods &&
    html`<form method="post" action="${signInPaths.reprocess}">${hiddenTokens(tokens)}
<button type="submit" class="link" id="signInAnotherWay" name="authMethodId" value="choose">I can't use this method right now</button></form>`
  )
}
