import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import type { Trust, Trusts } from '../trusts.ts'
import { type PageTexts, pageTexts } from './page-texts.ts'
import type { PortalAssets } from './portal-assets.ts'
import { pictureUrl, type ThemePart, type ThemePicture, themeParts } from './theme-picture.ts'

/** What every page of the federation service needs to know. */
export interface Theme {
  readonly serviceName: string
  readonly assets: PortalAssets
  /** Of one's own, as they are now. */
  readonly texts: PageTexts
  /** The addresses of the pictures that an administrator chose. */
  readonly pictures: Readonly<Partial<Record<ThemePart, string>>>
}

/** Reads texts and pictures anew for every page, since administrators change them while the farm runs. */
export interface Themes {
  readonly assets: PortalAssets
  /** For a browser, on the way to an application; the farm's own texts where there is none, or it has none. */
  for(request: BrowserRequest, trust?: Pick<Trust, 'settings'>): Theme
  /** By the name of the application. */
  forTrust(request: BrowserRequest, name: string | undefined): Theme
  picture(part: ThemePart): ThemePicture | undefined
}

interface BrowserRequest {
  readonly headers: { readonly 'accept-language'?: string | undefined }
}

export function themesOf(displayName: string, trusts: Trusts, assets: PortalAssets): Themes {
  const themeFor: Themes['for'] = ({ headers }, trust) => {
    const texts = pageTexts(headers['accept-language'], trusts.webContent, trust?.settings.webContent)
    const pictures = themeParts.flatMap((part) => {
      const picture = trusts.webTheme[part]
      return picture ? [[part, pictureUrl(part, picture)] as const] : []
    })
    return { assets, texts, serviceName: texts.companyName ?? displayName, pictures: Object.fromEntries(pictures) }
  }
  return {
    assets,
    for: themeFor,
    forTrust: (request, name) =>
      themeFor(
        request,
        trusts.all.find(({ settings }) => settings.name === name),
      ),
    picture: (part) => trusts.webTheme[part],
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
export function framePage({ serviceName, assets, texts, pictures }: Theme, view: FrameView): PageView {
  return {
    title: view.title,
    stylesheets: [assets.stylesheet.url],
    scripts: [assets.script.url],
    head: html`<meta http-equiv="X-UA-Compatible" content="IE=10.000"><meta name="mswebdialog-title" content="Connecting to ${serviceName}"><link rel="icon" href="data:,">`,
    ...(view.frameSources && { frameSources: view.frameSources }),
    body: html`<div id="fullPage"><div id="brandingWrapper" class="float"><div id="branding">${illustration(pictures)}</div></div>
<div id="contentWrapper" class="float"><div id="content" role="main">
<div id="header">${heading(serviceName, pictures)}</div>
<div id="workArea"><div id="authArea" class="groupMargin">${view.content}</div>${storyBlock(view.story)}</div>
<div id="footerPlaceholder"></div></div>
<div id="footer" role="contentinfo"><div id="footerLinks" class="floatReverse"><div><span id="copyright">Fauxchange mock of AD FS</span>${footerLinks(texts)}</div></div></div></div></div>`,
  }
}

function illustration({ illustration: url }: Theme['pictures']): HtmlValue {
  return url !== undefined && html`<img class="illustration" src="${url}" alt="">`
}

function heading(serviceName: string, { logo }: Theme['pictures']): Html {
  if (logo === undefined) return html`<h1 class="serviceName">${serviceName}</h1>`
  return html`<h1 class="serviceName"><img class="logoImage" src="${logo}" alt="${serviceName}"></h1>`
}

function footerLinks({
  homeLink,
  privacyLink,
  helpDeskLink,
  homeLinkText,
  privacyLinkText,
  helpDeskLinkText,
}: Theme['texts']): readonly HtmlValue[] {
  const links = [
    { id: 'homeLink', url: homeLink, text: homeLinkText ?? 'Home' },
    { id: 'privacy', url: privacyLink, text: privacyLinkText ?? 'Privacy' },
    { id: 'helpLink', url: helpDeskLink, text: helpDeskLinkText ?? 'Help' },
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
