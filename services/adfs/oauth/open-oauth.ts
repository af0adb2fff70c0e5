import type { FastifyRequest } from 'fastify'
import type { CombineTokens } from '../preauthentication/combined-token.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { ConversationParts } from '../sign-in/conversation.ts'
import type { SignOutParts } from '../sign-out/sign-out.ts'
import type { AdfsStore } from '../store.ts'
import type { ApplicationGroupStore } from './applications/application-group-store.ts'
import { deviceCodes } from './device/device-codes.ts'
import { grantStore } from './grant-store.ts'
import type { OAuthParts } from './oauth-parts.ts'
import { type SigningCertificates, tokenSigner } from './tokens/token-signer.ts'

interface OAuthOptions {
  readonly groups: ApplicationGroupStore
  readonly store: AdfsStore
  readonly conversation: ConversationParts
  readonly certificates: SigningCertificates
  readonly signOut: SignOutParts
  readonly combine: CombineTokens
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}

export function oauthParts(options: OAuthOptions): OAuthParts {
  const { groups, store, conversation, certificates, signOut, readFacts, combine } = options
  const { clock, random, config } = conversation
  const stores = { entries: store.entries, singleUse: store.singleUse, clock, random }
  return {
    groups: () => groups.current(),
    conversation,
    certificates,
    builder: { signer: tokenSigner(certificates), clock, identifier: config.identifier, urls: config.urls },
    grants: grantStore(stores),
    deviceCodes: deviceCodes(stores),
    assertionIds: store.singleUse,
    random,
    signOut,
    combine,
    readFacts,
  }
}
