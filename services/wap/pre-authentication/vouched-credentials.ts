import { createHmac, randomBytes } from 'node:crypto'
import type { AuthToken } from './auth-token.ts'

const mostKept = 10_000

/** Credentials that AD FS has vouched for, while its token lasts; what is kept tells nobody what they were. */
export class VouchedCredentials {
  readonly #key = randomBytes(32)
  readonly #tokens = new Map<string, AuthToken>()

  find(authorization: string, relyingPartyId: string, nowSeconds: number): AuthToken | undefined {
    const name = this.#name(authorization, relyingPartyId)
    const token = this.#tokens.get(name)
    if (token && token.expiresAt > nowSeconds) return token
    this.#tokens.delete(name)
    return undefined
  }

  keep(authorization: string, token: AuthToken): void {
    if (this.#tokens.size >= mostKept) this.#tokens.clear()
    this.#tokens.set(this.#name(authorization, token.relyingPartyId), token)
  }

  clear(): void {
    this.#tokens.clear()
  }

  #name(authorization: string, relyingPartyId: string): string {
    return createHmac('sha256', this.#key).update(`${relyingPartyId.toLowerCase()} ${authorization}`).digest('base64')
  }
}
