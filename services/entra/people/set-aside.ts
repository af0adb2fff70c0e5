import type { Kysely } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import { cloudAnchor } from './anchors.ts'
import type { DeletedItem, DeletedItems } from './deleted-items.ts'
import { type DirectoryGroup, toGroup } from './groups.ts'
import { type Person, toPerson } from './people.ts'
import type { PeopleTables } from './people-tables.ts'

type Memberships = readonly PeopleTables['group_member'][]

/** An account as it is kept after its deletion; licences, roles and methods stay where they are, by its id. */
export interface DeletedAccount {
  readonly person: PeopleTables['person']
  readonly memberships: Memberships
}

export interface DeletedGroup {
  readonly group: PeopleTables['security_group']
  /** Its members, and the groups that it was in. */
  readonly memberships: Memberships
}

/** As it was, but for what side tables know. */
export function accountOf({ person }: DeletedAccount): Person {
  return toPerson({ ...person, licensed: null, group_ids: null, role_ids: null })
}

export function groupOf({ group }: DeletedGroup): DirectoryGroup {
  return toGroup(group)
}

/** Accounts and groups of Entra ID alone, deleted and brought back. */
export interface SetAside {
  deleteAccount(objectId: string): Promise<void>
  /** False when somebody has its name now. */
  restoreAccount(item: DeletedItem): Promise<boolean>
  deleteGroup(objectId: string): Promise<void>
  restoreGroup(item: DeletedItem): Promise<void>
}

export function createSetAside<Schema extends PeopleTables>(store: Store<Schema>, items: DeletedItems): SetAside {
  const db = store.db as unknown as Kysely<PeopleTables>
  return {
    deleteAccount: (objectId) =>
      store.transaction(async () => {
        const mine = db.selectFrom('person').selectAll().where('object_id', '=', objectId).where('source', '=', 'cloud')
        const person = await mine.executeTakeFirst()
        if (!person) return
        const memberships = await takeMemberships(db, objectId)
        await items.keep({ objectId, kind: 'user', content: { person, memberships } satisfies DeletedAccount })
        await db.deleteFrom('person').where('object_id', '=', objectId).execute()
      }),
    restoreAccount: ({ objectId, content }) =>
      store.transaction(async () => {
        const { person, memberships } = content as DeletedAccount
        const inserted = db
          .insertInto('person')
          .values(person)
          .onConflict((conflict) => conflict.column('user_principal_name_key').doNothing())
        if ((await inserted.executeTakeFirst()).numInsertedOrUpdatedRows === 0n) return false
        await putMemberships(db, memberships)
        await items.remove(objectId)
        return true
      }),
    deleteGroup: (objectId) =>
      store.transaction(async () => {
        const group = await db
          .selectFrom('security_group')
          .selectAll()
          .where('object_id', '=', objectId)
          .executeTakeFirst()
        if (!group) return
        const memberships = await takeMemberships(db, objectId)
        await items.keep({ objectId, kind: 'group', content: { group, memberships } satisfies DeletedGroup })
        await db.deleteFrom('security_group').where('object_id', '=', objectId).execute()
      }),
    restoreGroup: ({ objectId, content }) =>
      store.transaction(async () => {
        const { group, memberships } = content as DeletedGroup
        await db.insertInto('security_group').values(group).execute()
        await putMemberships(db, memberships)
        await items.remove(objectId)
      }),
  }
}

async function takeMemberships(db: Kysely<PeopleTables>, objectId: string): Promise<Memberships> {
  const anchor = cloudAnchor(objectId)
  const taken = db
    .deleteFrom('group_member')
    .where((row) => row.or([row('group_id', '=', objectId), row('member_anchor', '=', anchor)]))
  return taken.returningAll().execute()
}

/** Those whose group is still there. */
async function putMemberships(db: Kysely<PeopleTables>, memberships: Memberships): Promise<void> {
  for (const membership of memberships) {
    const group = db.selectFrom('security_group').select('object_id').where('object_id', '=', membership.group_id)
    if (!(await group.executeTakeFirst())) continue
    const put = db.insertInto('group_member').values(membership)
    await put.onConflict((conflict) => conflict.columns(['group_id', 'member_anchor']).doNothing()).execute()
  }
}
