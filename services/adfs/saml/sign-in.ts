import type { AuthnRequest } from '#shared/saml/authn-request.ts'
import { type EncryptElement, elementEncrypter } from '#shared/saml/encrypt-element.ts'
import { issueSaml20Response, issueSaml20Status } from '#shared/saml/issue-saml20.ts'
import type { SigningKey } from '#shared/saml/signing-key.ts'
import type { TokenClaim } from '#shared/saml/token-claims.ts'
import { authenticationMethods, type RequestedMethod } from '../claims/authentication-methods.ts'
import { claimTypes, nameIdentifierFormat, nameIdentifierQualifiers } from '../claims/claim-types.ts'
import { withParameter } from '../proxy/trusted-url.ts'
import type { SamlParticipant } from '../sessions/session.ts'
import type { Freshness, Grant, SignInRequest, TokenMessage } from '../sign-in/sign-in-request.ts'
import { issueClaims } from '../tokens/issue-claims.ts'
import { tokenLifetime } from '../tokens/token-lifetime.ts'
import { buildToken, type TokenParts } from '../tokens/token-parts.ts'
import type { Trust, Trusts } from '../trusts.ts'
import type { SamlRequestLog } from './admit-request.ts'
import type { ArtifactStore } from './artifact.ts'
import type { AssertionConsumer } from './assertion-consumer.ts'
import { contextAzureMethod, contextMethod } from './authentication-context.ts'

export interface SamlParts extends TokenParts {
  readonly trusts: Trusts
  readonly identifier: string
  readonly signingKey: SigningKey
  readonly requests: SamlRequestLog
  readonly artifacts: ArtifactStore
}

/** What a service provider asked for, or nobody: then sign-on began at AD FS. */
export interface SamlDestination {
  readonly trust: Trust
  /** The identifier by which the service provider calls itself. */
  readonly audience: string
  readonly consumer: AssertionConsumer
  readonly relayState: string | undefined
  readonly request?: AuthnRequest | undefined
}

const confirmationMinutes = 5

/** A SAML sign-in, begun by a service provider's AuthnRequest or at AD FS. */
export function samlSignIn(destination: SamlDestination, key: string, parts: SamlParts): SignInRequest {
  const { trust, request } = destination
  const answering = { ...destination, parts }
  const method = contextMethod(request?.requestedAuthnContext)
  return {
    protocol: 'SAML 2.0',
    trust,
    policyTrusts: [trust],
    freshness: freshnessOf(request, trust),
    method: method ?? 'any',
    azureMethod: contextAzureMethod(request?.requestedAuthnContext),
    loginHint: request?.loginHint?.trim() ?? '',
    ...(request && { homeRealms: request.identityProviders }),
    key,
    ...(method === undefined && { refusal: () => refuse(answering, 'Responder', 'NoAuthnContext') }),
    ...(request?.isPassive && { withoutPrompt: () => refuse(answering, 'Responder', 'NoPassive') }),
    respond: (grant, wrongAudience) => respond(answering, grant, { method: method ?? 'any', wrongAudience }),
  }
}

interface Answering extends SamlDestination {
  readonly parts: SamlParts
}

function freshnessOf(request: AuthnRequest | undefined, { settings }: Trust): Freshness {
  if (settings.alwaysRequireAuthentication) return { kind: 'now', reason: 'the trust always requires authentication' }
  return request?.forceAuthn ? { kind: 'now', reason: 'ForceAuthn' } : { kind: 'any' }
}

interface Wish {
  readonly method: RequestedMethod
  readonly wrongAudience: string | undefined
}

async function respond(answering: Answering, grant: Grant, { method, wrongAudience }: Wish): Promise<TokenMessage> {
  const { request, trust, parts, audience } = answering
  const claims = await issueClaims(trust, grant)
  if (!satisfiesNameIdPolicy(claims, request?.nameIdPolicy)) {
    return refuse(answering, 'Requester', 'InvalidNameIDPolicy')
  }
  if (request) await parts.requests.answer(request)
  const now = parts.clock.now()
  const { primary } = grant.session
  const assertionId = `_${parts.random.uuid()}`
  const response = await buildToken(trust, () =>
    issueSaml20Response(
      {
        ...headerOf(answering, now),
        ...tokenLifetime(trust.settings, now),
        ...encryptionOf(trust),
        assertionId,
        audience: wrongAudience ?? audience,
        confirmationNotOnOrAfter: new Date(now.getTime() + confirmationMinutes * 60_000),
        claims,
        authenticationContext: method === 'multiple' ? authenticationMethods.multipleAuthentication : primary.method,
        authenticationInstant: new Date(primary.instant),
        responseSignature: trust.settings.samlResponseSignature,
      },
      parts.signingKey,
    ),
  )
  return { ...(await delivery(answering, response)), participant: participantOf(answering, claims, assertionId) }
}

interface Encryption {
  readonly encryptAssertion?: EncryptElement
  readonly encryptNameId?: EncryptElement
}

/** EncryptClaims and EncryptedNameIdRequired, where there is a certificate to encrypt for. */
export function encryptionOf({ encryptionCertificate, settings }: Trust): Encryption {
  if (!encryptionCertificate) return {}
  const encrypt = elementEncrypter(encryptionCertificate)
  return {
    ...(settings.encryptClaims && { encryptAssertion: encrypt }),
    ...(settings.encryptedNameIdRequired && { encryptNameId: encrypt }),
  }
}

/** Whom single logout has to tell, and by which name. */
function participantOf({ trust, audience }: Answering, claims: readonly TokenClaim[], id: string): SamlParticipant {
  const name = claims.find(({ type }) => type === claimTypes.nameIdentifier)
  const property = (key: string) => name?.properties?.[key]
  return {
    trust: trust.settings.objectIdentifier,
    identifier: audience,
    nameId: name?.value,
    format: property(nameIdentifierFormat),
    nameQualifier: property(nameIdentifierQualifiers.name),
    spNameQualifier: property(nameIdentifierQualifiers.serviceProvider),
    sessionIndexes: [id],
  }
}

/** A response without an assertion: the service provider learns why, the user sees no page of AD FS. */
async function refuse(answering: Answering, status: string, subordinateStatus: string): Promise<TokenMessage> {
  const { parts, request } = answering
  if (request) await parts.requests.answer(request)
  const view = { ...headerOf(answering, parts.clock.now()), status, subordinateStatus }
  return { ...(await delivery(answering, await issueSaml20Status(view, parts.signingKey))), refused: subordinateStatus }
}

function headerOf({ request, trust, consumer, parts }: Answering, now: Date) {
  return {
    responseId: `_${parts.random.uuid()}`,
    issuer: parts.identifier,
    issueInstant: now,
    destination: consumer.url,
    ...(request && { inResponseTo: request.id }),
    signatureAlgorithm: algorithmOf(trust),
  } as const
}

export function algorithmOf({ settings }: Trust): 'rsa-sha1' | 'rsa-sha256' {
  return settings.signatureAlgorithm.endsWith('rsa-sha1') ? 'rsa-sha1' : 'rsa-sha256'
}

async function delivery(answering: Answering, response: string): Promise<TokenMessage> {
  const { consumer, relayState, trust, parts } = answering
  if (consumer.binding === 'Artifact') {
    const artifact = await parts.artifacts.keep(response, trust)
    const location = withParameter(consumer.url, 'SAMLart', artifact)
    return { kind: 'redirect', location: relayState === undefined ? location : withRelayState(location, relayState) }
  }
  const fields = {
    SAMLResponse: Buffer.from(response).toString('base64'),
    ...(relayState !== undefined && { RelayState: relayState }),
  }
  return { kind: 'post', action: consumer.url, fields }
}

function withRelayState(location: string, relayState: string): string {
  return withParameter(location, 'RelayState', relayState)
}

const unspecified = /:nameid-format:unspecified$/

/** AD FS compares, it does not convert: the issued format has to be the requested one (MSIS7070). */
function satisfiesNameIdPolicy(claims: readonly TokenClaim[], policy: AuthnRequest['nameIdPolicy']): boolean {
  const name = claims.find(({ type }) => type === claimTypes.nameIdentifier)
  const { format, spNameQualifier } = policy ?? {}
  const formatHolds =
    format === undefined || unspecified.test(format) || name?.properties?.[nameIdentifierFormat] === format
  const qualifier = name?.properties?.[nameIdentifierQualifiers.serviceProvider]
  return formatHolds && (spNameQualifier === undefined || qualifier === spNameQualifier)
}
