import { type Html, html } from '#shared/html/html.ts'

export function registrationBody({ organization }: { readonly organization: string }): Html {
  return html`<p>${organization} needs more information to keep your account secure: no method for a second factor is registered for you.</p>
<p class="gap" id="registrationGap">Registering a method during sign-in is not part of this mock. Give the person an <code>mfa.methods</code> entry in the scenario file, or sign in as somebody who has one.</p>
<p><small>AADSTS50072</small></p>`
}
