import { createHash } from 'node:crypto'
import type { AccessTokenClaims } from './verify-access-token.ts'

interface Known {
  readonly claims: AccessTokenClaims
  /** Of the key that signed it. */
  readonly thumbprint: string
}

const mostKnown = 2000

/**
 * Tokens whose signature was verified, by their digest: a phone sends the same one for an hour. Whether the key still is
 * the issuer's and the times still fit is asked each time.
 */
export class KnownSignatures {
  readonly #known = new Map<string, Known>()

  find(token: string): Known | undefined {
    return this.#known.get(digestOf(token))
  }

  keep(token: string, known: Known): void {
    const [oldest] = this.#known.keys()
    if (this.#known.size >= mostKnown && oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(digestOf(token), known)
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
