import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import type { Trusts } from '../trusts.ts'
import type { PortalAssets } from './portal-assets.ts'

/** What every page of the federation service needs to know. */
export interface Theme {
  readonly serviceName: string
  readonly assets: PortalAssets
  /** Of one's own, as they are now. */
  readonly texts: Trusts['webContent']
}

/** Reads the texts anew for every page, since administrators change them while the farm runs. */
export function themeOf(displayName: string, trusts: Trusts, assets: PortalAssets): Theme {
  return {
    assets,
    get serviceName() {
      return trusts.webContent.companyName ?? displayName
    },
    get texts() {
      return trusts.webContent
    },
  }
}

/** Label and value, in the order in which they are shown. */
export type Story = readonly (readonly [string, string])[]

export interface FrameView {
  readonly title: string
  /** Goes into #authArea. */
  readonly content: HtmlValue
  readonly story: Story
  readonly frameSources?: readonly string[]
}

/** The nesting and the ids are AD FS's (2012 R2 to 2019): automation finds its way by them. */
export function framePage({ serviceName, assets, texts }: Theme, view: FrameView): PageView {
  return {
    title: view.title,
    stylesheets: [assets.stylesheet.url],
    scripts: [assets.script.url],
    head: html`<meta http-equiv="X-UA-Compatible" content="IE=10.000"><meta name="mswebdialog-title" content="Connecting to ${serviceName}">`,
    ...(view.frameSources && { frameSources: view.frameSources }),
    body: html`<div id="fullPage"><div id="brandingWrapper" class="float"><div id="branding"></div></div>
<div id="contentWrapper" class="float"><div id="content" role="main">
<div id="header"><h1 class="serviceName">${serviceName}</h1></div>
<div id="workArea"><div id="authArea" class="groupMargin">${view.content}</div>${storyBlock(view.story)}</div>
<div id="footerPlaceholder"></div></div>
<div id="footer" role="contentinfo"><div id="footerLinks" class="floatReverse"><div><span id="copyright">Fauxchange mock of AD FS</span>${footerLinks(texts)}</div></div></div></div></div>`,
  }
}

function footerLinks({ homeLink, privacyLink, helpDeskLink }: Theme['texts']): readonly HtmlValue[] {
  const links = [
    { id: 'homeLink', url: homeLink, text: 'Home' },
    { id: 'privacy', url: privacyLink, text: 'Privacy' },
    { id: 'helpLink', url: helpDeskLink, text: 'Help' },
  ]
  return links.map(
    ({ id, url, text }) =>
      url !== undefined && html` <a id="${id}" class="pageLink footerLink" href="${url}">${text}</a>`,
  )
}

/** What the company says on a page, a paragraph a line. */
export function descriptionBlock(id: string, text: string | undefined): HtmlValue {
  if (text === undefined) return false
  return html`<div id="${id}" class="groupMargin">${text.split(/\n+/).map((line) => html`<p>${line}</p>`)}</div>`
}

function storyBlock(story: Story): HtmlValue {
  if (story.length === 0) return false
  const rows = story.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)
  return html`<details id="whatLedHere"><summary>What led here</summary><dl>${rows}</dl></details>`
}

/** #error is hidden while there is nothing to say, and announced when there is. */
export function errorBlock(text: string): Html {
  return html`<div id="error" class="fieldMargin error smallText"${text === '' && html` hidden`}><span id="errorText" role="alert" aria-live="assertive">${text}</span></div>`
}
