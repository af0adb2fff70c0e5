import type { Random } from '#shared/random.ts'
import type { Organization } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import type { ApplicationStore } from '../applications/application-store.ts'
import { type CloudAccounts, createCloudAccounts } from '../people/cloud-accounts.ts'
import { type CloudGroups, createCloudGroups } from '../people/cloud-groups.ts'
import { createDeletedItems, type DeletedItems } from '../people/deleted-items.ts'
import { createGroups, type GroupStore } from '../people/groups.ts'
import type { Licences } from '../people/licences.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import { createSetAside, type SetAside } from '../people/set-aside.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { createSkipTokens, type SkipTokens } from './odata/skip-token.ts'

/** What Graph's operations work with. */
export interface GraphServices extends SharedServices {
  readonly applications: ApplicationStore
  readonly groups: GroupStore
  readonly accounts: CloudAccounts
  readonly cloudGroups: CloudGroups
  readonly deletedItems: DeletedItems
  readonly setAside: SetAside
  readonly skipTokens: SkipTokens
  readonly organization: Organization
  readonly licences: Licences
}

type SharedServices = Pick<
  SignInServices,
  | 'config'
  | 'domains'
  | 'clock'
  | 'random'
  | 'people'
  | 'signer'
  | 'conditionalAccess'
  | 'circumstances'
  | 'signIns'
  | 'devices'
  | 'securityInfo'
  | 'revocations'
  | 'passwordChanges'
  | 'circumstances'
  | 'evaluation'
>

export interface GraphParts<Schema extends PeopleTables> {
  readonly store: Store<Schema>
  readonly applications: ApplicationStore
  readonly organization: Organization
  readonly random: Random
  readonly licences: Licences
}

export function graphServices<Schema extends PeopleTables>(
  services: SharedServices,
  parts: GraphParts<Schema>,
): GraphServices {
  const { store, applications, organization, random, licences } = parts
  const { clock } = services
  const deletedItems = createDeletedItems(store, clock)
  return {
    ...services,
    licences,
    applications,
    organization,
    groups: createGroups(store),
    accounts: createCloudAccounts(store, random),
    cloudGroups: createCloudGroups({ store, clock, random }),
    deletedItems,
    setAside: createSetAside(store, deletedItems),
    // Pages of a query are asked for within minutes, so that a key of this start is enough.
    skipTokens: createSkipTokens(random.bytes(32)),
  }
}
