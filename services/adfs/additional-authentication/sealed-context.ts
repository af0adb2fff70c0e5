import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Random } from '#shared/random.ts'
import type { MfaMethod } from './mfa-service.ts'

/** What the page carries in `Context` between its requests; the browser can neither read nor change it. */
export interface AdditionalContext {
  /** The sign-in session it was made for. */
  readonly session: string
  readonly method: string
  readonly methods: readonly MfaMethod[]
  /** The conversation at the multifactor authentication service; empty when that could not begin. */
  readonly ticket: string
  readonly entropy: number
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

export interface ContextSealer {
  seal(context: AdditionalContext): string
  /** Undefined for anything that this federation service did not seal. */
  open(sealed: string): AdditionalContext | undefined
}

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

export function contextSealer(secret: Buffer, issuer: string, random: Random): ContextSealer {
  const key = Buffer.from(hkdfSync('sha256', secret, issuer, 'AD FS additional authentication context', 32))
  return {
    seal(context) {
      const nonce = random.bytes(nonceBytes)
      const encryption = createCipheriv(cipher, key, nonce)
      const hidden = Buffer.concat([encryption.update(JSON.stringify(context), 'utf8'), encryption.final()])
      return Buffer.concat([nonce, encryption.getAuthTag(), hidden]).toString('base64url')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length <= nonceBytes + tagBytes) return undefined
      try {
        const decryption = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
        decryption.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
        const shown = Buffer.concat([decryption.update(bytes.subarray(nonceBytes + tagBytes)), decryption.final()])
        return JSON.parse(shown.toString('utf8')) as AdditionalContext
      } catch {
        return undefined
      }
    },
  }
}
