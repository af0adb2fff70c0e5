import type { FastifyReply } from 'fastify'
import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import type { Claim } from '../claim-rules/claim.ts'
import { authenticationMethods } from '../claims/authentication-methods.ts'
import { claimTypes } from '../claims/claim-types.ts'
import type { ClaimsProviderTrust } from '../configuration/claims-provider-trust.ts'
import { activeDirectoryStore } from '../directory/active-directory-store.ts'
import { AdfsError } from '../errors.ts'
import { sessionCookie, setSessionCookie } from '../sessions/cookies.ts'
import type { Session } from '../sessions/session.ts'
import type { ConversationParts } from '../sign-in/conversation.ts'
import { originOf, type Visit } from '../sign-in/visit.ts'
import { acceptClaims, incomingClaims } from './accept-claims.ts'
import { takesSamlLogout } from './logout-party.ts'
import type { PartnerContext } from './partner-context.ts'
import { partnerSubjectId, partnerUserName } from './partner-user.ts'
import { type PartnerMessage, readPartnerToken } from './read-token.ts'

/** What a browser brought back from a partner, before it is known which request it answers. */
export type PartnerAnswer =
  | { readonly protocol: 'WsFederation'; readonly context: string; readonly wresult: string }
  | { readonly protocol: 'SAML'; readonly context: string; readonly xml: string }

/** Believes a partner's token, opens a session for its user, and goes on with the request that had asked for it. */
export async function answerPartner(
  visit: Visit,
  answer: PartnerAnswer,
  parts: ConversationParts,
): Promise<FastifyReply> {
  const context = await parts.partners.contexts.take(answer.context, visit.request, visit.reply)
  if (!context) throw new AdfsError('contextLost', { reason: 'no request of this browser waits for the token' })
  const provider = parts.config.trusts.claimsProviders.find(
    ({ settings }) => settings.enabled && settings.objectIdentifier === context.provider,
  )
  if (!provider) throw new AdfsError('contextLost', { reason: 'the claims provider trust is disabled or gone' })
  const now = parts.clock.now()
  const { identifier, urls } = parts.config
  const { singleUse, decryptionKeys } = parts.partners
  const assertion = await readPartnerToken(messageOf(answer, context), provider, {
    ...{ identifier, now, singleUse, decryptionKeys: decryptionKeys() },
    recipient: urls.passive,
  })
  const session = await partnerSession(visit, { assertion, provider, context }, parts)
  await parts.sessions.end(sessionCookie(visit.request))
  setSessionCookie(visit.reply, await parts.sessions.open(session))
  visit.request.recording.note({
    decision: 'credentialsAccepted',
    reason: `claims provider "${provider.settings.name}"`,
    user: session.user.userPrincipalName,
    detail: { claimsProvider: provider.settings.name, event: 1202 },
  })
  return visit.reply.redirect(context.location, 302)
}

function messageOf(answer: PartnerAnswer, { requestId }: PartnerContext): PartnerMessage {
  if (answer.protocol === 'WsFederation') return { protocol: 'WsFederation', wresult: answer.wresult }
  return { protocol: 'SAML', xml: answer.xml, inResponseTo: requestId }
}

interface Answered {
  readonly assertion: VerifiedAssertion
  readonly provider: ClaimsProviderTrust
  readonly context: PartnerContext
}

/** How somebody signed in is what the acceptance rules let through, as with every other claim of a partner. */
async function partnerSession(
  visit: Visit,
  { assertion, provider, context }: Answered,
  { directory, properties, random, clock }: ConversationParts,
): Promise<Session> {
  const stores = {
    'Active Directory': activeDirectoryStore((account) => directory.find('account', account, originOf(visit))),
  }
  const accepted = await acceptClaims(provider, incomingClaims(assertion), stores)
  const { identifier, objectIdentifier } = provider.settings
  const { nameId, nameIdFormat, sessionIndex, authenticationMethod, authenticationInstant } = assertion
  const userPrincipalName = partnerUserName(accepted, nameId)
  const { singleSignOnMinutes } = await properties.read()
  const instant = authenticationInstant.toISOString()
  const methods = [
    ...new Set([authenticationMethod, ...valuesOf(accepted, claimTypes.authenticationMethodsReferences)]),
  ]
  const participant = { trust: objectIdentifier, identifier, nameId, format: nameIdFormat }
  return {
    id: random.uuid(),
    user: { sid: partnerSubjectId(identifier, nameId, userPrincipalName), userPrincipalName },
    primary: { method: authenticationMethod, instant },
    methods,
    ...(methods.includes(authenticationMethods.multipleAuthentication) && { multifactorInstant: instant }),
    insideCorporateNetwork: visit.facts.insideCorporateNetwork,
    keepSignedIn: false,
    expiresAt: new Date(clock.now().getTime() + singleSignOnMinutes * 60_000).toISOString(),
    provider: { identifier, claims: accepted.filter(({ type }) => !ofTheSession.has(type)) },
    ...(takesSamlLogout(provider) && {
      participants: [{ ...participant, sessionIndexes: sessionIndex === undefined ? [] : [sessionIndex] }],
    }),
    freshFor: context.key,
  }
}

/** The session says these itself. */
const ofTheSession: ReadonlySet<string> = new Set([
  claimTypes.authenticationMethod,
  claimTypes.authenticationInstant,
  claimTypes.authenticationMethodsReferences,
  claimTypes.multifactorInstant,
])

function valuesOf(claims: readonly Claim[], type: string): readonly string[] {
  return claims.filter((claim) => claim.type === type).map(({ value }) => value)
}
