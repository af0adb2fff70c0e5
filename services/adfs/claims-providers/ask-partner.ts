import { deflateRawSync } from 'node:zlib'
import type { FastifyReply } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import { saml20, saml20Protocol } from '#shared/saml/names.ts'
import { signedRedirect } from '#shared/saml/signed-redirect.ts'
import { type SigningKey, signatureAlgorithms } from '#shared/saml/signing-key.ts'
import { signInUrl } from '#shared/ws-federation/sign-in-url.ts'
import { xml, xmlText } from '#shared/xml/markup.ts'
import { authenticationMethods, type RequestedMethod } from '../claims/authentication-methods.ts'
import type { AdfsConfig } from '../config.ts'
import type { ClaimsProviderTrust } from '../configuration/claims-provider-trust.ts'
import { withParameter } from '../proxy/trusted-url.ts'
import type { Freshness, SignInRequest } from '../sign-in/sign-in-request.ts'
import type { Visit } from '../sign-in/visit.ts'
import { stepOf } from '../trusts.ts'
import type { PartnerContexts } from './partner-context.ts'

export interface AskingParts {
  readonly config: Pick<AdfsConfig, 'identifier' | 'urls'>
  readonly clock: Clock
  readonly random: Random
  readonly contexts: PartnerContexts
  readonly signingKey: () => SigningKey
}

/** Sends the browser to the partner; the answer finds its way back by the context. */
export async function askPartner(
  visit: Visit,
  signIn: SignInRequest,
  provider: ClaimsProviderTrust,
  { why, parts }: { readonly why: string; readonly parts: AskingParts },
): Promise<FastifyReply> {
  const { settings } = provider
  const requestId = `id-${parts.random.uuid()}`
  const { location, key } = visit.self
  const context = { provider: settings.objectIdentifier, location, key, requestId }
  const name = await parts.contexts.keep(context, visit.reply)
  const asked = { provider, signIn, name, requestId }
  const url = settings.protocolProfile === 'SAML' ? samlUrl(asked, parts) : wsFederationUrl(asked, parts)
  visit.request.recording.note({
    step: stepOf(signIn.trust, 'authentication'),
    decision: 'askedClaimsProvider',
    reason: why,
    detail: { claimsProvider: settings.name, relyingParty: signIn.trust.settings.name },
  })
  return visit.reply.redirect(await url, 302)
}

interface Asked {
  readonly provider: ClaimsProviderTrust
  readonly signIn: SignInRequest
  readonly name: string
  readonly requestId: string
}

/** [MS-MWBF] §2.2.3: the wishes of the relying party are handed on. */
async function wsFederationUrl({ provider, signIn, name }: Asked, { config, clock }: AskingParts): Promise<string> {
  const wauth = askedMethod(signIn.method)
  const wfresh = askedFreshness(signIn.freshness)
  return signInUrl({
    endpoint: provider.settings.wsFedEndpoint ?? '',
    wtrealm: config.identifier,
    wctx: name,
    wct: clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
    ...(wfresh !== undefined && { wfresh }),
    ...(wauth !== undefined && { wauth }),
    ...(signIn.loginHint !== '' && { username: signIn.loginHint }),
  })
}

/** By redirect (SAML 2.0 Bindings §3.4), signed where the partner wants that. */
async function samlUrl({ provider, signIn, name, requestId }: Asked, parts: AskingParts): Promise<string> {
  const { samlSignOnEndpoint: url = '', signedSamlRequestsRequired, signatureAlgorithm } = provider.settings
  const message = authnRequest({ destination: url, signIn, requestId }, parts)
  if (signedSamlRequestsRequired) {
    const algorithm = signatureAlgorithm === signatureAlgorithms['rsa-sha1'].signature ? 'rsa-sha1' : 'rsa-sha256'
    return signedRedirect(message, { field: 'SAMLRequest', url, relayState: name, key: parts.signingKey(), algorithm })
  }
  const request = withParameter(url, 'SAMLRequest', deflateRawSync(message).toString('base64'))
  return withParameter(request, 'RelayState', name)
}

interface AuthnRequestView {
  readonly destination: string
  readonly signIn: SignInRequest
  readonly requestId: string
}

function authnRequest({ destination, signIn, requestId }: AuthnRequestView, { config, clock }: AskingParts): string {
  const method = askedMethod(signIn.method)
  const force = askedFreshness(signIn.freshness) === '0' && xml` ForceAuthn="true"`
  const context =
    method !== undefined &&
    xml`<samlp:RequestedAuthnContext Comparison="exact"><AuthnContextClassRef xmlns="${saml20}">${method}</AuthnContextClassRef></samlp:RequestedAuthnContext>`
  return xmlText(
    xml`<samlp:AuthnRequest xmlns:samlp="${saml20Protocol}" AssertionConsumerServiceURL="${config.urls.passive}" Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified" Destination="${destination}"${force} ID="${requestId}" IssueInstant="${clock.now().toISOString()}" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Version="2.0"><Issuer xmlns="${saml20}">${config.identifier}</Issuer><samlp:NameIDPolicy AllowCreate="true"></samlp:NameIDPolicy>${context}</samlp:AuthnRequest>`,
  )
}

function askedFreshness(freshness: Freshness): string | undefined {
  if (freshness.kind === 'now') return '0'
  return freshness.kind === 'maximumAge' ? String(freshness.minutes) : undefined
}

const methods: Readonly<Partial<Record<RequestedMethod, string>>> = {
  forms: authenticationMethods.password,
  multiple: authenticationMethods.multipleAuthentication,
  windows: authenticationMethods.windows,
  certificate: 'urn:ietf:rfc:2246',
}

function askedMethod(method: RequestedMethod): string | undefined {
  return methods[method]
}
