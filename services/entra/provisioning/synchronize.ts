import type { Kysely } from 'kysely'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import { isCloudAnchor } from '../people/anchors.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import { type Change, countChanges, type SynchronizationCounts } from './counts.ts'
import { synchronizeDevice } from './synchronize-devices.ts'
import { synchronizeGroup } from './synchronize-groups.ts'
import type { SynchronizeRequest } from './synchronize-schema.ts'
import { synchronizeUsers } from './synchronize-users.ts'

export interface SynchronizationParts<Schema extends PeopleTables> {
  readonly store: Store<Schema>
  readonly scenario: Scenario
  /** Told within the transaction; left out, nobody is. */
  readonly passwordChanged?: ((objectId: string) => Promise<void>) | undefined
}

/** Takes over one export of Entra Connect, whole or not at all. Repeating it changes nothing. */
export function synchronize<Schema extends PeopleTables>(
  { store, scenario, passwordChanged }: SynchronizationParts<Schema>,
  request: SynchronizeRequest,
): Promise<SynchronizationCounts> {
  return store.transaction(async (transaction) => {
    const db = transaction as unknown as Kysely<PeopleTables>
    // Deletions go first: a name that one account gives up may be another's in the same export.
    const deleted = await deleteObjects(db, await goneAnchors(db, request))
    const changes: Change[] = await synchronizeUsers(db, request.users, { scenario, passwordChanged })
    for (const group of request.groups) changes.push(await synchronizeGroup(db, group, scenario.tenant.id))
    for (const device of request.devices) changes.push(await synchronizeDevice(db, device, scenario.tenant.id))
    return countChanges(changes, deleted)
  })
}

const synchronizedTables = ['person', 'security_group', 'device'] as const

/** A full export is everything: what it does not hold is gone. */
async function goneAnchors(db: Kysely<PeopleTables>, request: SynchronizeRequest): Promise<readonly string[]> {
  if (!request.full) return request.deletedAnchors
  const { users, groups, devices } = request
  const present = new Set([...users, ...groups, ...devices].map((object) => object.sourceAnchor))
  const known = await Promise.all(
    synchronizedTables.map((table) =>
      db.selectFrom(table).select('immutable_id').where('immutable_id', 'is not', null).execute(),
    ),
  )
  const gone = known
    .flat()
    .flatMap((row) => row.immutable_id ?? [])
    .filter((anchor) => !isCloudAnchor(anchor))
  return [...new Set([...gone.filter((anchor) => !present.has(anchor)), ...request.deletedAnchors])]
}

async function deleteObjects(db: Kysely<PeopleTables>, anchors: readonly string[]): Promise<number> {
  let deleted = 0
  for (const anchor of anchors) {
    await deleteTraces(db, anchor)
    for (const table of synchronizedTables) {
      const { numDeletedRows } = await db.deleteFrom(table).where('immutable_id', '=', anchor).executeTakeFirst()
      deleted += Number(numDeletedRows)
    }
  }
  return deleted
}

/** Licences, roles and methods stay: they attach again to an account that comes back. */
async function deleteTraces(db: Kysely<PeopleTables>, anchor: string): Promise<void> {
  const idOf = (table: 'person' | 'security_group') =>
    db.selectFrom(table).select('object_id').where('immutable_id', '=', anchor)
  await db.deleteFrom('smart_lockout').where('object_id', 'in', idOf('person')).execute()
  await db.deleteFrom('group_member').where('group_id', 'in', idOf('security_group')).execute()
  await db.deleteFrom('group_member').where('member_anchor', '=', anchor).execute()
}
