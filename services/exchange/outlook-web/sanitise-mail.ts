import type { Attributes, IOptions } from 'sanitize-html'
import { type Html, trustedHtmlFromSanitiser } from '#shared/html/html.ts'
import type { ReadAttachment } from '../mailbox/read-mime.ts'

export interface SanitisedMail {
  readonly content: Html
  /** Pictures that would have been fetched from elsewhere. */
  readonly blockedImages: number
}

const elements = `p div span br hr b strong i em u s sub sup small blockquote pre code ul ol li dl dt dd
  table caption thead tbody tfoot tr th td a img h2`.split(/\s+/)
const shownTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']
const headings = ['h1', 'h3', 'h4', 'h5', 'h6']

/**
 * What is left of HTML mail: no script, style, form, frame, nor picture that a sender could count; pictures that came
 * with the message are shown. Headings are level 2, below the subject.
 */
export async function sanitiseMail(
  html: string,
  attachments: readonly ReadAttachment[],
  { remotePictures = false }: { readonly remotePictures?: boolean } = {},
): Promise<SanitisedMail> {
  const { default: sanitizeHtml } = await import('sanitize-html')
  const blocked = new Set<string>()
  const options: IOptions = {
    allowedTags: elements,
    allowedAttributes: {
      a: ['href', 'target', 'rel'],
      img: ['src', 'alt', 'width', 'height'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan'],
      ol: ['start'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: remotePictures ? ['data', 'https'] : ['data'] },
    allowProtocolRelative: false,
    transformTags: {
      ...Object.fromEntries(headings.map((name) => [name, 'h2'])),
      a: (tagName, attributes) => ({ tagName, attribs: linkAttributes(attributes) }),
      img: (tagName, attributes) => ({
        tagName,
        attribs: imageAttributes(attributes, { attachments, remotePictures }, blocked),
      }),
    },
    exclusiveFilter: (frame) => frame.tag === 'img' && !frame.attribs.src,
  }
  const clean = sanitizeHtml(html, options)
  return { content: trustedHtmlFromSanitiser(clean), blockedImages: blocked.size }
}

/** A link without a host would be one of the page's own: mail that signs out whoever follows it. */
function linkAttributes({ href }: Attributes): Attributes {
  if (href === undefined) return {}
  return { ...(URL.canParse(href) && { href }), target: '_blank', rel: 'noopener noreferrer' }
}

interface Pictures {
  readonly attachments: readonly ReadAttachment[]
  readonly remotePictures: boolean
}

function imageAttributes(
  { src = '', alt = '', width, height }: Attributes,
  { attachments, remotePictures }: Pictures,
  blocked: Set<string>,
): Attributes {
  const shown = remotePictures && src.startsWith('https://') ? src : ownPicture(src, attachments)
  if (shown === undefined) {
    blocked.add(src)
    return {}
  }
  return { src: shown, alt, ...(width && { width }), ...(height && { height }) }
}

function ownPicture(src: string, attachments: readonly ReadAttachment[]): string | undefined {
  const contentId = /^cid:(.+)$/i.exec(src)?.[1]
  if (contentId === undefined)
    return shownTypes.some((type) => src.startsWith(`data:${type};base64,`)) ? src : undefined
  const part = attachments.find((each) => each.contentId === unescaped(contentId))
  if (!part || !shownTypes.includes(part.contentType)) return undefined
  return `data:${part.contentType};base64,${part.content.toString('base64')}`
}

/** RFC 2392: percent-encoded; unlike decodeURIComponent this takes whatever mail programs write. */
function unescaped(contentId: string): string | null {
  return new URLSearchParams(`id=${contentId.replaceAll('+', '%2b').replaceAll('&', '%26')}`).get('id')
}
