import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import { issueSaml11Assertion } from '#shared/saml/issue-saml11.ts'
import { issueSaml20Assertion } from '#shared/saml/issue-saml20.ts'
import type { SigningKey } from '#shared/saml/signing-key.ts'
import type { TokenClaim } from '#shared/saml/token-claims.ts'
import { authenticationMethods, messageCertificate } from '../claims/authentication-methods.ts'
import { decidePolicy } from '../sign-in/policy.ts'
import type { Grant } from '../sign-in/sign-in-request.ts'
import { encryptedFor } from '../tokens/encrypt-token.ts'
import { issueClaims } from '../tokens/issue-claims.ts'
import { tokenLifetime } from '../tokens/token-lifetime.ts'
import { buildToken } from '../tokens/token-parts.ts'
import type { Trust, Trusts } from '../trusts.ts'
import { WsTrustError } from './errors.ts'
import type { TokenVersion } from './names.ts'
import type { TokenRequest } from './token-request.ts'
import type { IssuedToken } from './write-message.ts'

export interface IssuingParts {
  readonly identifier: string
  readonly trusts: Trusts
  readonly signingKey: SigningKey
  readonly clock: Clock
  readonly random: Random
}

const confirmationMinutes = 5

/** The relying party that AppliesTo names; WS-Trust looks at identifiers only, whatever protocol the trust is for. */
export function relyingPartyOf({ appliesTo }: TokenRequest, trusts: Trusts): Trust {
  const trust = trusts.byIdentifier(appliesTo)
  if (!trust) throw new WsTrustError('unknownScope', `no trust has identifier "${appliesTo}"`)
  if (trust.settings.enabled) return trust
  throw new WsTrustError('unknownScope', `"${trust.settings.name}" is not enabled`)
}

/** @throws WsTrustError unless the trust's policy permits without a second factor: no page can ask for one here. */
export async function permitted(trust: Trust, grant: Grant, parts: IssuingParts): Promise<string> {
  const request = { trust, policyTrusts: [trust], method: 'any' } as const
  const { outcome, reason } = await decidePolicy(request, grant, parts)
  if (outcome === 'deny') throw new WsTrustError('accessDenied', reason)
  if (outcome === 'additional') {
    throw new WsTrustError('secondFactorNeeded', `WS-Trust has no way to ask for the second factor: ${reason}`)
  }
  return reason
}

export async function issueToken(
  { trust, request }: { readonly trust: Trust; readonly request: TokenRequest },
  grant: Grant,
  parts: IssuingParts,
): Promise<IssuedToken> {
  const audience = identifierAs(request.appliesTo, trust)
  const assertionId = `_${parts.random.uuid()}`
  const claims = await issueClaims(trust, grant)
  const assertion = await buildToken(trust, () =>
    assertionFor({ trust, version: request.version, audience, assertionId }, claims, grant, parts),
  )
  const lifetime = tokenLifetime(trust.settings, parts.clock.now())
  return {
    assertion: await encryptedFor(trust, assertion),
    assertionId,
    version: request.version,
    appliesTo: audience,
    ...lifetime,
  }
}

interface Token {
  readonly trust: Trust
  readonly version: TokenVersion
  readonly audience: string
  readonly assertionId: string
}

function assertionFor(
  { trust, version, audience, assertionId }: Token,
  claims: readonly TokenClaim[],
  { session }: Grant,
  parts: IssuingParts,
): Promise<string> {
  const now = parts.clock.now()
  const view = {
    ...tokenLifetime(trust.settings, now),
    assertionId,
    issuer: parts.identifier,
    issueInstant: now,
    audience,
    claims,
    authenticationInstant: new Date(session.primary.instant),
    signatureAlgorithm: trust.settings.signatureAlgorithm.endsWith('rsa-sha1') ? 'rsa-sha1' : 'rsa-sha256',
  } as const
  const { method } = session.primary
  if (version === '1.1') {
    return issueSaml11Assertion({ ...view, authenticationMethod: methodIn11(method) }, parts.signingKey)
  }
  const confirmationNotOnOrAfter = new Date(now.getTime() + confirmationMinutes * 60_000)
  return issueSaml20Assertion({ ...view, confirmationNotOnOrAfter, authenticationContext: method }, parts.signingKey)
}

/** As configured: relying parties compare the audience with case. */
function identifierAs(appliesTo: string, { settings }: Trust): string {
  return settings.identifiers.find((identifier) => identifier.toLowerCase() === appliesTo.toLowerCase()) ?? appliesTo
}

// Active end points write SAML 1.1's own words (SAML 1.1 Core §7.1), unlike the passive ones.
const methodsIn11: Readonly<Record<string, string>> = {
  [authenticationMethods.password]: 'urn:oasis:names:tc:SAML:1.0:am:password',
  [messageCertificate.method]: 'urn:oasis:names:tc:SAML:1.0:am:X509-PKI',
}

function methodIn11(method: string): string {
  return methodsIn11[method] ?? method
}
