import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import { type PreparedQuery, prepared } from '#shared/store/prepared.ts'
import { withoutAccents } from './body-text.ts'
import type { MailboxTables, RecipientRow } from './mailbox-tables.ts'
import { recipientMembers } from './recipient-members.ts'
import type { Recipient, RecipientKey, RecipientStore, RecipientType, RecipientTypeDetails } from './recipient-store.ts'
import { recipientWrites } from './recipient-writes.ts'

const columns = {
  objectGuid: 'object_guid',
  entraObjectId: 'entra_object_id',
  userPrincipalName: 'user_principal_name',
  mailboxId: 'mailbox_id',
  sid: 'sid',
} as const satisfies Record<Exclude<RecipientKey, 'emailAddress'>, keyof RecipientRow>

export function relationalRecipientStore<Schema extends MailboxTables>(
  schemaDb: Kysely<Schema>,
  clock: Pick<Clock, 'now'>,
): RecipientStore {
  const db = schemaDb as unknown as Kysely<MailboxTables>
  const by = Object.fromEntries(
    Object.entries(columns).map(([key, column]) => [
      key,
      prepared(db, ({ value }: { readonly value: string }) =>
        db.selectFrom('recipient').selectAll().where(column, '=', value).limit(1),
      ),
    ]),
  ) as unknown as Record<Exclude<RecipientKey, 'emailAddress'>, PreparedQuery<{ readonly value: string }, RecipientRow>>
  const byAddress = prepared(db, ({ value }: { readonly value: string }) =>
    db
      .selectFrom('recipient_address')
      .innerJoin('recipient', 'recipient.object_guid', 'recipient_address.object_guid')
      .selectAll('recipient')
      .where('recipient_address.address', '=', value),
  )
  return {
    findRecipient: async (key, value) => {
      const find = key === 'emailAddress' ? byAddress : by[key]
      const { rows } = await find({ value: key === 'sid' ? value.toUpperCase() : value.toLowerCase() })
      return rows[0] && recipientOf(rows[0])
    },
    ...lists(db),
    ...recipientMembers(db),
    ...recipientWrites(db, clock),
  }
}

function lists(db: Kysely<MailboxTables>): Pick<RecipientStore, 'listRecipients' | 'searchRecipients'> {
  return {
    listRecipients: async (limit) => {
      const all = db.selectFrom('recipient').selectAll().orderBy('user_principal_name')
      const rows = await (limit === undefined ? all : all.limit(limit)).execute()
      return rows.map(recipientOf)
    },
    searchRecipients: async (text, limit) => {
      const wanted = withoutAccents(text.trim().toLowerCase())
      if (wanted === '') return []
      const rows = await db
        .selectFrom('recipient')
        .selectAll()
        .where('search_text', 'like', `%\n${wanted.replace(/[%_\\]/g, ' ')}%`)
        .where((row) => row.or([row('is_hidden', 'is', null), row('is_hidden', '=', 0)]))
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
    typeDetails: (row.type_details ?? row.recipient_type) as RecipientTypeDetails,
    ...(row.external_address && { externalAddress: row.external_address }),
    isHidden: row.is_hidden === 1,
    isDirSynced: row.is_dir_synced === 1,
    ...(row.mailbox_id && { mailboxId: row.mailbox_id }),
    objectGuid: row.object_guid,
    entraObjectId: row.entra_object_id,
    ...(row.sid && { sid: row.sid }),
    ...(row.created_at !== null && { createdAt: new Date(row.created_at) }),
    ...(row.mailbox_created_at !== null && { mailboxCreatedAt: new Date(row.mailbox_created_at) }),
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
