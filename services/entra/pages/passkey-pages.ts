import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'

export interface FidoFormView {
  readonly tokens: FormTokens
  /** Absolute: passkeys belong to one host of the sign-in's. */
  readonly action: string
  /** Where the answer goes, absolute. */
  readonly postBackUrl: string
  /** `mfa` for a second factor; as the product's pages call it. */
  readonly flow: 'signin' | 'mfa' | 'create'
  readonly username: string
  readonly button: string
  readonly style?: 'tile' | 'quiet'
}

/** Off to the host that passkeys belong to, with the fields of the product's own page. */
export function fidoForm(view: FidoFormView): Html {
  const { tokens, flow, username } = view
  return html`<form method="post" action="${view.action}">
<input type="hidden" name="flow" value="${flow}">
<input type="hidden" name="allowedIdentities" value="2">
<input type="hidden" name="canary" value="${tokens.flowToken}">
<input type="hidden" name="serverChallenge" value="${tokens.flowToken}">
<input type="hidden" name="postBackUrl" value="${view.postBackUrl}">
<input type="hidden" name="ctx" value="${tokens.context}">
<input type="hidden" name="username" value="${username}">
<input type="hidden" name="loginCanary" value="${tokens.canary}">
<button type="submit" class="${view.style ?? ''}" id="idBtn_Fido">${view.button}</button>
</form>`
}

export interface CeremonyView {
  readonly tokens: FormTokens
  readonly kind: 'get' | 'create'
  readonly postBackUrl: string
  readonly cancelUrl: string
  /** What "Use another method" says there. */
  readonly cancel: readonly [name: string, value: string]
  /** Sent along with the answer. */
  readonly fields: Readonly<Record<string, string>>
}

/** The page whose script talks to the authenticator; nothing but a script can. */
export function ceremonyBody(view: CeremonyView): Html {
  const creates = view.kind === 'create'
  return html`<p id="idDiv_Fido_Description">${creates ? 'Your device will ask you to create a passkey for this account.' : 'Your device will open a security window. Follow the instructions there to sign in.'}</p>
<p class="error" id="idSpan_Fido_Error" role="alert" hidden></p>
<noscript><p class="gap">Passkeys need scripts: a browser reaches the authenticator in no other way. Allow them, or go back and choose another method.</p></noscript>
<form method="post" action="${view.postBackUrl}" data-passkey="${view.kind}">
${Object.entries(view.fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<input type="hidden" name="${creates ? 'attestation' : 'assertion'}" value="">
${hiddenTokens(view.tokens)}
<div class="actions"><button type="submit" id="idSIButton9">${creates ? 'Create a passkey' : 'Use a passkey'}</button></div>
</form>
${backForm(view)}`
}

/** Back to where it began, on the sign-in's own host. */
function backForm({ cancelUrl, cancel: [name, value], tokens }: CeremonyView): HtmlValue {
  return html`<form method="post" action="${cancelUrl}">${hiddenTokens(tokens)}
<button type="submit" class="link" id="idBtn_Back" name="${name}" value="${value}">Use another method</button></form>`
}

export interface PasskeyFailedView {
  readonly tokens: FormTokens
  readonly again: FidoFormView
  readonly error: string
}

export function passkeyFailedBody({ tokens, again, error }: PasskeyFailedView): Html {
  return html`${inlineError('idSpan_Fido_Error', error)}
<p>If you are using a security key, make sure that it is yours, and try again.</p>
${fidoForm(again)}
<form method="post" action="${signInPaths.reprocess}">${hiddenTokens(tokens)}
<button type="submit" class="link" id="idA_SignInAnotherWay" name="account" value="other">Sign in another way</button></form>`
}
