import { Gap } from '#shared/errors.ts'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { convertDomain, type DomainParts, unknownDomain } from './convert-domain.ts'
import { DomainError } from './domain-error.ts'
import type { TenantDomain } from './domain-store.ts'

/** [Graph] domain. */
export interface DomainResource {
  readonly id: string
  readonly authenticationType: 'Managed' | 'Federated'
  readonly isAdminManaged: boolean
  readonly isDefault: boolean
  readonly isInitial: boolean
  readonly isRoot: boolean
  readonly isVerified: boolean
  readonly supportedServices: readonly string[]
}

/** [Graph] internalDomainFederation. */
export type FederationResource = Readonly<Record<string, unknown>> & { readonly id: string }

export function domainResources({ domains, organization }: DomainParts): readonly DomainResource[] {
  return domains.all().map((domain) => ({
    id: domain.name,
    authenticationType: domain.federation ? 'Federated' : 'Managed',
    isAdminManaged: true,
    isDefault: domain.name === organization.primaryDomain,
    isInitial: domain.isInitial,
    isRoot: true,
    isVerified: true,
    supportedServices: ['Email', 'OfficeCommunicationsOnline'],
  }))
}

/** One, or none of a managed domain. @throws DomainError for a domain that is none of the tenant's. */
export function federationConfigurations(
  { domains }: Pick<DomainParts, 'domains'>,
  name: string,
): FederationResource[] {
  const domain = domains.byName(name)
  if (!domain) throw unknownDomain({ domains }, name)
  return domain.federation ? [federationResource(domain)] : []
}

/** Makes a managed domain a federated one. */
export async function createFederationConfiguration(
  parts: DomainParts,
  name: string,
  body: Readonly<Record<string, unknown>>,
): Promise<FederationResource> {
  if (federationConfigurations(parts, name).length > 0) {
    throw new DomainError('alreadyFederated', `Domain ${name} already has Federation Configuration set.`)
  }
  return federationResource(
    await convertDomain(parts, name, { authentication: 'federated', federation: settings(body) }),
  )
}

export async function updateFederationConfiguration(
  parts: DomainParts,
  { name, id }: FederationId,
  body: Readonly<Record<string, unknown>>,
): Promise<FederationResource> {
  checkId(parts, { name, id })
  return federationResource(await convertDomain(parts, name, { federation: settings(body) }))
}

/** The domain is managed from now on; its people sign in with the hashes that the next cycle brings. */
export async function deleteFederationConfiguration(parts: DomainParts, { name, id }: FederationId): Promise<void> {
  checkId(parts, { name, id })
  await convertDomain(parts, name, { authentication: 'passwordHashSync' })
}

export interface FederationId {
  /** Of the domain. */
  readonly name: string
  readonly id: string
}

function checkId(parts: DomainParts, { name, id }: FederationId): void {
  if (federationConfigurations(parts, name).some((each) => each.id === id.toLowerCase())) return
  throw new DomainError(
    'unknownFederation',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )
}

function federationResource({ id, federation }: TenantDomain): FederationResource {
  return {
    id: derivedGuid('internalDomainFederation', id),
    ...federation,
    signingCertificate: federation?.signingCertificate ?? null,
    nextSigningCertificate: federation?.nextSigningCertificate ?? null,
    isSignedAuthenticationRequestRequired: false,
    signingCertificateUpdateStatus: null,
    passwordResetUri: null,
  }
}

/** Clients send back what they were given; the rest is refused by the schema. */
function settings(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const readOnly = ['id', 'signingCertificateUpdateStatus', 'passwordResetUri']
  const { isSignedAuthenticationRequestRequired: signed, ...rest } = body
  if (signed === true) throw new Gap('signed authentication requests to a federated domain', 'services/entra/README.md')
  return Object.fromEntries(
    Object.entries(rest).filter(([key]) => !readOnly.includes(key) && !key.startsWith('@odata.')),
  )
}
