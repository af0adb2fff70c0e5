import { type Html, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens } from './frame.ts'

export interface TermsOfUseView {
  readonly tokens: FormTokens
  readonly organization: string
  readonly agreementId: string
  readonly displayName: string
  readonly text: string
}

export function termsOfUseBody(view: TermsOfUseView): Html {
  return html`<p>In order to access ${view.organization} resources, you must read and accept the terms of use.</p>
<section aria-labelledby="termsName"><h2 id="termsName">${view.displayName}</h2>
${view.text.split(/\n{2,}/).map((paragraph) => html`<p>${paragraph}</p>`)}</section>
<form method="post" action="${signInPaths.termsOfUse}">
<input type="hidden" name="agreementId" value="${view.agreementId}">
${hiddenTokens(view.tokens)}
<div class="actions"><button type="submit" id="idSIButton9" name="acceptTerms" value="true">Accept</button>
<button type="submit" class="quiet" id="idBtn_Back" name="acceptTerms" value="false">Decline</button></div>
</form>`
}
