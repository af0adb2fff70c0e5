import type { Kysely } from 'kysely'
import type { Recipient, RecipientKey, RecipientStore, RecipientType } from './mailbox-store.ts'
import type { MailboxTables, RecipientRow } from './mailbox-tables.ts'

const columns = {
  objectGuid: 'object_guid',
  entraObjectId: 'entra_object_id',
  userPrincipalName: 'user_principal_name',
} as const satisfies Record<RecipientKey, keyof RecipientRow>

export function relationalRecipientStore<Schema extends MailboxTables>(schemaDb: Kysely<Schema>): RecipientStore {
  const db = schemaDb as unknown as Kysely<MailboxTables>
  return {
    findRecipient: async (key, value) => {
      const row = await db
        .selectFrom('recipient')
        .selectAll()
        .where(columns[key], '=', value.toLowerCase())
        .executeTakeFirst()
      return row && recipientOf(row)
    },
    listRecipients: async () => {
      const rows = await db.selectFrom('recipient').selectAll().orderBy('user_principal_name').execute()
      return rows.map(recipientOf)
    },
  }
}

function recipientOf(row: RecipientRow): Recipient {
  return {
    type: row.recipient_type as RecipientType,
    ...(row.mailbox_id && { mailboxId: row.mailbox_id }),
    objectGuid: row.object_guid,
    entraObjectId: row.entra_object_id,
    userPrincipalName: row.user_principal_name,
    displayName: row.display_name,
  }
}
