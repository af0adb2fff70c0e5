import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { AdfsError } from '../errors.ts'
import { idpInitiatedPage } from '../pages/idp-initiated-page.ts'
import { consumerFor } from '../saml/assertion-consumer.ts'
import { serviceProvider } from '../saml/service-provider.ts'
import { samlSignIn } from '../saml/sign-in.ts'
import { sessionCookie } from '../sessions/cookies.ts'
import { continueSignIn } from '../sign-in/conversation.ts'
import type { PassiveParts } from '../sign-in/passive-end-point.ts'
import type { SignInRequest } from '../sign-in/sign-in-request.ts'
import type { Visit } from '../sign-in/visit.ts'
import { visitAt } from '../sign-in/visit-at.ts'
import { signOutEverywhere } from '../sign-out/sign-out.ts'
import type { Trust } from '../trusts.ts'
import { ownTrust } from './own-trust.ts'
import { idpInitiatedPath } from './path.ts'
import { readRelayState } from './relay-state.ts'

// Sign-on that begins at AD FS ("IdP-initiated"): /adfs/ls/idpinitiatedsignon, with the name of a relying party in the
// query or chosen on the page. The query is the state, as at the passive end point.

/** GET and POST of the page; off in a new farm (Set-AdfsProperties -EnableIdPInitiatedSignonPage). */
export async function answerIdpInitiated(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: PassiveParts,
): Promise<FastifyReply> {
  const { config } = parts.conversation
  if (!config.idpInitiatedSignOn.pageEnabled) {
    throw new AdfsError('processingFailed', { reason: 'the page of IdP-initiated sign-on is not enabled' })
  }
  const visit = await visitAt(request, reply, parts, request.url.split('?')[0] ?? idpInitiatedPath)
  const { query, form } = visit
  if (form.get('SignInGo') !== undefined) return goTo(visit, chosenQuery(visit))
  if (form.get('SignOut') !== undefined) return signOutEverywhere(visit, form.get('SignOut') === 'ThisSite', parts)
  const { relyingParty, relayState } = destinationOf(visit, config.idpInitiatedSignOn.relayStateEnabled)
  if (relyingParty !== undefined) {
    return continueSignIn(visit, signInTo(relyingParty, relayState, visit, parts), parts.conversation)
  }
  if (query.get('SignInIdpSite') !== undefined) {
    return continueSignIn(visit, await signInHere(visit, parts), parts.conversation)
  }
  return showPage(visit, parts)
}

/** What the form chose, as a query: credentials that are posted later come back to it. */
function chosenQuery({ form }: Visit): Record<string, string> {
  const relyingParty = form.get('RelyingParty')
  const other = form.get('SignInSite') === 'SignInOtherSite' && relyingParty
  return other ? { loginToRp: other } : { SignInIdpSite: 'SignInIdpSite' }
}

function goTo({ reply }: Visit, query: Record<string, string>): FastifyReply {
  return reply.redirect(`${idpInitiatedPath}?${new URLSearchParams(query)}`, 302)
}

/** `loginToRp`, or the two values that RelayState carries ("Supporting Identity Provider Initiated RelayState"). */
function destinationOf({ query }: Visit, relayStateEnabled: boolean) {
  const relyingParty = query.get('loginToRp')
  const given = query.get('RelayState')
  if (!relayStateEnabled || given === undefined) return { relyingParty, relayState: undefined }
  const read = readRelayState(given)
  return { relyingParty: relyingParty ?? read.relyingParty, relayState: read.relayState }
}

function signInTo(
  relyingParty: string,
  relayState: string | undefined,
  { self }: Visit,
  { protocols }: PassiveParts,
): SignInRequest {
  const trust = serviceProvider(relyingParty, protocols.trusts)
  const consumer = consumerFor({}, trust)
  const audience = trust.settings.identifiers.find((each) => each.toLowerCase() === relyingParty.toLowerCase())
  return samlSignIn({ trust, consumer, relayState, audience: audience ?? relyingParty }, self.key, protocols)
}

/** A session and no token: the user signs in to AD FS itself. */
async function signInHere({ self }: Visit, { conversation }: PassiveParts): Promise<SignInRequest> {
  const trust = await ownTrust(conversation.config)
  return {
    protocol: 'IdP-initiated',
    trust,
    policyTrusts: [trust],
    freshness: { kind: 'any' },
    method: 'any',
    loginHint: '',
    key: self.key,
    respond: async () => ({ kind: 'redirect', location: idpInitiatedPath }),
  }
}

async function showPage({ request, reply, self }: Visit, { conversation }: PassiveParts): Promise<FastifyReply> {
  const { sessions, config, themes } = conversation
  const session = await sessions.find(sessionCookie(request))
  request.recording.note({
    decision: 'idpInitiatedPage',
    ...(session && { user: session.user.userPrincipalName }),
  })
  const relyingParties = config.trusts.all.filter(isListed).map(({ settings }) => ({
    name: settings.name,
    identifier: settings.identifiers[0] ?? '',
  }))
  const view = { action: self.action, relyingParties, user: session?.user.userPrincipalName }
  return sendPage(reply, idpInitiatedPage(themes.for(request), view))
}

/** Only SAML relying parties can be given an assertion that they did not ask for. */
function isListed({ settings }: Trust): boolean {
  return (
    settings.enabled &&
    settings.protocolProfile !== 'WsFederation' &&
    settings.samlEndpoints.some(({ protocol }) => protocol === 'SAMLAssertionConsumer')
  )
}
