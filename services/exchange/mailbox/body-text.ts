/** What a message says, for previews, for search and for clients that show no HTML. */
export async function textOfHtml(html: string): Promise<string> {
  const { default: sanitizeHtml } = await import('sanitize-html')
  const broken = html.replace(/<br\s*\/?>|<\/(p|div|li|tr|h[1-6]|blockquote|pre|table)\s*>/gi, '$&\n')
  const text = sanitizeHtml(broken, { allowedTags: [], allowedAttributes: {} })
  return text
    .replace(/&(lt|gt|quot|amp);/g, (entity) => characters[entity] ?? entity)
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t\u00a0]+/g, ' ')
    .replace(/ *\n */g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const characters: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }

/** As ActiveSync's Preview: at most 255 characters, line breaks as spaces. */
export function previewOf(text: string): string {
  return text.slice(0, 2000).replace(/\s+/g, ' ').trim().slice(0, 255).toWellFormed()
}

/** The subject without the prefixes of answers: what a conversation is about. */
export function topicOf(subject: string): string {
  return subject.replace(/^(\s*(re|aw|fw|fwd|wg|sv|vs|tr|rv|ref)(\[\d+\])?\s*:)+/i, '').trim()
}

const longestIndexedText = 64 * 1024
const mostWords = 500

/**
 * Letters of alphabets where an accent is no other letter to a search: Exchange finds Müller by muller. Marks of other
 * scripts stay, as those of й and が, which are letters of their own.
 */
export function withoutAccents(text: string): string {
  if (!/[^\p{ASCII}]/u.test(text)) return text
  return text.normalize('NFD').replace(accents, '').normalize('NFC')
}

const accents = /(?<=[\p{Script=Latin}\p{Script=Greek}][\u0300-\u036f]*)[\u0300-\u036f]+/gu

/** The distinct words of texts, as they are looked up: without accents, Han and kana each by itself. */
export function wordsOf(...texts: readonly string[]): readonly string[] {
  const text = texts.join('\n').slice(0, longestIndexedText)
  const words =
    withoutAccents(text.normalize('NFKC').toLowerCase()).match(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+/gu,
    ) ?? []
  return [...new Set(words.map((word) => word.slice(0, 40)))].slice(0, mostWords)
}
