import type { Kysely } from 'kysely'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import { seedObjects } from '../objects/object-schema.ts'
import { createObjectTable, derivedFrom, type ObjectTable } from '../objects/object-table.ts'
import type { ObjectTables } from '../objects/object-tables.ts'
import type { AuthenticationStrength } from './authentication-strengths.ts'
import type { AuthenticationContext, StoredLocation, StoredPolicy } from './conditional-access-objects.ts'
import { addressLocator, type LocateAddress } from './named-locations.ts'
import { type PolicySet, policySet } from './policy-set.ts'

export type PolicyStore = ObjectTable<StoredPolicy>
export type NamedLocationStore = ObjectTable<StoredLocation>
export type StrengthStore = ObjectTable<AuthenticationStrength>
export type AuthenticationContextStore = ObjectTable<AuthenticationContext>

/** Everything that administrators set for Conditional Access; a sign-in asks `current` and `locate`. */
export interface ConditionalAccessStore {
  readonly policies: PolicyStore
  readonly locations: NamedLocationStore
  /** The tenant's own strengths, beside the built-in ones. */
  readonly strengths: StrengthStore
  readonly contexts: AuthenticationContextStore
  /** The policies of now, compiled once for each change. */
  current(): PolicySet
  readonly locate: LocateAddress
  load(): Promise<void>
}

const kinds = {
  policies: 'conditionalAccessPolicy',
  locations: 'namedLocation',
  strengths: 'authenticationStrengthPolicy',
  contexts: 'authenticationContextClassReference',
} as const

export function createConditionalAccessStore<Schema extends ObjectTables>(
  store: Store<Schema>,
): ConditionalAccessStore {
  const policies = createObjectTable<StoredPolicy, Schema>(store, kinds.policies)
  const locations = createObjectTable<StoredLocation, Schema>(store, kinds.locations)
  const strengths = createObjectTable<AuthenticationStrength, Schema>(store, kinds.strengths)
  const contexts = createObjectTable<AuthenticationContext, Schema>(store, kinds.contexts)
  const locator = derivedFrom([locations], () => addressLocator(locations.all()))
  return {
    policies,
    locations,
    strengths,
    contexts,
    current: derivedFrom([policies, strengths], () =>
      policySet({ policies: policies.all(), strengths: strengths.all() }),
    ),
    locate: (address, country) => locator()(address, country),
    load: async () => {
      await Promise.all([policies, locations, strengths, contexts].map((table) => table.load()))
    },
  }
}

/** When the objects of the scenario were made. */
const seededAt = '2020-01-01T00:00:00Z'

export async function seedConditionalAccess<Tables extends ObjectTables>(
  db: Kysely<Tables>,
  { entra }: Scenario,
): Promise<void> {
  const policies: StoredPolicy[] = entra.conditionalAccess.policies.map((policy) => ({
    templateId: null,
    createdDateTime: seededAt,
    modifiedDateTime: null,
    ...policy,
  }))
  const locations: StoredLocation[] = entra.namedLocations.map((location) => ({
    createdDateTime: seededAt,
    modifiedDateTime: seededAt,
    ...location,
  }))
  await seedObjects(db, kinds.policies, policies)
  await seedObjects(db, kinds.locations, locations)
}
