import type { FastifyRequest } from 'fastify'
import type { Scenario } from '#shared/scenario/world.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { ConversationParts } from '../sign-in/conversation.ts'
import type { AdfsStore } from '../store.ts'
import { applicationGroupsOf } from './applications/application-groups.ts'
import { deviceCodes } from './device/device-codes.ts'
import { grantStore } from './grant-store.ts'
import type { OAuthParts } from './oauth-parts.ts'
import { type SigningCertificates, tokenSigner } from './tokens/token-signer.ts'

interface OAuthOptions {
  readonly scenario: Scenario
  readonly store: AdfsStore
  readonly conversation: ConversationParts
  readonly certificates: SigningCertificates
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}

export function oauthParts({ scenario, store, conversation, certificates, readFacts }: OAuthOptions): OAuthParts {
  const { clock, random, config } = conversation
  const groups = applicationGroupsOf(scenario.adfs.applicationGroups)
  const stores = { entries: store.entries, singleUse: store.singleUse, clock, random }
  return {
    groups: () => groups,
    conversation,
    certificates,
    builder: { signer: tokenSigner(certificates), clock, identifier: config.identifier, urls: config.urls },
    grants: grantStore(stores),
    deviceCodes: deviceCodes(stores),
    assertionIds: store.singleUse,
    random,
    readFacts,
  }
}
