import { type Html, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens } from './frame.ts'

export function staySignedInBody({ tokens }: { readonly tokens: FormTokens }): Html {
  return html`<p>Do this to reduce the number of times you are asked to sign in.</p>
<form method="post" action="${signInPaths.keepSignedIn}">
<input type="hidden" name="type" value="28">
${hiddenTokens(tokens)}
<p class="choice"><input type="checkbox" name="DontShowAgain" value="true" id="KmsiCheckboxField"> <label for="KmsiCheckboxField">Don't show this again</label></p>
<div class="actions"><button type="submit" id="idSIButton9" name="LoginOptions" value="1">Yes</button>
<button type="submit" class="quiet" id="idBtn_Back" name="LoginOptions" value="3">No</button></div>
</form>`
}
