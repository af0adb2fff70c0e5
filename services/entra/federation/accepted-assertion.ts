import type { X509Certificate } from 'node:crypto'
import type { SamlRefusalKind } from '#shared/saml/saml-refusal.ts'
import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import type { Domain } from '#shared/scenario/world.ts'
import type { EntraConfig } from '../config.ts'
import { EntraError, type EntraErrorKey } from '../errors.ts'
import { federationAudience } from '../urls.ts'
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
  const { domain, federation } = issuingDomain(config, await unverifiedIssuer(assertionXml))
  const [{ verifySaml11Assertion }, { SamlRefusal }] = await Promise.all([
    import('#shared/saml/verify-saml11.ts'),
    import('#shared/saml/saml-refusal.ts'),
  ])
  const verify = (trustedCertificates: readonly X509Certificate[]) => ({
    domain,
    assertion: verifySaml11Assertion(assertionXml, {
      audiences: [federationAudience],
      issuers: [federation.issuerUri],
      now,
      clockSkewSeconds,
      trustedCertificates,
    }),
  })
  try {
    return verify(await certificates.of(federation))
  } catch (error) {
    // The provider may have rolled its certificate over since we looked.
    const fresh =
      error instanceof SamlRefusal && error.kind === 'untrustedCertificate'
        ? await certificates.refreshed(federation)
        : undefined
    if (!fresh) throw error
    return verify(fresh)
  }
}

/** Only to find whose certificates must verify it: whatever it says is checked again on the signed bytes. */
async function unverifiedIssuer(assertionXml: string): Promise<string> {
  const { readMessage, requiredAttribute } = await import('#shared/saml/read-parts.ts')
  return requiredAttribute(readMessage(assertionXml), 'Issuer')
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
