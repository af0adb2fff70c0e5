import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { descriptionBlock, errorBlock, framePage, type Story, type Theme } from './frame.ts'

export interface HomeRealmView {
  readonly action: string
  readonly providers: readonly HomeRealmChoice[]
  /** Whether an address says where its user belongs. */
  readonly byEmail: boolean
  readonly email: string
  readonly error: string
  readonly story: Story
}

interface HomeRealmChoice {
  readonly identifier: string
  readonly name: string
  /** Active Directory itself. */
  readonly local: boolean
}

/** Home realm discovery: names and ids of AD FS 2012 R2 to 2019; buttons in the place of its scripted `div`s. */
export function homeRealmPage(theme: Theme, view: HomeRealmView): PageView {
  const content = html`<div id="hrdArea"><form id="hrd" method="post" autocomplete="off" novalidate action="${view.action}">${errorBlock(view.error)}
<div id="bySelection" class="groupMargin"><div id="openingMessage" class="groupMargin bigText" role="heading" aria-level="2">Sign in with one of these accounts</div>
<ul id="hrdSelectionList" class="plain">${view.providers.map(choice)}</ul></div></form>${view.byEmail && byEmail(view)}${descriptionBlock('organizationalNameDescription', theme.texts.organizationalNameDescriptionText)}</div>`
  return framePage(theme, { title: 'Sign In', content, story: view.story })
}

function choice({ identifier, name, local }: HomeRealmChoice): Html {
  return html`<li><button class="idp" type="submit" name="HomeRealmSelection" value="${identifier}"><span class="idpIcon" aria-hidden="true">${local ? '⌂' : '↗'}</span><span class="idpDescription">${name}</span></button></li>`
}

/** A form of its own, so that Enter in the field does not take the first provider of the list. */
function byEmail({ action, email }: HomeRealmView): HtmlValue {
  return html`<form id="hrdByEmail" method="post" autocomplete="off" novalidate action="${action}"><div id="byEmail" class="groupMargin"><div id="emailMessage" class="bigText" role="heading" aria-level="2">Other organizational account</div>
<div id="emailArea"><label id="emailInputLabel" for="emailInput" class="fieldLabel">Email address</label><input id="emailInput" name="Email" type="email" value="${email}" class="text fullWidth" spellcheck="false" placeholder="someone@example.com" autocomplete="email" aria-describedby="errorText"></div>
<input id="emailSubmit" class="submit" type="submit" name="HomeRealmByEmail" value="Next"></div></form>`
}
