import { type Html, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens } from './frame.ts'

export interface ConsentView {
  readonly tokens: FormTokens
  readonly application: string
  readonly permissions: readonly string[]
  /** An administrator consents for herself, and may for everybody. */
  readonly mayConsentForEverybody: boolean
}

export function consentBody(view: ConsentView): Html {
  return html`<p><strong>${view.application}</strong> would like to:</p>
<ul class="permissions">${view.permissions.map((permission) => html`<li>${permission}</li>`)}</ul>
<form method="post" action="${signInPaths.consent}">
${hiddenTokens(view.tokens)}
${view.mayConsentForEverybody && html`<p class="choice"><input type="checkbox" name="consentForOrganization" value="true" id="consentForOrganization"> <label for="consentForOrganization">Consent on behalf of your organization</label></p>`}
<div class="actions"><button type="submit" id="idSIButton9" name="acceptConsent" value="true">Accept</button>
<button type="submit" class="quiet" id="idBtn_Back" name="acceptConsent" value="false">Cancel</button></div>
</form>`
}
