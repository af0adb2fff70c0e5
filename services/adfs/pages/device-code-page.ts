import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { errorBlock, framePage, type Theme } from './frame.ts'

export interface DeviceCodeView {
  readonly action: string
  readonly userCode: string
  readonly error: string
  /** Which application waits, once the code is known. */
  readonly application?: string | undefined
  /** Shows that the form comes from this very browser. */
  readonly canary: string
  /** How it ended; absent while the code is asked for. */
  readonly outcome?: 'granted' | 'denied'
}

/** Where the code that a device shows is typed, and what follows once the person has signed in. */
export function deviceCodePage(theme: Theme, view: DeviceCodeView): PageView {
  const content = html`<div id="loginArea">${view.outcome === undefined ? question(view) : ending(view)}</div>`
  return framePage(theme, { title: 'Sign In', content, story: [] })
}

function question(view: DeviceCodeView): Html {
  const known =
    view.application !== undefined &&
    html`<p id="deviceApplication" class="fieldMargin">You are about to sign in to <b>${view.application}</b> on another device or app. Continue only if you asked for it.</p>`
  return html`<div id="loginMessage" class="groupMargin" role="heading" aria-level="2">Enter the code displayed on your device or app</div>
<form method="post" id="deviceForm" autocomplete="off" action="${view.action}">${errorBlock(view.error)}${known}
<div><label for="userCodeInput" class="fieldLabel">Code</label><input id="userCodeInput" name="user_code" type="text" value="${view.userCode}" class="text fullWidth" spellcheck="false" autocapitalize="characters" autocomplete="off" maxlength="40" required autofocus aria-describedby="errorText"></div>
<input type="hidden" name="canary" value="${view.canary}">
<div id="submissionArea" class="submitMargin"><input id="continueButton" class="submit" type="submit" value="Continue"></div></form>`
}

function ending({ outcome, application }: DeviceCodeView): Html {
  const [heading, text] =
    outcome === 'granted'
      ? [
          'You have signed in',
          `You have signed in to ${application ?? 'the application'} on your device. You may now close this window.`,
        ]
      : [
          'You are not authorized',
          `You are not authorized to use ${application ?? 'the application'}. Contact your administrator for more information.`,
        ]
  return html`<div id="loginMessage" class="groupMargin" role="heading" aria-level="2">${heading}</div><p id="deviceOutcome" class="fieldMargin" role="status">${text}</p>`
}
