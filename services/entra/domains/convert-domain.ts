import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { federationSchema } from '#shared/scenario/schema-organization.ts'
import type { Federation, Organization } from '#shared/scenario/world.ts'
import { DomainError } from './domain-error.ts'
import type { DomainStore, TenantDomain, TenantFederation } from './domain-store.ts'

export interface DomainParts {
  readonly domains: DomainStore
  readonly organization: Organization
}

const certificate = z.base64().refine(isCertificate, 'expected the base64 of a DER certificate').nullable().optional()

const federationChangesSchema = federationSchema.extend({
  signingCertificate: certificate,
  nextSigningCertificate: certificate,
})

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(Buffer.from(text, 'base64')).raw.length > 0
  } catch {
    return false
  }
}

const changesSchema = z.strictObject({
  authentication: z.enum(['federated', 'passwordHashSync', 'passThrough']).optional(),
  federation: z.record(z.string(), z.unknown()).optional(),
})

type FederationChanges = Partial<TenantFederation>

/** Another identity model, or other settings of the trust: counts from the next home realm discovery on. */
export async function convertDomain(parts: DomainParts, name: string, body: unknown): Promise<TenantDomain> {
  const changes = changesSchema.parse(body ?? {})
  const current = parts.domains.byName(name)
  if (!current) throw unknownDomain(parts, name)
  const authentication = changes.authentication ?? current.authentication
  const settings = readFederation(changes.federation ?? {})
  if (authentication !== 'federated') {
    if (changes.federation)
      throw new DomainError('malformed', `${current.name} is managed: it has no federation to set`)
    return changed(parts, current.id, ({ federation: _, ...domain }) => ({ ...domain, authentication }))
  }
  if (current.isInitial)
    throw new DomainError('initialDomain', `${current.name} cannot be federated: it is the initial domain`)
  const base = current.federation ?? (await defaultFederation(parts, current.name))
  const federation = { ...base, ...settings }
  refuseTakenIssuer(parts, current, federation)
  return changed(parts, current.id, (domain) => ({ ...domain, authentication, federation }))
}

/** What the body names, and nothing of what the schema fills in. */
function readFederation(body: Readonly<Record<string, unknown>>): FederationChanges {
  const parsed = federationChangesSchema.parse(body) as Readonly<Record<string, unknown>>
  const named = Object.keys(body).map((key) => [key, parsed[key] ?? undefined])
  return Object.fromEntries(named) as FederationChanges
}

/** An assertion must speak for one domain only, so an issuer belongs to one ("Multiple domain support"). */
function refuseTakenIssuer({ domains }: DomainParts, { id }: TenantDomain, { issuerUri }: Federation): void {
  const holder = domains.all().find((domain) => domain.id !== id && domain.federation?.issuerUri === issuerUri)
  if (holder) throw new DomainError('issuerTaken', `${issuerUri} is the issuerUri of ${holder.name} already`)
}

async function defaultFederation({ organization }: DomainParts, name: string): Promise<Federation> {
  const { resolveFederation } = await import('#shared/scenario/resolve.ts')
  return resolveFederation(name, undefined, organization)
}

async function changed(
  parts: DomainParts,
  id: string,
  change: (current: TenantDomain) => TenantDomain,
): Promise<TenantDomain> {
  const domain = await parts.domains.update(id, change)
  if (!domain) throw unknownDomain(parts, id)
  return domain
}

export function unknownDomain({ domains }: Pick<DomainParts, 'domains'>, name: string): DomainError {
  const known = domains.all().map((domain) => domain.name)
  return new DomainError('unknownDomain', `the tenant has no domain ${name}; it has ${known.join(', ')}`)
}
