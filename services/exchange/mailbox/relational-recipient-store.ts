import type { Kysely } from 'kysely'
import { type PreparedQuery, prepared } from '#shared/store/prepared.ts'
import type { MailboxTables, RecipientRow } from './mailbox-tables.ts'
import type { Recipient, RecipientKey, RecipientStore, RecipientType } from './recipient-store.ts'

const columns = {
  objectGuid: 'object_guid',
  entraObjectId: 'entra_object_id',
  userPrincipalName: 'user_principal_name',
  emailAddress: 'email_address',
  mailboxId: 'mailbox_id',
  sid: 'sid',
} as const satisfies Record<RecipientKey, keyof RecipientRow>

export function relationalRecipientStore<Schema extends MailboxTables>(schemaDb: Kysely<Schema>): RecipientStore {
  const db = schemaDb as unknown as Kysely<MailboxTables>
  const by = Object.fromEntries(
    Object.entries(columns).map(([key, column]) => [
      key,
      prepared(db, ({ value }: { readonly value: string }) =>
        db.selectFrom('recipient').selectAll().where(column, '=', value).limit(1),
      ),
    ]),
  ) as unknown as Record<RecipientKey, PreparedQuery<{ readonly value: string }, RecipientRow>>
  return {
    findRecipient: async (key, value) => {
      const { rows } = await by[key]({ value: key === 'sid' ? value.toUpperCase() : value.toLowerCase() })
      return rows[0] && recipientOf(rows[0])
    },
    listRecipients: async (limit) => {
      const all = db.selectFrom('recipient').selectAll().orderBy('user_principal_name')
      const rows = await (limit === undefined ? all : all.limit(limit)).execute()
      return rows.map(recipientOf)
    },
    searchRecipients: async (text, limit) => {
      const wanted = text.trim().toLowerCase()
      if (wanted === '') return []
      const rows = await db
        .selectFrom('recipient')
        .selectAll()
        .where('search_text', 'like', `%\n${wanted.replace(/[%_\\]/g, ' ')}%`)
        .orderBy('display_name')
        .limit(limit)
        .execute()
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
    emailAddress: row.email_address,
    alias: row.alias,
    displayName: row.display_name,
    givenName: row.given_name,
    surname: row.surname,
    title: row.title,
    department: row.department,
    mobile: row.mobile,
  }
}

/** Names and addresses, each after a line break, so that `like` finds what begins with a text. */
export function searchTextOf(...names: readonly string[]): string {
  return names
    .filter((name) => name !== '')
    .map((name) => `\n${name.toLowerCase()}`)
    .join('')
}
