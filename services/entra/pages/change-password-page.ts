import { type Html, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'

export interface ChangePasswordView {
  readonly tokens: FormTokens
  readonly username: string
  readonly because: 'expired' | 'risk'
  readonly error?: string | undefined
}

const texts = {
  expired:
    'You need to update your password because this is the first time you are signing in, or because your password has expired.',
  risk: "We've detected suspicious activity on your account. To get back into it, you need to change your password.",
} as const

/** The form that the product's script posts at the end; here it does the whole change. */
export function changePasswordBody(view: ChangePasswordView): Html {
  return html`<p id="ChangePasswordDescription">${texts[view.because]}</p>
<form method="post" action="${signInPaths.changePassword}" novalidate>
${inlineError('currentPasswordError', view.error)}
<input type="hidden" name="username" value="${view.username}" autocomplete="username">
${passwordField({ id: 'currentPassword', name: 'currentpasswd', label: 'Current password', autocomplete: 'current-password' }, view)}
${passwordField({ id: 'newPassword', name: 'newpasswd', label: 'New password', autocomplete: 'new-password' }, view)}
${passwordField({ id: 'confirmNewPassword', name: 'confirmnewpasswd', label: 'Confirm password', autocomplete: 'new-password' }, view)}
${hiddenTokens(view.tokens)}
<div class="actions"><button type="submit" id="idSIButton9">Sign in</button></div>
</form>`
}

interface PasswordField {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly autocomplete: string
}

function passwordField({ id, name, label, autocomplete }: PasswordField, { error }: ChangePasswordView): Html {
  return html`<label for="${id}">${label}</label>
<input type="password" name="${name}" id="${id}" maxlength="256" autocomplete="${autocomplete}"${error !== undefined && html` aria-invalid="true" aria-describedby="currentPasswordError"`}>`
}
