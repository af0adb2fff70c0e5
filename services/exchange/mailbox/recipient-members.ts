import type { Kysely } from 'kysely'
import type { Migration } from '#shared/store/store.ts'
import type { MailboxTables } from './mailbox-tables.ts'
import type { RecipientStore } from './recipient-store.ts'

/** Who is in a distribution group; both are objectGuids. */
export interface RecipientMemberRow {
  group_guid: string
  member_guid: string
}

export const recipientMembersMigration: Migration = {
  name: 'exchange-040-members',
  async up({ schema }) {
    await schema
      .createTable('recipient_member')
      .addColumn('group_guid', 'text', (column) => column.notNull())
      .addColumn('member_guid', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('recipient_member_key', ['group_guid', 'member_guid'])
      .execute()
    await schema.createIndex('recipient_member_by_member').on('recipient_member').column('member_guid').execute()
  },
}

type Members = Pick<RecipientStore, 'membersOf' | 'groupsOf' | 'setMembers'>

export function recipientMembers(db: Kysely<MailboxTables>): Members {
  return {
    membersOf: async (groupGuid) => {
      const rows = await db
        .selectFrom('recipient_member')
        .select('member_guid')
        .where('group_guid', '=', groupGuid)
        .orderBy('member_guid')
        .execute()
      return rows.map((row) => row.member_guid)
    },
    groupsOf: async (memberGuid) => {
      const rows = await db
        .selectFrom('recipient_member')
        .select('group_guid')
        .where('member_guid', '=', memberGuid)
        .execute()
      return rows.map((row) => row.group_guid)
    },
    setMembers: async (groupGuid, members) => {
      await db.deleteFrom('recipient_member').where('group_guid', '=', groupGuid).execute()
      const rows = [...new Set(members)].map((member_guid) => ({ group_guid: groupGuid, member_guid }))
      if (rows.length > 0) await db.insertInto('recipient_member').values(rows).execute()
    },
  }
}
