import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import { withoutAccents } from './body-text.ts'
import type { MailboxTables, RecipientRow } from './mailbox-tables.ts'
import { AddressTaken, type NewRecipient, type RecipientChanges, type RecipientStore } from './recipient-store.ts'

type Database = Kysely<MailboxTables>
type Writes = Pick<RecipientStore, 'addressesOf' | 'addRecipient' | 'changeRecipient' | 'removeRecipient'>

/** To be called in a transaction where more than one of them belong together. */
export function recipientWrites(db: Database, clock: Pick<Clock, 'now'>): Writes {
  return {
    addressesOf: (objectGuid) => addressesOf(db, objectGuid),
    addRecipient: (recipient) => addRecipient(db, recipient, clock.now()),
    changeRecipient: (objectGuid, changes) => changeRecipient(db, objectGuid, { ...changes, at: clock.now() }),
    removeRecipient: async (objectGuid) => {
      for (const column of ['group_guid', 'member_guid'] as const)
        await db.deleteFrom('recipient_member').where(column, '=', objectGuid).execute()
      await db.deleteFrom('recipient_address').where('object_guid', '=', objectGuid).execute()
      await db.deleteFrom('recipient').where('object_guid', '=', objectGuid).execute()
    },
  }
}

async function addressesOf(db: Database, objectGuid: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('recipient_address')
    .innerJoin('recipient', 'recipient.object_guid', 'recipient_address.object_guid')
    .select(['recipient_address.address', 'recipient.email_address'])
    .where('recipient_address.object_guid', '=', objectGuid)
    .orderBy('recipient_address.address')
    .execute()
  const primary = rows[0]?.email_address
  const others = rows.map(({ address }) => address).filter((address) => address !== primary)
  return primary === undefined ? [] : [primary, ...others]
}

async function addRecipient(db: Database, recipient: NewRecipient, at: Date): Promise<void> {
  const { objectGuid, emailAddress, otherAddresses, userPrincipalName } = recipient
  await refuseTakenName(db, objectGuid, userPrincipalName)
  const row = { ...columnsOf(recipient), object_guid: objectGuid, entra_object_id: recipient.entraObjectId }
  const times = {
    created_at: at.getTime(),
    mailbox_created_at: recipient.mailboxId === undefined ? null : at.getTime(),
  }
  await db
    .insertInto('recipient')
    .values({
      ...(row as RecipientRow),
      ...times,
      sid: recipient.sid ?? null,
      search_text: searchText(row as RecipientRow),
    })
    .execute()
  await keepAddresses(db, objectGuid, [emailAddress, ...otherAddresses])
}

async function changeRecipient(
  db: Database,
  objectGuid: string,
  { at, ...changes }: RecipientChanges & { readonly at: Date },
): Promise<void> {
  const before = await db
    .selectFrom('recipient')
    .selectAll()
    .where('object_guid', '=', objectGuid)
    .executeTakeFirstOrThrow()
  if (changes.userPrincipalName !== undefined) await refuseTakenName(db, objectGuid, changes.userPrincipalName)
  const others = changes.otherAddresses ?? (await addressesOf(db, objectGuid)).slice(1)
  const after = { ...before, ...columnsOf(changes) }
  if (changes.emailAddress !== undefined || changes.otherAddresses !== undefined)
    await keepAddresses(db, objectGuid, [after.email_address, ...others])
  await db
    .updateTable('recipient')
    .set({ ...columnsOf(changes), ...mailboxTime(before, changes, at), search_text: searchText(after) })
    .where('object_guid', '=', objectGuid)
    .execute()
}

/** A mailbox that comes is new; one that goes takes its moment along. */
function mailboxTime(before: RecipientRow, { mailboxId }: RecipientChanges, at: Date): Partial<RecipientRow> {
  if (mailboxId === undefined || mailboxId === before.mailbox_id) return {}
  return { mailbox_created_at: mailboxId === null ? null : at.getTime() }
}

async function keepAddresses(db: Database, objectGuid: string, addresses: readonly string[]): Promise<void> {
  const wanted = [...new Set(addresses.map((address) => address.toLowerCase()))]
  const holder = await db
    .selectFrom('recipient_address')
    .innerJoin('recipient', 'recipient.object_guid', 'recipient_address.object_guid')
    .select(['recipient_address.address', 'recipient.display_name'])
    .where('recipient_address.address', 'in', wanted)
    .where('recipient_address.object_guid', '!=', objectGuid)
    .executeTakeFirst()
  if (holder) throw new AddressTaken(holder.address, holder.display_name)
  await db.deleteFrom('recipient_address').where('object_guid', '=', objectGuid).execute()
  const rows = wanted.map((address) => ({ address, object_guid: objectGuid }))
  await db.insertInto('recipient_address').values(rows).execute()
}

async function refuseTakenName(db: Database, objectGuid: string, name: string): Promise<void> {
  const holder = await db
    .selectFrom('recipient')
    .select('display_name')
    .where('user_principal_name', '=', name.toLowerCase())
    .where('object_guid', '!=', objectGuid)
    .executeTakeFirst()
  if (holder) throw new AddressTaken(name, holder.display_name)
}

/** The columns that a value is given for. */
function columnsOf(changes: RecipientChanges): Partial<RecipientRow> {
  const columns = {
    recipient_type: changes.type,
    type_details: changes.typeDetails,
    mailbox_id: changes.mailboxId,
    external_address: changes.externalAddress,
    is_hidden: changes.isHidden === undefined ? undefined : Number(changes.isHidden),
    is_dir_synced: changes.isDirSynced === undefined ? undefined : Number(changes.isDirSynced),
    user_principal_name: changes.userPrincipalName?.toLowerCase(),
    email_address: changes.emailAddress?.toLowerCase(),
    alias: changes.alias,
    display_name: changes.displayName,
    given_name: changes.givenName,
    surname: changes.surname,
    title: changes.title,
    department: changes.department,
    mobile: changes.mobile,
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}

function searchText(row: RecipientRow): string {
  return searchTextOf(row.display_name, row.given_name, row.surname, row.alias, row.email_address)
}

/** Names and addresses without accents, each after a line break, so that `like` finds what begins with a text. */
export function searchTextOf(...names: readonly string[]): string {
  return names
    .filter((name) => name !== '')
    .map((name) => `\n${withoutAccents(name.toLowerCase())}`)
    .join('')
}
