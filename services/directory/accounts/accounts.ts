import type { Kysely } from 'kysely'
import { type PreparedQuery, prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import { countChange } from './change-number.ts'
import type { AccountRow, ComputerRow, DirectorySchema, GroupRow } from './schema.ts'

export type AccountKey = 'object_guid' | 'sid' | 'user_principal_name' | 'sam_account_name'
export type AccountChanges = Partial<Omit<AccountRow, 'object_guid' | 'sid'>>

export interface AccountWithGroups {
  readonly account: AccountRow
  readonly groups: readonly GroupRow[]
}

/** The accounts, groups and computers of the domain. Names compare without case, as in Active Directory. */
export interface AccountStore {
  find(key: AccountKey, value: string): Promise<AccountWithGroups | undefined>
  list(): Promise<readonly AccountRow[]>
  groups(): Promise<readonly (GroupRow & { readonly members: readonly string[] })[]>
  computers(): Promise<readonly ComputerRow[]>
  create(account: AccountRow): Promise<void>
  /** False when there is no such account. */
  change(objectGuid: string, changes: AccountChanges): Promise<boolean>
  remove(objectGuid: string): Promise<boolean>
  /** NT hashes, the newest first, without the present one. */
  formerPasswords(objectGuid: string): Promise<readonly string[]>
  /** The present password becomes a former one. */
  setPassword(objectGuid: string, ntHash: string, now: Date): Promise<void>
  addMember(groupGuid: string, memberGuid: string): Promise<void>
  removeMember(groupGuid: string, memberGuid: string): Promise<void>
}

export function createAccounts(store: Store<DirectorySchema>): AccountStore {
  return {
    find: accountFinder(store),
    list: () => store.db.selectFrom('accounts').selectAll().orderBy('user_principal_name').execute(),
    groups: () => groupsWithMembers(store),
    computers: () => store.db.selectFrom('computers').selectAll().orderBy('device_id').execute(),
    create: (account) => counted(store, async (db) => void (await db.insertInto('accounts').values(account).execute())),
    change: (objectGuid, changes) => counted(store, (db) => change(db, objectGuid, changes)),
    remove: (objectGuid) => remove(store, objectGuid),
    formerPasswords: (objectGuid) => formerPasswords(store, objectGuid),
    setPassword: (objectGuid, ntHash, now) => setPassword(store, { objectGuid, ntHash, now }),
    addMember: (groupGuid, memberGuid) => counted(store, (db) => addMember(db, groupGuid, memberGuid)),
    removeMember: (groupGuid, memberGuid) => counted(store, (db) => removeMember(db, groupGuid, memberGuid)),
  }
}

type Db = Kysely<DirectorySchema>

/** Member servers find out by the change number that what they have read no longer holds. */
function counted<T>(store: Store<DirectorySchema>, write: (db: Db) => Promise<T>): Promise<T> {
  return store.transaction(async (db) => {
    await countChange(db)
    return write(db)
  })
}

async function change(db: Db, objectGuid: string, changes: AccountChanges): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('accounts')
    .set(changes)
    .where('object_guid', '=', objectGuid)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

const accountKeys = ['object_guid', 'sid', 'user_principal_name', 'sam_account_name'] as const

/** Every sign-in and every token asks for an account, so these queries are compiled once. */
function accountFinder({ db }: Store<DirectorySchema>): AccountStore['find'] {
  const byKey = Object.fromEntries(
    accountKeys.map((key) => [
      key,
      prepared(db, ({ value }: { readonly value: string }) =>
        db
          .selectFrom('accounts')
          .selectAll()
          .where((expression) =>
            key === 'sam_account_name'
              ? expression(expression.fn('lower', [key]), '=', value)
              : expression(key, '=', value),
          ),
      ),
    ]),
  ) as Readonly<Record<AccountKey, PreparedQuery<{ readonly value: string }, AccountRow>>>
  const groupsOf = prepared(db, ({ member }: { readonly member: string }) =>
    db
      .selectFrom('groups')
      .innerJoin('memberships', 'memberships.group_guid', 'groups.object_guid')
      .selectAll('groups')
      .where('memberships.member_guid', '=', member)
      .orderBy('groups.name'),
  )
  return async (key, value) => {
    const [account] = (await byKey[key]({ value: key === 'sid' ? value.toUpperCase() : value.toLowerCase() })).rows
    return account && { account, groups: (await groupsOf({ member: account.object_guid })).rows }
  }
}

async function groupsWithMembers(store: Store<DirectorySchema>) {
  const [groups, memberships] = await Promise.all([
    store.db.selectFrom('groups').selectAll().orderBy('name').execute(),
    store.db.selectFrom('memberships').selectAll().execute(),
  ])
  const members = Map.groupBy(memberships, (row) => row.group_guid)
  return groups.map((group) => ({
    ...group,
    members: (members.get(group.object_guid) ?? []).map((row) => row.member_guid),
  }))
}

async function remove(store: Store<DirectorySchema>, objectGuid: string): Promise<boolean> {
  return counted(store, async (db) => {
    await db.deleteFrom('former_passwords').where('object_guid', '=', objectGuid).execute()
    await db.deleteFrom('memberships').where('member_guid', '=', objectGuid).execute()
    const { numDeletedRows } = await db.deleteFrom('accounts').where('object_guid', '=', objectGuid).executeTakeFirst()
    return numDeletedRows > 0n
  })
}

async function addMember(db: Db, groupGuid: string, memberGuid: string): Promise<void> {
  await db
    .insertInto('memberships')
    .values({ group_guid: groupGuid, member_guid: memberGuid })
    .onConflict((conflict) => conflict.columns(['group_guid', 'member_guid']).doNothing())
    .execute()
}

async function removeMember(db: Db, groupGuid: string, memberGuid: string): Promise<void> {
  await db.deleteFrom('memberships').where('group_guid', '=', groupGuid).where('member_guid', '=', memberGuid).execute()
}

const remembered = 24

async function formerPasswords(store: Store<DirectorySchema>, objectGuid: string): Promise<readonly string[]> {
  const rows = await store.db
    .selectFrom('former_passwords')
    .select('nt_hash')
    .where('object_guid', '=', objectGuid)
    .orderBy('id', 'desc')
    .limit(remembered)
    .execute()
  return rows.map((row) => row.nt_hash)
}

function setPassword(
  store: Store<DirectorySchema>,
  { objectGuid, ntHash, now }: { objectGuid: string; ntHash: string; now: Date },
): Promise<void> {
  return counted(store, async (db) => {
    const present = await db
      .selectFrom('accounts')
      .select('nt_hash')
      .where('object_guid', '=', objectGuid)
      .executeTakeFirst()
    if (!present) return
    await db.insertInto('former_passwords').values({ object_guid: objectGuid, nt_hash: present.nt_hash }).execute()
    await db
      .updateTable('accounts')
      .set({ nt_hash: ntHash, password_expired: 0, password_set_at: now.toISOString() })
      .where('object_guid', '=', objectGuid)
      .execute()
  })
}
