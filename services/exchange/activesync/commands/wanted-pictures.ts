import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { Call } from '../call.ts'
import { child, element, numberOf, opaque, text } from '../elements.ts'

/** [MS-ASCMD] 2.2.3.177.15 */
const statuses = { success: 1, none: 173, tooLarge: 174, limitReached: 175 } as const

interface Wish {
  readonly maxSize: number
  readonly maxPictures: number
}

export type PictureOf = (recipient: Pick<Recipient, 'objectGuid'>) => Promise<WbxmlElement | undefined>

/**
 * The Picture of each recipient in turn, as far as the client asks for any (14.1): none above its MaxSize in bytes, and
 * no more than its MaxPictures ([MS-ASCMD] 2.2.3.133).
 *
 * @param asked The code page of the request's Options, and `answered` that of the answer.
 */
export function wantedPictures(
  { parts, version }: Pick<Call, 'parts' | 'version'>,
  options: WbxmlElement | undefined,
  { asked, answered }: { readonly asked: string; readonly answered: string },
): PictureOf {
  const wish = version >= 141 ? wishIn(child(options, `${asked}:Picture`), asked) : undefined
  let left = wish?.maxPictures ?? 0
  return async ({ objectGuid }) => {
    if (!wish) return undefined
    const content = (await parts.files.pictureOf(objectGuid))?.content
    const status = statusOf(content, wish, left)
    if (status !== 'success') return element(`${answered}:Picture`, text(`${answered}:Status`, statuses[status]))
    left -= 1
    const data = content && opaque(`${answered}:Data`, content)
    return element(`${answered}:Picture`, text(`${answered}:Status`, statuses.success), data)
  }
}

function wishIn(given: WbxmlElement | undefined, page: string): Wish | undefined {
  if (!given) return undefined
  const most = (name: string) => numberOf(given, `${page}:${name}`) ?? Number.POSITIVE_INFINITY
  return { maxSize: most('MaxSize'), maxPictures: most('MaxPictures') }
}

function statusOf(content: Buffer | undefined, { maxSize }: Wish, left: number): keyof typeof statuses {
  if (!content) return 'none'
  if (content.length > maxSize) return 'tooLarge'
  return left > 0 ? 'success' : 'limitReached'
}
