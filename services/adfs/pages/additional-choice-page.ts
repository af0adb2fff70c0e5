import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { AdditionalProvider } from '../additional-authentication/additional-provider.ts'
import { providerName } from '../additional-authentication/texts.ts'
import { descriptionBlock, errorBlock, framePage, type Story, type Theme } from './frame.ts'

export interface AdditionalChoiceView {
  readonly action: string
  readonly account: string
  /** None when nothing is left to verify the account with; then the error says so. */
  readonly providers: readonly AdditionalProvider[]
  readonly error: string
  readonly story: Story
}

/** Which additional authentication to use, while there are several (AdditionalAuthenticationProvider). */
export function additionalChoicePage(theme: Theme, view: AdditionalChoiceView): PageView {
  const { providers, action } = view
  const list =
    providers.length > 0 &&
    html`<form id="options" method="post" action="${action}"><ul class="plain">${providers.map(choice)}</ul></form>`
  const content = html`<div id="loginArea"><div id="mfaGreeting" class="fieldMargin bigText" role="heading" aria-level="2">Welcome ${view.account}</div>
<p id="mfaGreetingDescription" class="fieldMargin">For security reasons, we require additional information to verify your account</p>
${errorBlock(view.error)}<div id="authOptions">${list}</div>${descriptionBlock('additionalDescription', theme.texts.signInPageAdditionalAuthenticationDescriptionText)}</div>`
  return framePage(theme, { title: 'Sign In', content, story: view.story })
}

function choice(provider: AdditionalProvider): Html {
  return html`<li><button id="${provider}" class="idp" type="submit" name="AuthMethod" value="${provider}"><span class="idpDescription">${providerName(provider)}</span></button></li>`
}
