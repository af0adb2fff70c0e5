import type { Kysely } from 'kysely'
import type { Domain, Federation, Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import { seedObjects } from '../objects/object-schema.ts'
import { createObjectTable } from '../objects/object-table.ts'
import type { ObjectTables } from '../objects/object-tables.ts'

/*
 * The tenant's verified domains as they are now: who checks the passwords of their people, and the federation of those
 * that have one. Owns their conversion between the models while the tenant runs; the scenario gives the first state.
 * URLs: GET|PATCH /domains of the management port; Microsoft Graph (graph/) calls federation-configuration.ts.
 */

/** [Graph] internalDomainFederation, as far as it says anything to a sign-in. */
export type TenantFederation = Federation & {
  /** Base64 of the DER; where neither is given the metadata of the provider is read. */
  readonly signingCertificate?: string | undefined
  readonly nextSigningCertificate?: string | undefined
}

export type TenantDomain = Omit<Domain, 'federation'> & {
  /** The name, in lower case. */
  readonly id: string
  readonly federation?: TenantFederation
}

export interface DomainStore {
  all(): readonly TenantDomain[]
  byName(name: string): TenantDomain | undefined
  /** The domain of a user principal name, or of a bare domain name. */
  of(userPrincipalName: string): TenantDomain | undefined
  /** `change` is given the domain as it is; undefined when the tenant has none of that name. */
  update(name: string, change: (current: TenantDomain) => TenantDomain): Promise<TenantDomain | undefined>
  load(): Promise<void>
}

const kind = 'domain'

export function createDomainStore<Schema extends ObjectTables>(store: Store<Schema>): DomainStore {
  const table = createObjectTable<TenantDomain, Schema>(store, kind)
  return {
    all: table.all,
    byName: table.byId,
    of: (name) => table.byId(name.slice(name.lastIndexOf('@') + 1)),
    update: table.update,
    load: table.load,
  }
}

export async function seedDomains<Tables extends ObjectTables>(
  db: Kysely<Tables>,
  { domains }: Scenario,
): Promise<void> {
  const stored = domains.map((domain): TenantDomain => ({ ...domain, id: domain.name.toLowerCase() }))
  await seedObjects(db, kind, stored)
}
