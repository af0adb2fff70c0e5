import { hash } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { ProofKey } from '#shared/oauth/proof-key.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { RedirectKind } from '../applications/application.ts'
import type { RequestedAccess } from '../authorize/requested-access.ts'
import type { RequestedClaims } from '../authorize/requested-claims.ts'
import type { AuthenticationFlow } from '../conditional-access/signals.ts'
import type { Authentication } from '../sign-in/browser-session.ts'

/** What a person let a client have: the core of an authorization code and of every refresh token that follows. */
export interface Grant {
  readonly objectId: string
  readonly clientId: string
  readonly redirectKind: RedirectKind
  /** The kind of client that the person used, where an API acts on their behalf. */
  readonly usedThrough?: RedirectKind | undefined
  /** And that client's own id. */
  readonly usedBy?: string | undefined
  readonly sid: string
  /** How the sign-in came from another device ("Authentication flows": protocol tracking). */
  readonly flow?: AuthenticationFlow | undefined
  readonly authentication: Authentication
  readonly address: string
}

export interface CodeGrant extends Grant {
  readonly redirectUri: string
  readonly access: RequestedAccess
  readonly proofKey?: ProofKey | undefined
  readonly nonce?: string | undefined
  readonly claims?: RequestedClaims | undefined
  readonly tellsAge?: boolean | undefined
}

export interface RefreshGrant extends Grant {
  readonly issuedAt: number
  /** What is asked for again when the client names nothing. */
  readonly access: RequestedAccess
  /** A single-page application's chain of tokens ends here, however often it is renewed. */
  readonly endsAt?: number | undefined
}

export type CodeRedemption =
  | { readonly state: 'unknown' }
  | { readonly state: 'expired' }
  | { readonly state: 'redeemed' }
  | {
      readonly state: 'fresh'
      readonly grant: CodeGrant
      /** Epoch milliseconds. */
      readonly issuedAt: number
      readonly redeem: () => Promise<boolean>
    }

export type RefreshLookup =
  | { readonly state: 'unknown' }
  | { readonly state: 'expired'; readonly grant: RefreshGrant }
  | { readonly state: 'valid'; readonly grant: RefreshGrant }

/** Authorization codes and refresh tokens: opaque, stored under their digest, with what they stand for. */
export interface GrantStore {
  issueCode(grant: CodeGrant): Promise<string>
  findCode(code: string): Promise<CodeRedemption>
  /** The old token of a renewal stays valid ("Refresh tokens in the Microsoft identity platform"). */
  issueRefreshToken(grant: RefreshGrant): Promise<string>
  findRefreshToken(token: string): Promise<RefreshLookup>
}

const minute = 60 * 1000
const day = 24 * 60 * minute
const codeLifetime = 10 * minute
const refreshLifetime = 90 * day
export const spaRefreshLifetime = day
/** How long an expired or redeemed one is told apart from one that never was. */
const remembered = day

interface StoredCode {
  readonly grant: CodeGrant
  readonly expiresAt: number
  readonly redeemed: boolean
}

export function grantStore(parts: {
  expiring: ExpiringStore
  singleUse: SingleUseStore
  clock: Clock
  random: Random
}): GrantStore {
  const { expiring, singleUse, clock, random } = parts
  const now = () => clock.now().getTime()
  return {
    async issueCode(grant) {
      const code = `1.A${random.token(96)}`
      const expiresAt = now() + codeLifetime
      const value: StoredCode = { grant, expiresAt, redeemed: false }
      await expiring.put('authorizationCode', digest(code), {
        value,
        owner: grant.objectId,
        expiresAt: new Date(expiresAt + remembered),
      })
      return code
    },
    async findCode(code) {
      const id = digest(code)
      const found = await expiring.get<StoredCode>('authorizationCode', id, clock.now())
      if (!found) return { state: 'unknown' }
      if (found.redeemed) return { state: 'redeemed' }
      if (found.expiresAt <= now()) return { state: 'expired' }
      const forgetAt = new Date(found.expiresAt + remembered)
      const redeem = async () => {
        // Of two redemptions at once one wins the claim; the flag is only for telling the others why.
        if (!(await singleUse.claim('authorizationCode', id, forgetAt))) return false
        await expiring.update('authorizationCode', id, { value: { ...found, redeemed: true } }, clock.now())
        return true
      }
      return { state: 'fresh', grant: found.grant, issuedAt: found.expiresAt - codeLifetime, redeem }
    },
    async issueRefreshToken(grant) {
      const token = `1.A${random.token(128)}`
      const expiresAt = refreshTokenEnd(grant)
      await expiring.put('refreshToken', digest(token), {
        value: grant,
        owner: grant.objectId,
        expiresAt: new Date(expiresAt + remembered),
      })
      return token
    },
    async findRefreshToken(token) {
      const grant = await expiring.get<RefreshGrant>('refreshToken', digest(token), clock.now())
      if (!grant) return { state: 'unknown' }
      return { state: refreshTokenEnd(grant) <= now() ? 'expired' : 'valid', grant }
    },
  }
}

function refreshTokenEnd({ issuedAt, endsAt }: RefreshGrant): number {
  return endsAt ?? issuedAt + refreshLifetime
}

function digest(secret: string): string {
  return hash('sha256', secret, 'base64url')
}
