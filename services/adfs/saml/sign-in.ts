import { issueSaml20Response, issueSaml20Status } from '#shared/saml/issue-saml20.ts'
import type { SigningKey } from '#shared/saml/signing-key.ts'
import type { TokenClaim } from '#shared/saml/token-claims.ts'
import { authenticationMethods, type RequestedMethod, requestedMethod } from '../claims/authentication-methods.ts'
import { claimTypes, nameIdentifierFormat } from '../claims/claim-types.ts'
import { AdfsError } from '../errors.ts'
import type { Freshness, Grant, SignInRequest, TokenAnswer } from '../sign-in/sign-in-request.ts'
import { issueClaims } from '../tokens/issue-claims.ts'
import { tokenLifetime } from '../tokens/token-lifetime.ts'
import { buildToken, type TokenParts } from '../tokens/token-parts.ts'
import type { Trust, Trusts } from '../trusts.ts'
import type { SamlRequestLog } from './admit-request.ts'
import { consumerFor } from './assertion-consumer.ts'
import type { AuthnRequest } from './authn-request.ts'
import { forgetPending } from './pending-messages.ts'

export interface SamlParts extends TokenParts {
  readonly trusts: Trusts
  readonly identifier: string
  readonly signingKey: SigningKey
  readonly requests: SamlRequestLog
}

const confirmationMinutes = 5

/** A service provider's AuthnRequest, read, as a sign-in. */
export function samlSignIn(
  request: AuthnRequest,
  { relayState, key, pending }: { relayState: string | undefined; key: string; pending: boolean },
  parts: SamlParts,
): SignInRequest {
  const trust = serviceProvider(request, parts.trusts)
  const answering = { request, trust, relayState, consumer: consumerFor(request, trust), parts }
  const method = methodOf(request)
  return {
    protocol: 'SAML 2.0',
    trust,
    policyTrusts: [trust],
    freshness: freshnessOf(request, trust),
    method: method ?? 'any',
    loginHint: request.loginHint,
    key,
    ...(method === undefined && { refusal: () => refuse(answering, 'Responder', 'NoAuthnContext') }),
    ...(request.isPassive && { withoutPrompt: () => refuse(answering, 'Responder', 'NoPassive') }),
    ...(pending && { completed: forgetPending }),
    respond: (grant) => respond(answering, grant, method === 'multiple'),
  }
}

interface Answering {
  readonly request: AuthnRequest
  readonly trust: Trust
  readonly relayState: string | undefined
  readonly consumer: string
  readonly parts: SamlParts
}

function serviceProvider({ issuer }: AuthnRequest, trusts: Trusts): Trust {
  const trust = trusts.byIdentifier(issuer)
  const profile = trust?.settings.protocolProfile
  if (!trust || profile === 'WsFederation') {
    const why = trust ? `"${trust.settings.name}" speaks WS-Federation only` : `no trust has identifier "${issuer}"`
    throw new AdfsError('unknownRelyingParty', { reason: why, values: [issuer] })
  }
  if (trust.settings.enabled) return trust
  const { name } = trust.settings
  throw new AdfsError('disabledRelyingParty', {
    reason: `"${name}" is not enabled`,
    values: [issuer],
    relyingParty: name,
  })
}

function freshnessOf({ forceAuthn }: AuthnRequest, { settings }: Trust): Freshness {
  if (settings.alwaysRequireAuthentication) return { kind: 'now', reason: 'the trust always requires authentication' }
  return forceAuthn ? { kind: 'now', reason: 'ForceAuthn' } : { kind: 'any' }
}

/** The first of the requested classes that AD FS knows; undefined when it knows none of them. */
function methodOf({ contextClasses }: AuthnRequest): RequestedMethod | undefined {
  if (contextClasses.length === 0) return 'any'
  return contextClasses.map((each) => requestedMethod(each)).find((each) => each !== undefined)
}

async function respond(answering: Answering, grant: Grant, multiple: boolean): Promise<TokenAnswer> {
  const { request, trust, parts } = answering
  const claims = await issueClaims(trust, grant)
  if (!satisfiesNameIdPolicy(claims, request.nameIdFormat)) {
    return refuse(answering, 'Requester', 'InvalidNameIDPolicy')
  }
  await parts.requests.answer(request)
  const now = parts.clock.now()
  const { primary } = grant.session
  const response = await buildToken(trust, () =>
    issueSaml20Response(
      {
        ...headerOf(answering, now),
        ...tokenLifetime(trust.settings, now),
        assertionId: `_${parts.random.uuid()}`,
        audience: request.issuer,
        confirmationNotOnOrAfter: new Date(now.getTime() + confirmationMinutes * 60_000),
        claims,
        authenticationContext: multiple ? authenticationMethods.multipleAuthentication : primary.method,
        authenticationInstant: new Date(primary.instant),
        responseSignature: trust.settings.samlResponseSignature,
      },
      parts.signingKey,
    ),
  )
  return postOf(answering, response)
}

/** A response without an assertion: the service provider learns why, the user sees no page of AD FS. */
async function refuse(answering: Answering, status: string, subordinateStatus: string): Promise<TokenAnswer> {
  const { parts, request } = answering
  await parts.requests.answer(request)
  const view = { ...headerOf(answering, parts.clock.now()), status, subordinateStatus }
  return { ...postOf(answering, await issueSaml20Status(view, parts.signingKey)), refused: subordinateStatus }
}

function headerOf({ request, trust, consumer, parts }: Answering, now: Date) {
  return {
    responseId: `_${parts.random.uuid()}`,
    issuer: parts.identifier,
    issueInstant: now,
    destination: consumer,
    inResponseTo: request.id,
    signatureAlgorithm: trust.settings.signatureAlgorithm.endsWith('rsa-sha1') ? 'rsa-sha1' : 'rsa-sha256',
  } as const
}

function postOf({ consumer, relayState }: Answering, response: string) {
  const fields = {
    SAMLResponse: Buffer.from(response).toString('base64'),
    ...(relayState !== undefined && { RelayState: relayState }),
  }
  return { kind: 'post', action: consumer, fields } as const
}

const unspecified = /:nameid-format:unspecified$/

/** AD FS compares, it does not convert: the issued format has to be the requested one (MSIS7070). */
function satisfiesNameIdPolicy(claims: readonly TokenClaim[], wanted: string | undefined): boolean {
  if (wanted === undefined || unspecified.test(wanted)) return true
  const name = claims.find(({ type }) => type === claimTypes.nameIdentifier)
  return name?.properties?.[nameIdentifierFormat] === wanted
}
