import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'
import type { Random } from '#shared/random.ts'

const algorithm = 'aes-256-gcm'
const ivLength = 12
const tagLength = 16

export interface SealedParts {
  readonly iv: Buffer
  readonly content: Buffer
  readonly tag: Buffer
}

const mostKeys = 1000

/** The secret that all keys are derived from, each for one purpose, and kept: to derive one costs more than to use it. */
export class SealingRoot {
  readonly #secret: Uint8Array
  readonly #keys = new Map<string, KeyObject>()

  constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  isOf(secret: Uint8Array): boolean {
    return Buffer.compare(this.#secret, secret) === 0
  }

  keyFor(purpose: string): KeyObject {
    const known = this.#keys.get(purpose)
    if (known) return known
    const derived = hkdfSync('sha256', this.#secret, '', `fauxchange exchange ${purpose}`, 32)
    const key = createSecretKey(new Uint8Array(derived))
    if (this.#keys.size >= mostKeys) this.#keys.clear()
    this.#keys.set(purpose, key)
    return key
  }
}

/** What was sealed for one purpose does not open for another. */
export function sealParts(root: SealingRoot, purpose: string, text: string, random: Random): SealedParts {
  const iv = random.bytes(ivLength)
  const cipher = createCipheriv(algorithm, root.keyFor(purpose), iv)
  const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return { iv, content, tag: cipher.getAuthTag() }
}

/** Undefined when it is forged, damaged, or sealed with another key or for another purpose. */
export function openParts(root: SealingRoot, purpose: string, { iv, content, tag }: SealedParts): string | undefined {
  if (iv.length !== ivLength || tag.length !== tagLength) return undefined
  try {
    const decipher = createDecipheriv(algorithm, root.keyFor(purpose), iv)
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

export function seal(root: SealingRoot, purpose: string, text: string, random: Random): string {
  const { iv, content, tag } = sealParts(root, purpose, text, random)
  return Buffer.concat([iv, tag, content]).toString('base64url')
}

export function unseal(root: SealingRoot, purpose: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  return openParts(root, purpose, {
    iv: bytes.subarray(0, ivLength),
    tag: bytes.subarray(ivLength, ivLength + tagLength),
    content: bytes.subarray(ivLength + tagLength),
  })
}

/** X-OWA-CANARY: proves that a form comes from a page of this very session. */
export function canaryOf(root: SealingRoot, sessionId: string): string {
  return createHmac('sha256', root.keyFor('X-OWA-CANARY')).update(sessionId).digest('base64url')
}

export function isCanaryOf(root: SealingRoot, sessionId: string, given: unknown): boolean {
  const expected = Buffer.from(canaryOf(root, sessionId))
  const actual = Buffer.from(typeof given === 'string' ? given : '')
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
