import type { X509Certificate } from 'node:crypto'
import type { SamlRefusalKind } from '#shared/saml/saml-refusal.ts'
import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import type { Domain } from '#shared/scenario/world.ts'
import type { EntraConfig } from '../config.ts'
import { EntraError, type EntraErrorKey } from '../errors.ts'
import { federationAudience } from '../urls.ts'
import { claimTypes } from './assertion-claims.ts'
import type { ProviderCertificates } from './provider-certificates.ts'

/** A verified assertion of a federated domain of the tenant. */
export interface AcceptedAssertion {
  readonly assertion: VerifiedAssertion
  readonly domain: Domain
}

interface Parts {
  readonly config: EntraConfig
  readonly certificates: ProviderCertificates
  readonly now: Date
}

const clockSkewSeconds = 300

const errorOf: Readonly<Record<SamlRefusalKind, EntraErrorKey>> = {
  malformed: 'federationMessageInvalid',
  encrypted: 'federationMessageInvalid',
  statusNotSuccess: 'federationFault',
  missingSubject: 'immutableIdMissing',
  wrongIssuer: 'unknownRealm',
  notSigned: 'samlTokenInvalid',
  badSignature: 'samlTokenInvalid',
  untrustedCertificate: 'samlTokenInvalid',
  wrongAudience: 'samlTokenInvalid',
  wrongRecipient: 'samlTokenInvalid',
  wrongInResponseTo: 'samlTokenInvalid',
  expired: 'samlTokenInvalid',
  notYetValid: 'samlTokenInvalid',
}

/** Reads `wresult` and believes the assertion in it only if a federated domain's identity provider signed it for us, now. */
export async function acceptedAssertion(parts: Parts, wresult: string): Promise<AcceptedAssertion> {
  const [{ readRequestSecurityTokenResponse }, { FederationRefusal }, { SamlRefusal }] = await Promise.all([
    import('#shared/ws-federation/security-token-response.ts'),
    import('#shared/ws-federation/federation-refusal.ts'),
    import('#shared/saml/saml-refusal.ts'),
  ])
  try {
    const { assertionXml } = readRequestSecurityTokenResponse(wresult)
    return await verified(parts, assertionXml)
  } catch (error) {
    if (error instanceof FederationRefusal)
      throw new EntraError('federationMessageInvalid', { reason: error.message, cause: error })
    if (!(error instanceof SamlRefusal)) throw error
    throw new EntraError(errorOf[error.kind], { values: { realm: error.reason }, reason: error.message, cause: error })
  }
}

async function verified({ config, certificates, now }: Parts, assertionXml: string): Promise<AcceptedAssertion> {
  const named = await unverifiedIssuer(assertionXml)
  const { domain, federation } = issuingDomain(config, named.issuerId ?? named.issuer)
  const [{ verifySaml11Assertion }, { SamlRefusal }] = await Promise.all([
    import('#shared/saml/verify-saml11.ts'),
    import('#shared/saml/saml-refusal.ts'),
  ])
  // The federation service's own name is free where the issuerid claim names the domain; federatedIdentity checks that claim.
  const issuers = [named.issuerId === undefined ? federation.issuerUri : named.issuer]
  const verify = (trustedCertificates: readonly X509Certificate[]) => ({
    domain,
    assertion: verifySaml11Assertion(assertionXml, {
      audiences: [federationAudience],
      issuers,
      now,
      clockSkewSeconds,
      trustedCertificates,
    }),
  })
  try {
    return verify(await certificates.of(federation))
  } catch (error) {
    // The provider may have rolled its certificate over since we looked.
    const unknown = error instanceof SamlRefusal && error.kind === 'untrustedCertificate'
    const fresh = unknown ? await certificates.refreshed(federation) : undefined
    if (!fresh) throw error
    return verify(fresh)
  }
}

interface NamedIssuer {
  readonly issuer: string
  readonly issuerId: string | undefined
}

/** Only to find whose certificates must verify it: whatever it says is read again from the signed bytes. */
async function unverifiedIssuer(assertionXml: string): Promise<NamedIssuer> {
  const [{ readMessage, requiredAttribute, textOf }, { attributeOf, descendantElements }] = await Promise.all([
    import('#shared/saml/read-parts.ts'),
    import('#shared/xml/elements.ts'),
  ])
  const assertion = readMessage(assertionXml)
  const claim = descendantElements(assertion).find(
    (element) =>
      `${attributeOf(element, 'AttributeNamespace')}/${attributeOf(element, 'AttributeName')}` === claimTypes.issuerId,
  )
  const value = claim && descendantElements(claim).find(({ localName }) => localName === 'AttributeValue')
  return { issuer: requiredAttribute(assertion, 'Issuer'), issuerId: value && textOf(value) }
}

function issuingDomain(config: EntraConfig, issuer: string) {
  for (const domain of config.domains.values()) {
    if (domain.federation?.issuerUri === issuer) return { domain, federation: domain.federation }
  }
  const known = [...config.domains.values()].flatMap(({ federation }) => federation?.issuerUri ?? [])
  throw new EntraError('unknownRealm', {
    values: { realm: issuer },
    reason: `issuer "${issuer}" is no issuerUri of a federated domain: ${known.join(', ') || 'none'}`,
  })
}
