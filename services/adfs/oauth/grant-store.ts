import { createHash } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { ProofKey } from '#shared/oauth/proof-key.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { OAuthGrant } from './oauth-grant.ts'

export interface CodeGrant extends OAuthGrant {
  readonly redirectUri: string
  readonly proofKey?: ProofKey | undefined
  readonly nonce?: string | undefined
}

export interface RefreshGrant extends OAuthGrant {
  /** Epoch milliseconds. */
  readonly issuedAt: number
  readonly endsAt: number
}

export type RefreshLookup =
  | { readonly state: 'unknown' }
  | { readonly state: 'expired' | 'valid'; readonly grant: RefreshGrant }

/** Authorization codes and refresh tokens, opaque to clients, of which only the hash is kept. */
export interface GrantStore {
  issueCode(grant: CodeGrant): Promise<string>
  /** Works once; undefined when unknown, used or older than ten minutes. */
  takeCode(code: string): Promise<CodeGrant | undefined>
  issueRefreshToken(grant: RefreshGrant): Promise<string>
  findRefreshToken(token: string): Promise<RefreshLookup>
  /** Lets the Web API act for the person as long as the access token lives (on-behalf-of). */
  rememberAccessToken(token: string, grant: OAuthGrant, expiresAt: Date): Promise<void>
  findAccessToken(token: string): Promise<OAuthGrant | undefined>
  /** Returns how many refresh tokens there were. */
  revokeRefreshTokensOf(sid: string): Promise<number>
}

const codeMinutes = 10
/** How long an expired token is told apart from one that never was. */
const remembered = 24 * 60 * 60 * 1000

interface GrantStoreParts {
  readonly entries: ExpiringStore
  readonly singleUse: SingleUseStore
  readonly clock: Clock
  readonly random: Random
}

export function grantStore({ entries, singleUse, clock, random }: GrantStoreParts): GrantStore {
  return {
    async issueCode(grant) {
      // Three parts, as AD FS writes them: the node, the artifact, a signature ([MS-ADFSOAL] §2.2.2).
      const code = `${random.token(16)}.${random.token(32)}.${random.token(256)}`
      const expiresAt = new Date(clock.now().getTime() + codeMinutes * 60_000)
      await singleUse.put('authorizationCode', digest(code), grant, expiresAt)
      return code
    },
    takeCode: (code) => singleUse.take<CodeGrant>('authorizationCode', digest(code), clock.now()),
    async issueRefreshToken(grant) {
      const token = random.token(200)
      const expiresAt = new Date(grant.endsAt + remembered)
      await entries.put('refreshToken', digest(token), { value: grant, owner: grant.user.sid, expiresAt })
      return token
    },
    async findRefreshToken(token) {
      const grant = await entries.get<RefreshGrant>('refreshToken', digest(token), clock.now())
      if (!grant) return { state: 'unknown' }
      return { state: grant.endsAt <= clock.now().getTime() ? 'expired' : 'valid', grant }
    },
    rememberAccessToken: (token, grant, expiresAt) =>
      entries.put('accessToken', digest(token), { value: grant, owner: grant.user.sid, expiresAt }),
    findAccessToken: (token) => entries.get<OAuthGrant>('accessToken', digest(token), clock.now()),
    revokeRefreshTokensOf: (sid) => entries.deleteByOwner('refreshToken', sid),
  }
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
