import { type Html, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'

export interface AccessPassView {
  readonly tokens: FormTokens
  readonly username: string
  readonly error?: string | undefined
}

export function accessPassBody(view: AccessPassView): Html {
  return html`<form method="post" action="${signInPaths.login}" novalidate>
${inlineError('accesspassError', view.error)}
<input type="hidden" name="login" value="${view.username}">
<input type="hidden" name="loginfmt" value="${view.username}">
<input type="hidden" name="type" value="11">
<label for="idTxtBx_AccessPass">Temporary Access Pass</label>
<input type="password" name="accesspass" id="idTxtBx_AccessPass" maxlength="48" autocomplete="off"${view.error !== undefined && html` aria-invalid="true" aria-describedby="accesspassError"`} autofocus>
${hiddenTokens(view.tokens)}
<div class="actions"><button type="submit" id="idSIButton9">Sign in</button>
<button type="submit" class="quiet" id="idBtn_Back" formaction="${signInPaths.reprocess}" name="account" value="other">Back</button></div>
</form>
<form method="post" action="${signInPaths.reprocess}">${hiddenTokens(view.tokens)}
<button type="submit" class="link" id="idA_PWD_SwitchToPassword" name="credential" value="password">Use your password instead</button></form>`
}
