import { type Html, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'

export interface PasswordView {
  readonly tokens: FormTokens
  readonly username: string
  readonly error?: string | undefined
}

export function passwordBody(view: PasswordView): Html {
  return html`<form method="post" action="${signInPaths.login}" novalidate>
${inlineError('passwordError', view.error)}
<input type="hidden" name="login" value="${view.username}">
<input type="hidden" name="loginfmt" value="${view.username}">
<input type="hidden" name="type" value="11">
<input type="hidden" name="LoginOptions" value="3">
<label for="i0118">Password</label>
<input type="password" name="passwd" id="i0118" maxlength="256" autocomplete="current-password"${view.error !== undefined && html` aria-invalid="true" aria-describedby="passwordError"`} autofocus>
${hiddenTokens(view.tokens)}
<div class="actions"><button type="submit" id="idSIButton9">Sign in</button>
<button type="submit" class="quiet" id="idBtn_Back" formaction="${signInPaths.reprocess}" name="account" value="other">Back</button></div>
</form>`
}
