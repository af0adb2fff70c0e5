import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { descriptionBlock, errorBlock, framePage, type Theme } from './frame.ts'

export interface UpdatePasswordView {
  readonly action: string
  readonly userName: string
  readonly error: string
  readonly updated: boolean
}

/** Where people change their password, also an expired one. */
export function updatePasswordPage(theme: Theme, view: UpdatePasswordView): PageView {
  const content = html`<div id="loginArea"><div id="loginMessage" class="groupMargin" role="heading" aria-level="2">Update Password</div>${view.updated ? done() : form(view)}${descriptionBlock('updatePasswordDescription', theme.texts.updatePasswordPageDescriptionText)}</div>`
  return framePage(theme, { title: 'Update Password', content, story: [] })
}

function done(): Html {
  return html`<p id="updateMessage" class="fieldMargin" role="status">Your password is successfully updated.</p>`
}

function form(view: UpdatePasswordView): Html {
  const passwords = [
    ['oldPasswordInput', 'OldPassword', 'Old password', 'current-password'],
    ['newPasswordInput', 'NewPassword', 'New password', 'new-password'],
    ['confirmNewPasswordInput', 'ConfirmNewPassword', 'Confirm new password', 'new-password'],
  ] as const
  const fields = passwords.map(
    ([id, name, label, autocomplete]) =>
      html`<div><label for="${id}" class="fieldLabel">${label}</label><input id="${id}" name="${name}" type="password" class="text fullWidth" autocomplete="${autocomplete}" required aria-describedby="errorText"></div>`,
  )
  return html`<form method="post" id="updatePasswordForm" autocomplete="off" action="${view.action}">${errorBlock(view.error)}
<div><label for="userNameInput" class="fieldLabel">User Account</label><input id="userNameInput" name="UserName" type="text" value="${view.userName}" class="text fullWidth" spellcheck="false" autocomplete="username" required aria-describedby="errorText"></div>${fields}
<div id="submissionArea" class="submitMargin"><input id="submitPasswordButton" class="submit" type="submit" name="Submit" value="Submit"></div></form>`
}
