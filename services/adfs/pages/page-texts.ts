import type { WebContent } from '../configuration/configuration-store.ts'

export type PageTexts = Omit<WebContent, 'locales'>

/**
 * What pages say: the text of the application before that of the farm, the text for the language of the browser before
 * the one for everybody ("Customize the AD FS sign-in pages"), each text by itself.
 */
export function pageTexts(
  acceptLanguage: string | undefined,
  global: WebContent,
  own: WebContent | undefined,
): PageTexts {
  const languages = preferredLanguages(acceptLanguage)
  const layers = [global, own ?? {}].flatMap(({ locales = {}, ...everybody }) => [
    everybody,
    localeFor(languages, locales) ?? {},
  ])
  return Object.assign({}, ...layers)
}

function localeFor(languages: readonly string[], locales: NonNullable<WebContent['locales']>): PageTexts | undefined {
  const byName = new Map(Object.entries(locales).map(([name, texts]) => [name.toLowerCase(), texts]))
  for (const language of languages) {
    const found = withParents(language).find((name) => byName.has(name))
    if (found !== undefined) return byName.get(found)
  }
  return undefined
}

/** `de-at`, then `de` (RFC 4647 §3.4). */
function withParents(language: string): readonly string[] {
  const parts = language.split('-')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
}

const mostLanguages = 20

/** RFC 9110 §12.5.4, the most wanted first; what is not wanted at all is left out. */
function preferredLanguages(header = ''): readonly string[] {
  const ranges = header.slice(0, 1000).split(',').slice(0, mostLanguages)
  return ranges
    .flatMap((range) => {
      const [, name = '', quality = '1'] = /^\s*([A-Za-z0-9-]+)\s*(?:;\s*q=([\d.]+)\s*)?$/.exec(range) ?? []
      return name === '' || !(Number(quality) > 0) ? [] : [{ name: name.toLowerCase(), quality: Number(quality) }]
    })
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ name }) => name)
}
