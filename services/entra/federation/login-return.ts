import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import { EntraError } from '../errors.ts'
import type { Person } from '../people/people.ts'
import { advance } from '../sign-in/advance.ts'
import type { Conversation, FirstFactor } from '../sign-in/conversation.ts'
import { note } from '../sign-in/journal.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { signInRecord } from '../sign-in/sign-in-record.ts'
import { acceptedAssertion } from './accepted-assertion.ts'
import { acceptedSamlResponse } from './accepted-saml-response.ts'
import { type FederatedIdentity, federatedIdentity, samlIdentity } from './assertion-claims.ts'
import type { ProviderCertificates } from './provider-certificates.ts'
import { contextOfWctx } from './send-to-provider.ts'
import type { AcceptedAssertion } from './trusted-assertion.ts'

export interface FederationServices extends SignInServices {
  readonly certificates: ProviderCertificates
  readonly singleUse: SingleUseStore
}

interface LoginForm {
  readonly wa?: string
  readonly wresult?: string
  readonly wctx?: string
  readonly SAMLResponse?: string
  readonly RelayState?: string
}

/** `POST /login.srf`: the federation service sent the person back with an assertion. */
export function loginReturn(services: FederationServices) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const answer = readAnswer((request.body ?? {}) as LoginForm)
    const conversation = await services.conversations.resume(request, {
      context: contextOfWctx(answer.context),
      needs: 'browserOnly',
    })
    try {
      const firstFactor = await federatedFirstFactor(services, answer, conversation)
      note(request, conversation.request, 'returned', {
        decision: 'assertionAccepted',
        user: firstFactor.userPrincipalName,
      })
      if (firstFactor.authentication.combinations?.includes('federatedMultiFactor'))
        note(request, conversation.request, 'providerFactor', { decision: 'providerFactorHonoured' })
      return await advance(services, { request, reply }, signedIn(conversation, firstFactor))
    } catch (error) {
      if (error instanceof EntraError && !conversation.progress.firstFactor)
        await logRefusal(services, request, conversation, error)
      throw error
    }
  }
}

interface ProviderAnswer {
  readonly protocol: 'wsFed' | 'saml'
  readonly message: string
  /** What we sent along, byte for byte. */
  readonly context: string | undefined
}

function readAnswer({ wa, wresult, wctx, SAMLResponse, RelayState }: LoginForm): ProviderAnswer {
  if (typeof SAMLResponse === 'string' && wresult === undefined) {
    return { protocol: 'saml', message: SAMLResponse, context: RelayState }
  }
  if (wa === 'wsignin1.0' && typeof wresult === 'string' && SAMLResponse === undefined) {
    return { protocol: 'wsFed', message: wresult, context: wctx }
  }
  const reason = 'the form is neither a wsignin1.0 answer (wa and wresult) nor a SAML one (SAMLResponse)'
  throw new EntraError('federationMessageInvalid', { reason })
}

function signedIn(conversation: Conversation, firstFactor: FirstFactor): Conversation {
  const { username: _, samlRequestId: __, ...progress } = conversation.progress
  return { ...conversation, progress: { ...progress, username: firstFactor.userPrincipalName, firstFactor } }
}

async function federatedFirstFactor(
  services: FederationServices,
  { protocol, message }: ProviderAnswer,
  { progress }: Conversation,
): Promise<FirstFactor> {
  const { domains, certificates, clock } = services
  const parts = { domains, certificates, now: clock.now() }
  const accepted =
    protocol === 'saml'
      ? await acceptedSamlResponse(parts, { samlResponse: message, requestId: progress.samlRequestId })
      : await acceptedAssertion(parts, message)
  const identityOf = protocol === 'saml' ? samlIdentity : federatedIdentity
  const identity = identityOf(accepted.assertion, accepted.domain, accepted.federation)
  return believedSignIn(services, accepted, identity)
}

/** Whose assertion it is, unless it was used before. */
export async function believedSignIn(
  services: FederationServices,
  accepted: AcceptedAssertion,
  identity: FederatedIdentity,
): Promise<FirstFactor> {
  const person = await personOf(services, identity)
  await refuseReplay(services, accepted)
  return firstFactorOf(person, identity, accepted)
}

function firstFactorOf(
  { objectId, userPrincipalName }: Person,
  { authentication, persistent }: FederatedIdentity,
  { assertion, federation }: AcceptedAssertion,
): FirstFactor {
  return {
    objectId,
    userPrincipalName,
    authentication,
    persistent,
    details: [
      {
        authenticationStepDateTime: assertion.authenticationInstant.toISOString(),
        authenticationMethod: 'Federated',
        authenticationMethodDetail: federation.preferredAuthenticationProtocol === 'saml' ? 'SAML 2.0' : 'AD FS',
        succeeded: true,
        authenticationStepResultDetail:
          authentication.mfaAt === undefined ? 'Correct password' : 'MFA requirement satisfied by claim in the token',
        authenticationStepRequirement: 'Primary authentication',
      },
    ],
  }
}

/** The ImmutableID is the key; the name in the token must be that account's, so that neither can be swapped. */
async function personOf({ people, config }: FederationServices, identity: FederatedIdentity): Promise<Person> {
  const person = await people.byImmutableId(identity.immutableId)
  const values = { user: identity.userPrincipalName, tenant: config.tenant.displayName }
  if (!person) {
    const reason = `no account with ImmutableID ${identity.immutableId}; was ${identity.userPrincipalName} synchronized?`
    throw new EntraError('federatedUserNotInDirectory', { values, reason })
  }
  if (person.userPrincipalName.toLowerCase() === identity.userPrincipalName.toLowerCase()) return person
  const reason = `ImmutableID ${identity.immutableId} is ${person.userPrincipalName}'s, the UPN in the assertion is ${identity.userPrincipalName}`
  throw new EntraError('federatedUserNotInDirectory', { values, reason })
}

/** Remembered a little longer than the assertion is accepted, clock skew included. */
async function refuseReplay({ singleUse }: FederationServices, { assertion }: AcceptedAssertion): Promise<void> {
  const until = new Date(assertion.notOnOrAfter.getTime() + 10 * 60 * 1000)
  const first = await singleUse.claim('assertion', `${assertion.issuer}\n${assertion.assertionId}`, until)
  if (!first)
    throw new EntraError('samlTokenInvalid', { reason: `assertion ${assertion.assertionId} was used before (replay)` })
}

async function logRefusal(
  services: FederationServices,
  request: FastifyRequest,
  conversation: Conversation,
  error: EntraError,
): Promise<void> {
  const { username } = conversation.progress
  const end = {
    conversation,
    errorCode: error.facts.aadsts,
    failureReason: error.message,
    additionalDetails: error.reason,
  }
  await services.signIns.add(signInRecord(services.config, request, end))
  note(request, conversation.request, 'returned', {
    decision: 'assertionRefused',
    ...(username !== undefined && { user: username }),
  })
}
