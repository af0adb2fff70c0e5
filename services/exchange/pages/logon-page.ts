import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface LogonView extends Omit<FrameView, 'title' | 'content'> {
  readonly action: string
  readonly destination: string
  readonly note?: string | undefined
  readonly isProblem: boolean
}

/** The form that programs know: `logonForm` with destination, flags, username, password, passwordText and isUtf8. */
export function logonPage(view: LogonView): PageView {
  const { action, destination, note, isProblem } = view
  const content = html`<!-- ASP.auth_logon_aspx --><main id="content" class="notice" tabindex="-1"><h1>Sign in</h1>
${note && html`<p class="problem" role="${isProblem ? 'alert' : 'status'}" data-testid="notice">${note}</p>`}
<form class="compose" action="${action}" method="POST" name="logonForm" enctype="application/x-www-form-urlencoded" autocomplete="off"><input type="hidden" name="destination" value="${destination}"><input type="hidden" name="flags" value="4"><input type="hidden" name="forcedownlevel" value="0">
<div class="line"><label for="username">Domain\\user name</label><input id="username" name="username" type="text" autocomplete="username" required></div>
<div class="line"><label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required></div>
<input type="hidden" name="passwordText" value=""><input type="hidden" name="isUtf8" value="1">
<p class="actions"><button class="primary" type="submit">Sign in</button></p></form></main>`
  return pageFrame({ ...view, title: 'Outlook', content })
}
