import type { FastifyRequest } from 'fastify'
import type { Random } from '#shared/random.ts'
import type { CombineTokens } from '../preauthentication/combined-token.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { ConversationParts } from '../sign-in/conversation.ts'
import type { SignOutParts } from '../sign-out/sign-out.ts'
import type { ApplicationGroups } from './applications/application-groups.ts'
import type { DeviceCodes } from './device/device-codes.ts'
import type { GrantStore } from './grant-store.ts'
import type { SigningCertificates } from './tokens/token-signer.ts'
import type { TokenBuilder } from './tokens/tokens.ts'

// OAuth 2.0 and OpenID Connect at /adfs/oauth2, /adfs/.well-known, /adfs/discovery and /adfs/userinfo ([MS-OAPX],
// [MS-OIDCE]). Owns clients, Web APIs, codes, refresh tokens and JWTs; who somebody is and what policies say is decided
// by the sign-in conversation that every protocol shares.

export interface OAuthParts {
  readonly groups: () => ApplicationGroups
  readonly conversation: ConversationParts
  readonly certificates: SigningCertificates
  readonly builder: TokenBuilder
  readonly grants: GrantStore
  readonly deviceCodes: DeviceCodes
  readonly assertionIds: { claim(kind: string, id: string, expiresAt: Date): Promise<boolean> }
  readonly random: Random
  readonly signOut: SignOutParts
  /** What goes to clients outside for an application behind the proxy. */
  readonly combine: CombineTokens
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}
