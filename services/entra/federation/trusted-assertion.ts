import type { X509Certificate } from 'node:crypto'
import { onFirstUse } from '#shared/first-use.ts'
import type { SamlRefusalKind } from '#shared/saml/saml-refusal.ts'
import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import type { DomainStore, TenantDomain, TenantFederation } from '../domains/domain-store.ts'
import { EntraError, type EntraErrorKey } from '../errors.ts'
import type { ProviderCertificates } from './provider-certificates.ts'

/** A verified assertion of a federated domain of the tenant. */
export interface AcceptedAssertion {
  readonly assertion: VerifiedAssertion
  readonly domain: TenantDomain
  readonly federation: TenantFederation
}

export interface AssertionParts {
  readonly domains: DomainStore
  readonly certificates: ProviderCertificates
  readonly now: Date
}

export const clockSkewSeconds = 300

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

const federationRefusals = onFirstUse(() => import('#shared/ws-federation/federation-refusal.ts'))
const samlRefusals = onFirstUse(() => import('#shared/saml/saml-refusal.ts'))

/** What is wrong with a message of a federation service, in the words of Entra ID. */
export async function asEntraErrors<T>(work: () => Promise<T>): Promise<T> {
  const [{ FederationRefusal }, { SamlRefusal }] = await Promise.all([federationRefusals(), samlRefusals()])
  try {
    return await work()
  } catch (error) {
    if (error instanceof FederationRefusal)
      throw new EntraError('federationMessageInvalid', { reason: error.message, cause: error })
    if (!(error instanceof SamlRefusal)) throw error
    throw new EntraError(errorOf[error.kind], { values: { realm: error.reason }, reason: error.message, cause: error })
  }
}

/** Asks once more where a signature names an unknown certificate: the provider may have rolled its own over. */
export async function withCertificates<T>(
  certificates: ProviderCertificates,
  federation: TenantFederation,
  verify: (trusted: readonly X509Certificate[]) => Promise<T>,
): Promise<T> {
  const { SamlRefusal } = await samlRefusals()
  try {
    return await verify(await certificates.of(federation))
  } catch (error) {
    const unknown = error instanceof SamlRefusal && error.kind === 'untrustedCertificate'
    const fresh = unknown ? await certificates.refreshed(federation) : undefined
    if (!fresh) throw error
    return verify(fresh)
  }
}

export function issuingDomain(domains: DomainStore, issuer: string) {
  for (const domain of domains.all()) {
    if (domain.federation?.issuerUri === issuer) return { domain, federation: domain.federation }
  }
  const known = domains.all().flatMap(({ federation }) => federation?.issuerUri ?? [])
  throw new EntraError('unknownRealm', {
    values: { realm: issuer },
    reason: `issuer "${issuer}" is no issuerUri of a federated domain: ${known.join(', ') || 'none'}`,
  })
}
