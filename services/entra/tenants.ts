import type { EntraConfig } from './config.ts'
import { EntraError } from './errors.ts'

/** What the tenant's place in a path stands for. */
export interface TenantSegment {
  /** As it goes into URLs again: lower case. */
  readonly text: string
  /** `any`: decided by the person who signs in. */
  readonly kind: 'any' | 'tenant'
}

const anyTenant = new Set(['common', 'organizations'])

/** @throws EntraError when no tenant of that name exists. */
export function tenantSegment(config: EntraConfig, segment: string): TenantSegment {
  const text = segment.toLowerCase()
  if (anyTenant.has(text)) return { text, kind: 'any' }
  if (text === config.tenant.id.toLowerCase() || config.domainNames.has(text)) return { text, kind: 'tenant' }
  const known = [...config.domainNames, config.tenant.id, ...anyTenant].join(', ')
  throw new EntraError('tenantNotFound', {
    values: { tenant: segment },
    reason: `no tenant "${segment}"; known: ${known}`,
  })
}
