import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { passkeyUrls, signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'

interface RegistrationView {
  readonly tokens: FormTokens
  readonly error?: string | undefined
}

/** Every step of a registration is a form to one place, told apart by `action`. */
function actionForm(tokens: FormTokens, body: HtmlValue, attributes: HtmlValue = false): Html {
  return html`<form method="post" action="${signInPaths.securityInfo}" novalidate${attributes}>
${hiddenTokens(tokens)}
${body}
</form>`
}

export interface InterruptView extends RegistrationView {
  readonly organization: string
  /** Days in which it may be put off; undefined where it may not. */
  readonly daysLeft: number | undefined
}

export function interruptBody({ tokens, organization, daysLeft }: InterruptView): Html {
  const next = html`<div class="actions"><button type="submit" id="idSubmit_ProofUp_Redirect" name="action" value="begin">Next</button></div>`
  return html`<p>${organization} needs more information to keep your account secure: register a method with which you prove that it is you.</p>
${actionForm(tokens, next)}
${
  daysLeft !== undefined &&
  daysLeft > 0 &&
  html`<form method="post" action="${signInPaths.skipRegistration}">${hiddenTokens(tokens)}
<button type="submit" class="link" id="skipMfaRegistrationLink">Skip for now (${daysLeft} ${daysLeft === 1 ? 'day' : 'days'} until this is required)</button></form>`
}`
}

export type RegistrableType = 'push' | 'totp' | 'sms' | 'voice' | 'fido2'

export interface ChoiceView extends RegistrationView {
  readonly types: readonly RegistrableType[]
}

const typeTexts: Readonly<Record<RegistrableType, readonly [name: string, explanation: string]>> = {
  push: ['Microsoft Authenticator', 'Approve sign-in requests in the app'],
  totp: ['Another authenticator app', 'Type a code that changes every 30 seconds'],
  sms: ['Phone, by text message', 'Type a code that is texted to you'],
  voice: ['Phone, by call', 'Answer a call and press a key'],
  fido2: ['Passkey', 'Face, fingerprint, PIN or security key'],
}

export function choiceBody({ tokens, types, error }: ChoiceView): Html {
  const tiles = types.map((type) => {
    const [name, explanation] = typeTexts[type]
    return html`<div data-value="${type}"><button type="submit" class="tile" name="method" value="${type}">${name}<small>${explanation}</small></button></div>`
  })
  return html`${inlineError('registrationError', error)}
<p>Which method do you want to use?</p>
${actionForm(tokens, html`<input type="hidden" name="action" value="choose"><div class="tiles" id="registrationMethods">${tiles}</div>`)}
${backForm(tokens, 'Back')}`
}

export interface NumberView extends RegistrationView {
  readonly calls: boolean
}

const countryCodes = ['+1', '+31', '+33', '+34', '+39', '+41', '+43', '+44', '+45', '+46', '+47', '+48', '+49', '+61']

export function numberBody({ tokens, calls, error }: NumberView): Html {
  const described = error !== undefined && html` aria-invalid="true" aria-describedby="registrationError"`
  const fields = html`<input type="hidden" name="action" value="number">
${inlineError('registrationError', error)}
${calls && html`<label for="phoneType">Phone</label><select name="phoneType" id="phoneType"><option value="mobile">Mobile phone</option><option value="alternateMobile">Alternate mobile phone</option><option value="office">Office phone</option></select>`}
<label for="countryCode">Country code</label>
<select name="countryCode" id="countryCode">${countryCodes.map((code) => html`<option value="${code}">${code}</option>`)}</select>
<label for="phoneNumber">Phone number</label>
<input type="tel" name="phoneNumber" id="phoneNumber" maxlength="20" autocomplete="tel-national"${described} autofocus>
<div class="actions"><button type="submit" id="idSIButton9">Next</button></div>`
  return html`<p>${calls ? 'We will call this number.' : 'We will text a code to this number.'}</p>
${actionForm(tokens, fields)}
${backForm(tokens)}`
}

export interface ScanView extends RegistrationView {
  /** A data URI. */
  readonly image: string
  /** To be typed where the picture cannot be scanned. */
  readonly code: string
}

export function scanBody({ tokens, image, code, error }: ScanView): Html {
  const fields = html`<input type="hidden" name="action" value="scanned">
${inlineError('registrationError', error)}
<p>Scan this with the Authenticator app on your phone.</p>
<p class="qr"><img src="${image}" width="200" height="200" alt="QR code for the Authenticator app"></p>
<dl class="trace"><dt>Or type this code into the app</dt><dd id="activationCode">${code.replace(/(\d{3})(?=\d)/g, '$1 ')}</dd></dl>
<div class="actions"><button type="submit" id="idSIButton9">Next</button></div>`
  return html`${actionForm(tokens, fields)}
${backForm(tokens)}`
}

export interface SecretView extends RegistrationView {
  readonly image: string
  readonly secret: string
}

export function secretBody({ tokens, image, secret, error }: SecretView): Html {
  const fields = html`<input type="hidden" name="action" value="confirm">
<p>Scan this with your authenticator app, or type the key into it.</p>
<p class="qr"><img src="${image}" width="200" height="200" alt="QR code for an authenticator app"></p>
<dl class="trace"><dt>Secret key</dt><dd id="secretKey">${secret.replace(/(.{4})(?=.)/g, '$1 ')}</dd></dl>
${codeField('Code of the app', error)}`
  return html`${actionForm(tokens, fields)}
${backForm(tokens)}`
}

export interface TextedView extends RegistrationView {
  readonly display: string
}

export function textedBody({ tokens, display, error }: TextedView): Html {
  const fields = html`<input type="hidden" name="action" value="confirm">
<p>We texted a code to ${display}.</p>
${codeField('Code', error)}`
  return html`${actionForm(tokens, fields)}
${againForm(tokens, 'Text another code')}
${backForm(tokens)}`
}

function codeField(label: string, error: string | undefined): Html {
  const described = error !== undefined && html` aria-invalid="true" aria-describedby="registrationError"`
  return html`${inlineError('registrationError', error)}
<label for="idTxtBx_Registration_OTC">${label}</label>
<input type="tel" name="otc" id="idTxtBx_Registration_OTC" maxlength="8" inputmode="numeric" autocomplete="one-time-code"${described} autofocus>
<div class="actions"><button type="submit" id="idSIButton9">Next</button></div>`
}

export interface TrialView extends RegistrationView {
  readonly text: string
  /** To be typed into the phone. */
  readonly number?: number | undefined
  readonly again: string
}

/** A notification or a call that proves the method; the page's script only saves pressing the button. */
export function trialBody({ tokens, text, number, again, error }: TrialView): Html {
  const fields = html`<input type="hidden" name="action" value="confirm">
<p>${text}</p>
${number !== undefined && html`<p class="number" id="idRichContext_DisplaySign" aria-label="Number to enter: ${number}">${number}</p>`}
${inlineError('registrationError', error)}
<p class="waiting" role="status" data-waiting></p>
<div class="actions"><button type="submit" id="idSIButton9">Next</button></div>`
  return html`${actionForm(tokens, fields, html` data-poll`)}
${againForm(tokens, again)}
${backForm(tokens)}`
}

export interface NewPasskeyView extends RegistrationView {
  readonly username: string
}

export function newPasskeyBody({ tokens, username, error }: NewPasskeyView): Html {
  return html`${inlineError('registrationError', error)}
<form method="post" action="${passkeyUrls.create}">
<input type="hidden" name="flow" value="create">
<input type="hidden" name="canary" value="${tokens.flowToken}">
<input type="hidden" name="serverChallenge" value="${tokens.flowToken}">
<input type="hidden" name="ctx" value="${tokens.context}">
<input type="hidden" name="username" value="${username}">
<label for="passkeyName">Name of the passkey</label>
<input type="text" name="displayName" id="passkeyName" maxlength="30" value="My passkey" autocomplete="off">
<div class="actions"><button type="submit" id="idSIButton9">Next</button></div>
</form>
<noscript><p class="gap">Creating a passkey needs scripts: a browser reaches the authenticator in no other way.</p></noscript>
${backForm(tokens)}`
}

function againForm(tokens: FormTokens, text: string): Html {
  return actionForm(tokens, html`<button type="submit" class="link" name="action" value="again">${text}</button>`)
}

function backForm(tokens: FormTokens, text = 'Choose another method'): Html {
  return actionForm(
    tokens,
    html`<button type="submit" class="link" id="idBtn_Back" name="action" value="back">${text}</button>`,
  )
}
