import type { Kysely, Updateable } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import { cloudSecurityIdentifier } from '../devices/registration/security-identifiers.ts'
import { cloudAnchor } from './anchors.ts'
import type { PeopleTables } from './people-tables.ts'

/** What administrators set of a group that exists in Entra ID only. */
export interface GroupDetails {
  readonly displayName: string
  readonly mailNickname: string
  readonly description?: string | null | undefined
}

/** Groups that are made and changed here; those of the directory on premises are changed there. Members by anchor. */
export interface CloudGroups {
  /** The object id. */
  create(details: GroupDetails, memberAnchors: readonly string[]): Promise<string>
  change(objectId: string, details: Partial<GroupDetails>): Promise<void>
  /** False when it was one already. */
  addMember(objectId: string, memberAnchor: string): Promise<boolean>
  /** False when it was none. */
  removeMember(objectId: string, memberAnchor: string): Promise<boolean>
  readonly owners: GroupOwners
}

/** Object ids of accounts and service principals; they stay with a deleted group, which may come back. */
export interface GroupOwners {
  of(groupId: string): Promise<readonly string[]>
  /** False when it was one already. */
  add(groupId: string, ownerId: string): Promise<boolean>
  /** False when it was none. */
  remove(groupId: string, ownerId: string): Promise<boolean>
}

export interface CloudGroupParts<Schema extends PeopleTables> {
  readonly store: Store<Schema>
  readonly clock: Clock
  readonly random: Random
}

export function createCloudGroups<Schema extends PeopleTables>(parts: CloudGroupParts<Schema>): CloudGroups {
  const { store, clock, random } = parts
  const db = store.db as unknown as Kysely<PeopleTables>
  return {
    async create({ displayName, mailNickname, description = null }, memberAnchors) {
      const objectId = random.uuid()
      const group = {
        object_id: objectId,
        immutable_id: cloudAnchor(objectId),
        display_name: displayName,
        description,
        sam_account_name: mailNickname,
        sid: cloudSecurityIdentifier(objectId),
        created_at: clock.now().getTime(),
      }
      const members = memberAnchors.map((member_anchor) => ({ group_id: objectId, member_anchor }))
      await store.transaction(async () => {
        await db.insertInto('security_group').values(group).execute()
        if (members.length > 0) await db.insertInto('group_member').values(members).execute()
      })
      return objectId
    },
    async change(objectId, details) {
      const columns = columnsOf(details)
      if (Object.keys(columns).length === 0) return
      await db.updateTable('security_group').set(columns).where('object_id', '=', objectId).execute()
    },
    async addMember(group_id, member_anchor) {
      const added = db
        .insertInto('group_member')
        .values({ group_id, member_anchor })
        .onConflict((conflict) => conflict.columns(['group_id', 'member_anchor']).doNothing())
      return (await added.executeTakeFirst()).numInsertedOrUpdatedRows !== 0n
    },
    owners: groupOwners(db),
    async removeMember(groupId, memberAnchor) {
      const removed = db
        .deleteFrom('group_member')
        .where('group_id', '=', groupId)
        .where('member_anchor', '=', memberAnchor)
      return (await removed.executeTakeFirst()).numDeletedRows > 0n
    },
  }
}

function groupOwners(db: Kysely<PeopleTables>): GroupOwners {
  return {
    async of(groupId) {
      const mine = db.selectFrom('group_owner').select('owner_id').where('group_id', '=', groupId)
      return (await mine.orderBy('owner_id').execute()).map((row) => row.owner_id)
    },
    async add(group_id, owner_id) {
      const added = db
        .insertInto('group_owner')
        .values({ group_id, owner_id })
        .onConflict((conflict) => conflict.columns(['group_id', 'owner_id']).doNothing())
      return (await added.executeTakeFirst()).numInsertedOrUpdatedRows !== 0n
    },
    async remove(groupId, ownerId) {
      const removed = db.deleteFrom('group_owner').where('group_id', '=', groupId).where('owner_id', '=', ownerId)
      return (await removed.executeTakeFirst()).numDeletedRows > 0n
    },
  }
}

function columnsOf({ displayName, mailNickname, description }: Partial<GroupDetails>) {
  const columns: Updateable<PeopleTables['security_group']> = {
    display_name: displayName,
    sam_account_name: mailNickname,
    description,
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}
