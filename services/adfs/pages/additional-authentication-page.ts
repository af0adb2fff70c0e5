import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import type { AdditionalPrompt } from '../additional-authentication/additional-authentication.ts'
import { methodName } from '../additional-authentication/texts.ts'
import { descriptionBlock, errorBlock, framePage, type Story, type Theme } from './frame.ts'

export interface AdditionalView {
  readonly action: string
  readonly account: string
  readonly provider: string
  readonly prompt: AdditionalPrompt
  readonly story: Story
  /** Whether there is another provider to go back to. */
  readonly others: boolean
}

/** The page of the Azure MFA adapter; a waiting page asks again by itself, or by its button without scripts. */
export function additionalAuthenticationPage(theme: Theme, view: AdditionalView): PageView {
  const { prompt } = view
  const content = html`<div id="loginArea"><div id="mfaGreeting" class="fieldMargin bigText" role="heading" aria-level="2">Welcome ${view.account}</div>
<p id="mfaGreetingDescription" class="fieldMargin">For security reasons, we require additional information to verify your account</p>
<form method="post" id="loginForm" autocomplete="off" action="${view.action}" data-state="${prompt.state}">${errorBlock(prompt.error)}
<input id="authMethod" type="hidden" name="AuthMethod" value="${view.provider}"><input id="context" type="hidden" name="Context" value="${prompt.context}">
${answerArea(prompt)}</form>${choices(view)}${descriptionBlock('additionalDescription', theme.texts.signInPageAdditionalAuthenticationDescriptionText)}</div>`
  return framePage(theme, { title: 'Sign In', content, story: view.story })
}

function answerArea(prompt: AdditionalPrompt): HtmlValue {
  if (prompt.state === 'ended') return prompt.method !== '' && retry(prompt.method)
  const instructions = html`<p id="instructions" class="fieldMargin">${prompt.instructions}</p>`
  if (prompt.state === 'code') return html`${instructions}${codeField()}${button('Sign in')}`
  const number =
    prompt.entropy > 0 && html`<p id="validEntropyNumber" class="bigNumber">${twoDigits(prompt.entropy)}</p>`
  return html`${instructions}${number}<p id="waitingMessage" class="smallText" role="status">Waiting for your answer.</p>${button('Continue')}`
}

function twoDigits(entropy: number): string {
  return String(entropy).padStart(2, '0')
}

function codeField(): Html {
  return html`<div id="verificationCodeArea"><label for="verificationCodeInput" class="fieldLabel">Verification code</label><input id="verificationCodeInput" name="VerificationCode" type="text" inputmode="numeric" class="text fullWidth" autocomplete="one-time-code" aria-describedby="errorText instructions"></div>`
}

function button(label: string): Html {
  return html`<div id="submissionArea" class="submitMargin"><input id="signInButton" class="submit" type="submit" name="SignIn" value="${label}"></div>`
}

function retry(method: string): Html {
  return html`<div id="submissionArea" class="submitMargin"><button id="tryAgainButton" class="submit" type="submit" name="AuthMethodId" value="${method}">Try again</button></div>`
}

function choices({ action, provider, prompt, others: more }: AdditionalView): Html {
  const others = prompt.methods.filter(({ authMethodId }) => authMethodId !== prompt.method)
  const buttons = others.map(
    ({ authMethodId, display }) =>
      html`<li><button class="actionLink" type="submit" name="AuthMethodId" value="${authMethodId}">${methodName(authMethodId, display)}</button></li>`,
  )
  const list = others.length > 0 && html`<p class="smallText">Other ways to verify your account</p><ul>${buttons}</ul>`
  return html`<div id="authOptions"><form id="options" method="post" action="${action}"><input id="optionSelection" type="hidden" name="AuthMethod" value="${provider}">${list}</form>
<p><a id="${provider}" class="actionLink" href="${action}">${more ? 'Use another kind of verification' : 'Start over'}</a></p></div>`
}
