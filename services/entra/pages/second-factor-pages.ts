import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'
import { type FidoFormView, fidoForm } from './passkey-pages.ts'

export interface SecondFactorView {
  readonly tokens: FormTokens
  readonly username: string
  readonly authMethodId: string
  readonly display: string
  readonly otherMethods: boolean
  /** "Don't ask again for N days"; undefined where the tenant does not offer it. */
  readonly rememberDays: number | undefined
  readonly error?: string | undefined
  /** Nothing is open: it was denied, nobody answered, or it was tried too often. */
  readonly over: boolean
}

export interface PushView extends SecondFactorView {
  /** To be typed into the phone; undefined without number matching. */
  readonly number: number | undefined
}

/** A notification, or a call. */
export function pushBody(view: PushView): Html {
  const calls = view.authMethodId.startsWith('TwoWayVoice')
  if (view.over) return overBody(view, calls ? 'Call again' : 'Send another request')
  return html`<form method="post" action="${signInPaths.processAuth}" data-poll>
<p id="idDiv_SAOTCAS_Description">${calls ? callText(view) : pushText(view)}</p>
${view.number !== undefined && html`<p class="number" id="idRichContext_DisplaySign" aria-label="Number to enter: ${view.number}">${view.number}</p>`}
${inlineError('idSpan_SAOTCAS_Error', view.error)}
<p class="waiting" role="status" data-waiting></p>
${rememberChoice(view, 'idChkBx_SAOTCAS_TD')}
${answerFields(view)}
<div class="actions"><button type="submit" id="idSubmit_SAOTCAS_Continue">${calls ? 'I have answered it' : 'I have approved it'}</button></div>
</form>
${switchForm(view)}`
}

function pushText({ display, number }: PushView): string {
  return `Open your Authenticator app on ${display}, and ${number === undefined ? 'approve the request to sign in.' : 'enter the number shown to sign in.'}`
}

function callText({ display }: PushView): string {
  return `We're calling your phone ${display}. Answer it and press the # key to sign in.`
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
  const { where, label, input } = codeFields(view)
  return html`<form method="post" action="${signInPaths.processAuth}" novalidate>
<p id="idDiv_SAOTCC_Description">${where}</p>
${inlineError('idSpan_SAOTCC_Error_OTC', view.error)}
<label for="idTxtBx_SAOTCC_OTC">${label}</label>
<input ${input} name="otc" id="idTxtBx_SAOTCC_OTC"${view.error !== undefined && html` aria-invalid="true" aria-describedby="idSpan_SAOTCC_Error_OTC"`} autofocus>
${rememberChoice(view, 'idChkBx_SAOTCC_TileRememberMFA')}
${answerFields(view)}
<div class="actions"><button type="submit" id="idSubmit_SAOTCC_Continue">Verify</button></div>
</form>
${switchForm(view)}`
}

const digits = html`type="tel" maxlength="8" inputmode="numeric" autocomplete="one-time-code"`

function codeFields({ authMethodId, display }: SecondFactorView) {
  if (authMethodId === 'AccessPass') {
    const input = html`type="password" maxlength="48" autocomplete="off"`
    return { where: 'Enter the pass that your administrator gave you.', label: 'Temporary Access Pass', input }
  }
  const where =
    authMethodId === 'OneWaySMS'
      ? `We texted your phone ${display}. Please enter the code to sign in.`
      : 'Enter the code displayed in the authenticator app on your mobile device.'
  return { where, label: 'Code', input: digits }
}

export function passkeyBody(view: SecondFactorView, form: FidoFormView): Html {
  return html`<p id="idDiv_SAOTCF_Description">Your device will open a security window. Follow the instructions there to sign in.</p>
${inlineError('idSpan_SAOTCF_Error', view.error)}
${fidoForm(form)}
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

const call = (display: string) => `Call ${display}`

export const methodTexts: Readonly<Record<string, (display: string) => string>> = {
  PhoneAppNotification: (display) => `Approve a request on my Microsoft Authenticator app (${display})`,
  PhoneAppOTP: () => 'Use a verification code',
  OneWaySMS: (display) => `Text ${display}`,
  TwoWayVoiceMobile: call,
  TwoWayVoiceAlternateMobile: call,
  TwoWayVoiceOffice: call,
  FidoKey: () => 'Face, fingerprint, PIN or security key',
  AccessPass: () => 'Use a Temporary Access Pass',
}

function rememberChoice({ rememberDays }: SecondFactorView, id: string): HtmlValue {
  return (
    rememberDays !== undefined &&
    html`<p class="choice"><input type="checkbox" name="rememberMFA" value="true" id="${id}"> <label for="${id}">Don't ask again for ${rememberDays} days</label></p>`
  )
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
