import { type Html, html } from '#shared/html/html.ts'
import { onLoginHost, passkeyUrls, signInPaths } from '../urls.ts'
import { continueTo } from './device-code-pages.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'
import { fidoForm } from './passkey-pages.ts'

export interface UserNameView {
  readonly tokens: FormTokens
  readonly username: string
  readonly hint: string
  readonly application: string
  /** It waits on another device (RFC 8628). */
  readonly onDevice: boolean
  readonly error?: string | undefined
}

export function userNameBody(view: UserNameView): Html {
  return html`${continueTo(view)}
<form method="post" action="${signInPaths.login}" novalidate>
${inlineError('usernameError', view.error)}
<label for="i0116">Email address</label>
<input type="email" name="loginfmt" id="i0116" maxlength="113" autocomplete="username" autocapitalize="off" spellcheck="false" value="${view.username}" placeholder="${view.hint}"${view.error !== undefined && html` aria-invalid="true" aria-describedby="usernameError"`} autofocus>
${hiddenTokens(view.tokens)}
<div class="actions"><button type="submit" id="idSIButton9">Next</button></div>
</form>
${signInOptions(view)}`
}

function signInOptions({ tokens }: UserNameView): Html {
  const form = {
    tokens,
    action: passkeyUrls.get,
    postBackUrl: onLoginHost(signInPaths.login),
    flow: 'signin',
    username: '',
    button: 'Face, fingerprint, PIN or security key',
    style: 'tile',
  } as const
  return html`<details class="options"><summary id="idA_SignInOptions">Sign-in options</summary>${fidoForm(form)}</details>`
}
