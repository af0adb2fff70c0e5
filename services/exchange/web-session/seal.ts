import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Random } from '#shared/random.ts'

const algorithm = 'aes-256-gcm'
const ivLength = 12
const tagLength = 16

export interface SealedParts {
  readonly iv: Buffer
  readonly content: Buffer
  readonly tag: Buffer
}

/** What was sealed for one purpose does not open for another. */
export function sealParts(root: Uint8Array, purpose: string, text: string, random: Random): SealedParts {
  const iv = random.bytes(ivLength)
  const cipher = createCipheriv(algorithm, keyFor(root, purpose), iv)
  const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return { iv, content, tag: cipher.getAuthTag() }
}

/** Undefined when it is forged, damaged, or sealed with another key or for another purpose. */
export function openParts(root: Uint8Array, purpose: string, { iv, content, tag }: SealedParts): string | undefined {
  if (iv.length !== ivLength || tag.length !== tagLength) return undefined
  try {
    const decipher = createDecipheriv(algorithm, keyFor(root, purpose), iv)
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

export function seal(root: Uint8Array, purpose: string, text: string, random: Random): string {
  const { iv, content, tag } = sealParts(root, purpose, text, random)
  return Buffer.concat([iv, tag, content]).toString('base64url')
}

export function unseal(root: Uint8Array, purpose: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  return openParts(root, purpose, {
    iv: bytes.subarray(0, ivLength),
    tag: bytes.subarray(ivLength, ivLength + tagLength),
    content: bytes.subarray(ivLength + tagLength),
  })
}

/** X-OWA-CANARY: proves that a form comes from a page of this very session. */
export function canaryOf(root: Uint8Array, sessionId: string): string {
  return createHmac('sha256', keyFor(root, 'X-OWA-CANARY')).update(sessionId).digest('base64url')
}

export function isCanaryOf(root: Uint8Array, sessionId: string, given: unknown): boolean {
  const expected = Buffer.from(canaryOf(root, sessionId))
  const actual = Buffer.from(typeof given === 'string' ? given : '')
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function keyFor(root: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, '', `fauxchange exchange ${purpose}`, 32))
}
