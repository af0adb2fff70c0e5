import type { Store } from '#shared/store/store.ts'
import { countChange } from './change-number.ts'
import type { ContactRow, DirectorySchema, GroupRow } from './schema.ts'

/** Groups and contacts, as far as Exchange makes and changes them. */
export interface MailObjectStore {
  groups(): Promise<readonly (GroupRow & { readonly members: readonly string[] })[]>
  contacts(): Promise<readonly ContactRow[]>
  addGroup(group: GroupRow): Promise<void>
  addContact(contact: ContactRow): Promise<void>
  /** False when there is none. */
  changeGroup(objectGuid: string, changes: Partial<GroupRow>): Promise<boolean>
  changeContact(objectGuid: string, changes: Partial<ContactRow>): Promise<boolean>
  setMembers(groupGuid: string, members: readonly string[]): Promise<void>
  remove(kind: 'groups' | 'contacts', objectGuid: string): Promise<boolean>
}

export function mailObjects(store: Store<DirectorySchema>, groups: MailObjectStore['groups']): MailObjectStore {
  const counted = <T>(write: (db: Store<DirectorySchema>['db']) => Promise<T>) =>
    store.transaction(async (db) => {
      await countChange(db)
      return write(db)
    })
  return {
    groups,
    contacts: () => store.db.selectFrom('contacts').selectAll().orderBy('name').execute(),
    addGroup: (group) => counted(async (db) => void (await db.insertInto('groups').values(group).execute())),
    addContact: (contact) => counted(async (db) => void (await db.insertInto('contacts').values(contact).execute())),
    changeGroup: (objectGuid, changes) =>
      counted(async (db) => {
        const changed = db.updateTable('groups').set(changes).where('object_guid', '=', objectGuid)
        return (await changed.executeTakeFirst()).numUpdatedRows > 0n
      }),
    changeContact: (objectGuid, changes) =>
      counted(async (db) => {
        const changed = db.updateTable('contacts').set(changes).where('object_guid', '=', objectGuid)
        return (await changed.executeTakeFirst()).numUpdatedRows > 0n
      }),
    setMembers: (groupGuid, members) =>
      counted(async (db) => {
        await db.deleteFrom('memberships').where('group_guid', '=', groupGuid).execute()
        const rows = [...new Set(members)].map((member_guid) => ({ group_guid: groupGuid, member_guid }))
        if (rows.length > 0) await db.insertInto('memberships').values(rows).execute()
      }),
    remove: (kind, objectGuid) =>
      counted(async (db) => {
        for (const column of ['group_guid', 'member_guid'] as const)
          await db.deleteFrom('memberships').where(column, '=', objectGuid).execute()
        const deleted = db.deleteFrom(kind).where('object_guid', '=', objectGuid)
        return (await deleted.executeTakeFirst()).numDeletedRows > 0n
      }),
  }
}
