import type { Kysely } from 'kysely'
import { sql } from '#shared/store/kysely.ts'
import type { Store } from '#shared/store/store.ts'
import { isCloudAnchor } from './anchors.ts'
import { groupsOfAnchor } from './memberships.ts'
import type { PeopleTables } from './people-tables.ts'

/** A security group of the tenant ([Graph] group). */
export interface DirectoryGroup {
  readonly objectId: string
  readonly displayName: string
  readonly description?: string | undefined
  /** Mail nickname of a group that exists in Entra ID only. */
  readonly samAccountName: string
  readonly sid: string
  readonly source: 'cloud' | 'synchronized'
  /** By which it is the member of other groups. */
  readonly anchor: string
  readonly createdAt?: Date | undefined
}

export interface GroupStore {
  list(): Promise<readonly DirectoryGroup[]>
  byObjectId(objectId: string): Promise<DirectoryGroup | undefined>
  /** Object ids of the accounts, groups and devices that are in a group; `transitive`: through other groups too. */
  memberIds(groupId: string, transitive: boolean): Promise<readonly string[]>
  /** Groups that an account, a group or a device is in without another group between them. */
  directGroupIds(objectId: string): Promise<readonly string[]>
  /** Groups that an object is in, through other groups too. */
  groupIdsOf(anchor: string): Promise<readonly string[]>
}

export function createGroups<Schema extends PeopleTables>(store: Store<Schema>): GroupStore {
  const db = store.db as unknown as Kysely<PeopleTables>
  const all = () => db.selectFrom('security_group').selectAll()
  return {
    list: async () => (await all().orderBy('display_name').execute()).map(toGroup),
    async byObjectId(objectId) {
      const row = await all().where('object_id', '=', objectId.toLowerCase()).executeTakeFirst()
      return row && toGroup(row)
    },
    memberIds: (groupId, transitive) => memberIds(db, groupId, transitive),
    directGroupIds: (objectId) => directGroupIds(db, objectId),
    groupIdsOf: (anchor) => groupsOfAnchor(db, anchor),
  }
}

export function toGroup(row: PeopleTables['security_group']): DirectoryGroup {
  return {
    objectId: row.object_id,
    displayName: row.display_name,
    description: row.description ?? undefined,
    samAccountName: row.sam_account_name,
    sid: row.sid,
    source: isCloudAnchor(row.immutable_id) ? 'cloud' : 'synchronized',
    anchor: row.immutable_id,
    createdAt: row.created_at === null ? undefined : new Date(Number(row.created_at)),
  }
}

async function memberIds(db: Kysely<PeopleTables>, groupId: string, transitive: boolean): Promise<readonly string[]> {
  const deeper = transitive
    ? sql`union select inner_member.member_anchor from membership
        join security_group on security_group.immutable_id = membership.anchor
        join group_member as inner_member on inner_member.group_id = security_group.object_id`
    : sql``
  const { rows } = await sql<{ id: string }>`
    with recursive membership (anchor) as (
      select member_anchor from group_member where group_id = ${groupId.toLowerCase()}
      ${deeper}
    )
    select object_id as id from person where immutable_id in (select anchor from membership)
    union
    select object_id as id from person
      where immutable_id is null and 'cloud:' || object_id in (select anchor from membership)
    union
    select object_id as id from device
      where 'cloud:' || object_id in (select anchor from membership)
    union
    select object_id as id from security_group where immutable_id in (select anchor from membership)
    order by id`.execute(db)
  return rows.map(({ id }) => id)
}

async function directGroupIds(db: Kysely<PeopleTables>, objectId: string): Promise<readonly string[]> {
  const id = objectId.toLowerCase()
  const { rows } = await sql<{ id: string }>`
    select group_id as id from group_member where member_anchor in (
      select coalesce(immutable_id, 'cloud:' || object_id) from person where object_id = ${id}
      union
      select 'cloud:' || object_id from device where object_id = ${id}
      union
      select immutable_id from security_group where object_id = ${id}
    )
    order by group_id`.execute(db)
  return rows.map((row) => row.id)
}
