import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'

/** What Set-AdfsWebTheme takes: -Logo and -Illustration. */
export const themeParts = ['logo', 'illustration'] as const
export type ThemePart = (typeof themeParts)[number]

/** As it is kept: an image of the administrator's own. */
export interface ThemePicture {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif'
  /** Base64. */
  readonly content: string
}

export type WebTheme = Readonly<Partial<Record<ThemePart, ThemePicture>>>

/** Bytes; larger ones would make every sign-in wait. */
export const largestPicture = 512 * 1024

const signatures: readonly (readonly [ThemePicture['type'], Buffer])[] = [
  ['image/png', Buffer.from('89504e470d0a1a0a', 'hex')],
  ['image/jpeg', Buffer.from('ffd8ff', 'hex')],
  ['image/gif', Buffer.from('GIF8')],
]

/** Told by its first bytes; undefined for everything else, SVG with its scripts too. */
export function readPicture(content: Buffer): ThemePicture | undefined {
  if (content.length > largestPicture) return undefined
  const [type] = signatures.find(([, signature]) => content.subarray(0, signature.length).equals(signature)) ?? []
  return type && { type, content: content.toString('base64') }
}

/** With the hash that lets browsers keep it; the names are the product's, whatever the format. */
export function picturePath(part: ThemePart): string {
  return `/adfs/portal/${part}/${part}.png`
}

export function pictureUrl(part: ThemePart, { content }: ThemePicture): string {
  return `${picturePath(part)}?id=${createHash('sha256').update(content).digest('hex').toUpperCase()}`
}

export function sendPicture(reply: FastifyReply, { type, content }: ThemePicture): FastifyReply {
  return reply
    .type(type)
    .header('cache-control', 'public, max-age=86400')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(content, 'base64'))
}
