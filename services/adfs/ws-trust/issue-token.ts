import type { Clock } from '#shared/clock.ts'
import { Gap } from '#shared/errors.ts'
import type { Random } from '#shared/random.ts'
import { issueSaml11Assertion } from '#shared/saml/issue-saml11.ts'
import type { SigningKey } from '#shared/saml/signing-key.ts'
import { authenticationMethods } from '../claims/authentication-methods.ts'
import { decidePolicy } from '../sign-in/policy.ts'
import type { Grant } from '../sign-in/sign-in-request.ts'
import { issueClaims } from '../tokens/issue-claims.ts'
import { tokenLifetime } from '../tokens/token-lifetime.ts'
import { buildToken } from '../tokens/token-parts.ts'
import type { Trust, Trusts } from '../trusts.ts'
import { WsTrustError } from './errors.ts'
import type { TokenRequest } from './token-request.ts'
import type { IssuedToken } from './write-message.ts'

export interface IssuingParts {
  readonly identifier: string
  readonly trusts: Trusts
  readonly signingKey: SigningKey
  readonly clock: Clock
  readonly random: Random
}

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
  if (request.version === '2.0')
    throw new Gap('SAML 2.0 tokens of WS-Trust', 'services/adfs/README.md, "Other WS-Trust end points"')
  const { settings } = trust
  const now = parts.clock.now()
  const lifetime = tokenLifetime(settings, now)
  const audience = identifierAs(request.appliesTo, trust)
  const assertionId = `_${parts.random.uuid()}`
  const claims = await issueClaims(trust, grant)
  const assertion = await buildToken(trust, () =>
    issueSaml11Assertion(
      {
        assertionId,
        issuer: parts.identifier,
        issueInstant: now,
        ...lifetime,
        audience,
        claims,
        authenticationMethod: methodIn11(grant),
        authenticationInstant: new Date(grant.session.primary.instant),
        signatureAlgorithm: settings.signatureAlgorithm.endsWith('rsa-sha1') ? 'rsa-sha1' : 'rsa-sha256',
      },
      parts.signingKey,
    ),
  )
  return { assertion, assertionId, version: request.version, appliesTo: audience, ...lifetime }
}

/** As configured: relying parties compare the audience with case. */
function identifierAs(appliesTo: string, { settings }: Trust): string {
  return settings.identifiers.find((identifier) => identifier.toLowerCase() === appliesTo.toLowerCase()) ?? appliesTo
}

// Active end points write SAML 1.1's own word for a password, unlike the passive ones.
function methodIn11({ session }: Grant): string {
  const { method } = session.primary
  return method === authenticationMethods.password ? 'urn:oasis:names:tc:SAML:1.0:am:password' : method
}
