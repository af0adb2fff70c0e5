import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { descriptionBlock, errorBlock, framePage, type Story, type Theme } from './frame.ts'

export interface SignInChoice {
  readonly provider: string
  readonly text: string
  /** The same request where that way is taken; the product posts `AuthMethod` by script. */
  readonly href: string
}

export interface SignInView {
  readonly action: string
  readonly userName: string
  readonly error: string
  readonly keepSignedInOffered: boolean
  /** Where an expired password is changed. */
  readonly updatePasswordUrl?: string
  /** Other ways to sign in, by the name that `AuthMethod` takes. */
  readonly choices: readonly SignInChoice[]
  readonly story: Story
}

/** The forms page: names and ids of AD FS 2016/2019, a script-free way to submit inside noscript. */
export function signInPage(theme: Theme, view: SignInView): PageView {
  const content = html`<div id="loginArea"><div id="loginMessage" class="groupMargin" role="heading" aria-level="2">Sign in with your organizational account</div>
<form method="post" id="loginForm" autocomplete="off" novalidate action="${view.action}">${errorBlock(view.error)}${updatePassword(view)}
<div id="formsAuthenticationArea">${userName(view)}${password()}${keepSignedIn(view.keepSignedInOffered)}
<div id="submissionArea" class="submitMargin"><span id="submitButton" class="submit" role="button" tabindex="0">Sign in</span><noscript><input type="submit" class="submit" value="Sign in"></noscript></div></div>
<input id="optionForms" type="hidden" name="AuthMethod" value="FormsAuthentication"></form>
<div id="authOptions"><form id="options" method="post" action="${view.action}">${view.choices.map(choice)}<input id="optionSelection" type="hidden" name="AuthMethod"></form></div>
<div id="introduction" class="groupMargin"><p id="introductionText">Use <b>user@domain</b> or <b>DOMAIN\\user</b>.</p>${descriptionBlock('signInDescription', theme.texts.signInPageDescriptionText)}</div></div>`
  return framePage(theme, { title: 'Sign In', content, story: view.story })
}

function updatePassword({ updatePasswordUrl: url }: SignInView): HtmlValue {
  return (
    url !== undefined &&
    html`<p class="fieldMargin"><a id="updatePasswordLink" class="actionLink" href="${url}">Update your password</a></p>`
  )
}

function choice({ provider, text, href }: SignInChoice): Html {
  return html`<a id="${provider}" class="actionLink" href="${href}">${text}</a>`
}

function userName(view: SignInView): Html {
  return html`<div id="userNameArea"><label id="userNameInputLabel" for="userNameInput" class="fieldLabel">User Account</label><input id="userNameInput" name="UserName" type="email" value="${view.userName}" class="text fullWidth" spellcheck="false" placeholder="someone@example.com" autocomplete="username" aria-describedby="errorText introductionText"></div>`
}

function password(): Html {
  return html`<div id="passwordArea"><label id="passwordInputLabel" for="passwordInput" class="fieldLabel">Password</label><input id="passwordInput" name="Password" type="password" class="text fullWidth" placeholder="Password" autocomplete="current-password" aria-describedby="errorText"></div>`
}

function keepSignedIn(offered: boolean): Html {
  return html`<div id="kmsiArea"${!offered && html` hidden`}><input type="checkbox" name="Kmsi" id="kmsiInput" value="true"${!offered && html` disabled`}><label for="kmsiInput">Keep me signed in</label></div>`
}
