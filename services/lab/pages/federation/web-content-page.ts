import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { pageTextsSchema } from '#shared/scenario/schema-adfs-content.ts'
import type { PageTexts, RelyingPartyTrust, WebContent } from '../../adfs/administration.ts'
import type { Said } from '../../page-actions.ts'
import { urls } from '../../urls.ts'
import { type ContentScope, everybody, wholeFarm } from '../../web-content-actions.ts'
import type { StackTime } from '../frame.ts'
import { federationFrame } from './federation-frame.ts'

export interface WebContentView extends Said {
  readonly scope: ContentScope
  readonly content: WebContent
  readonly trusts: readonly RelyingPartyTrust[]
  /** The pictures that there are: `logo`, `illustration`. */
  readonly pictures: Readonly<Record<string, { readonly type: string; readonly bytes: number }>>
  readonly time: StackTime | undefined
}

/** What Set-AdfsGlobalWebContent, Set-AdfsRelyingPartyWebContent and Set-AdfsWebTheme change. */
export function webContentPage({ scope, content, trusts, pictures, ...frame }: WebContentView): PageView {
  const { locales = {}, ...plain } = content
  const texts: PageTexts = scope.locale === everybody ? plain : (locales[scope.locale] ?? {})
  return federationFrame({
    ...frame,
    title: 'Web content',
    about: 'What the pages of AD FS say: for the farm or one application, for everybody or for a language.',
    current: urls.webContent,
    main: html`${scopeSection(scope, trusts, Object.keys(locales))}
${textSection(scope, texts, trusts)}
${pictureSection(pictures)}`,
  })
}

function scopeSection(scope: ContentScope, trusts: readonly RelyingPartyTrust[], known: readonly string[]): Html {
  const option = (value: string, text: string) =>
    html`<option value="${value}"${value === scope.trust && html` selected`}>${text}</option>`
  const there = known.length > 0 && html`<p class="muted">There are texts for ${known.join(', ')}.</p>`
  return html`<section aria-labelledby="scope"><h2 id="scope">Whose texts</h2>
<form method="get" action="${urls.webContent}" class="inline"><label for="scope-trust">Application</label><select id="scope-trust" name="trust">${option(wholeFarm, 'all (the farm)')}${trusts.map(({ objectIdentifier, name }) => option(objectIdentifier, name))}</select>
<label for="scope-locale">Language, such as de or fr-CA; none for everybody</label><input id="scope-locale" name="locale" pattern="[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*" value="${scope.locale === everybody ? '' : scope.locale}"><button>Show</button></form>${there}</section>`
}

function textSection(scope: ContentScope, texts: PageTexts, trusts: readonly RelyingPartyTrust[]): Html {
  const whose = trusts.find(({ objectIdentifier }) => objectIdentifier === scope.trust)?.name ?? 'the farm'
  const language = scope.locale === everybody ? 'everybody' : scope.locale
  const names = Object.keys(pageTextsSchema.shape) as (keyof PageTexts)[]
  return html`<section aria-labelledby="texts"><h2 id="texts">Texts of ${whose}, for ${language}</h2>
<form method="post" action="${urls.webContentOf(scope)}" class="fields">${names.map((name) => field(name, texts[name]))}
<p><button>Save texts</button></p></form></section>`
}

function field(name: keyof PageTexts, value = ''): Html {
  const label = pageTextsSchema.shape[name].description?.replace(/\.$/, '') ?? name
  const id = `text-${name}`
  const control = /DescriptionText|Message$/.test(name)
    ? html`<textarea id="${id}" name="${name}" rows="2">${value}</textarea>`
    : html`<input id="${id}" name="${name}" value="${value}">`
  return html`<p class="wide"><label for="${id}">${label}</label>${control}</p>`
}

function pictureSection(pictures: WebContentView['pictures']): Html {
  return html`<section aria-labelledby="pictures"><h2 id="pictures">Pictures</h2>
<p>PNG, JPEG or GIF, 512 KiB at most; on every page of the farm.</p>${['logo', 'illustration'].map((part) => picture(part, pictures[part]))}</section>`
}

function picture(part: string, present: WebContentView['pictures'][string] | undefined): Html {
  const id = `picture-${part}`
  const remove =
    present &&
    html`<form method="post" action="${urls.removePicture(part)}" class="inline"><span class="muted">${present.type}, ${String(present.bytes)} bytes</span> <button>Remove ${part}</button></form>`
  return html`<form method="post" enctype="multipart/form-data" action="${urls.picture(part)}" class="inline"><label for="${id}">The ${part}</label><input id="${id}" type="file" name="image" accept="image/png,image/jpeg,image/gif" required><button>Set ${part}</button></form>${remove}`
}
