import type { Insertable, Kysely } from 'kysely'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { instantOf } from '#shared/scenario/instants.ts'
import type { Scenario, Message as ScenarioMessage, User } from '#shared/scenario/world.ts'
import { previewOf, textOfHtml, topicOf, wordsOf } from './body-text.ts'
import type { Composition } from './composition.ts'
import { beginning } from './conversation.ts'
import { type FolderClass, folderNames, type WellKnownFolder, wellKnownFolders } from './folder.ts'
import { nameAndAddress } from './mail-address.ts'
import type { FolderRow, ItemContentRow, MailboxRow, MailboxTables } from './mailbox-tables.ts'
import { emptyFolderRow, folderIdOf } from './make-mailbox.ts'
import { type ParsedMessage, searchedTexts } from './parse-message.ts'
import { searchTextOf } from './recipient-writes.ts'
import { insertWords } from './search-index.ts'
import { seedItemsOf } from './seed-items.ts'
import { itemRowOf, messageContent, messageRow, type NewRow } from './store-item.ts'

export type MailboxLocation = 'online' | 'onPremises'

/** SQLite allows 32,766 parameters a statement. */
const rowsAStatement = 500

export interface MailboxSeed {
  readonly scenario: Scenario
  readonly location: MailboxLocation
  readonly start: Date
}

/** Every person of the world is a recipient; those whose mailbox is at `location` get it here. */
export async function seedMailboxes<Schema extends MailboxTables>(
  schemaDb: Kysely<Schema>,
  { scenario, location, start }: MailboxSeed,
): Promise<void> {
  const db = schemaDb as unknown as Kysely<MailboxTables>
  const people = scenario.users.filter((user) => user.mailbox !== undefined)
  const owners = people.filter((user) => user.mailbox?.location === location)
  const routingDomain = routingDomainOf(scenario)
  await insert(
    people.map((user) => recipientRow(user, { location, routingDomain, start })),
    (rows) => db.insertInto('recipient').values(rows),
  )
  await insert(
    people.flatMap((user) => addressRows(user, routingDomain)),
    (rows) => db.insertInto('recipient_address').values(rows),
  )
  for (const owner of owners) await writeMailbox(db, scenario, owner, start)
}

async function insert<Row>(rows: readonly Row[], statement: (rows: Row[]) => { execute(): Promise<unknown> }) {
  for (let first = 0; first < rows.length; first += rowsAStatement)
    await statement(rows.slice(first, first + rowsAStatement)).execute()
}

/** The domain by which the organization's servers reach Exchange Online ("Hybrid mail flow"). */
export function routingDomainOf({ tenant }: Pick<Scenario, 'tenant'>): string {
  const [name = '', ...rest] = tenant.initialDomain.toLowerCase().split('.')
  return [name, 'mail', ...rest].join('.')
}

/** In a hybrid organization everybody of the directory has an address in both domains. */
function addressRows(user: User, routingDomain: string) {
  const addresses = [user.userPrincipalName, ...(user.cloudOnly ? [] : [routingAddress(user, routingDomain)])]
  return addresses.map((address) => ({ address: address.toLowerCase(), object_guid: user.objectGuid.toLowerCase() }))
}

function routingAddress({ samAccountName }: User, routingDomain: string): string {
  return `${samAccountName.toLowerCase()}@${routingDomain}`
}

/** What the place says of where the mailbox is. */
function typeColumns(user: User, location: MailboxLocation, routingDomain: string) {
  if (user.mailbox?.location === location)
    return { recipient_type: 'UserMailbox', type_details: 'UserMailbox', external_address: null }
  const elsewhere =
    location === 'onPremises'
      ? { type_details: 'RemoteUserMailbox', external_address: routingAddress(user, routingDomain) }
      : { type_details: 'MailUser', external_address: user.userPrincipalName.toLowerCase() }
  return { recipient_type: 'MailUser', ...elsewhere }
}

interface SeedPlace extends Pick<MailboxSeed, 'location' | 'start'> {
  readonly routingDomain: string
}

function recipientRow(user: User, { location, routingDomain, start }: SeedPlace) {
  const here = user.mailbox?.location === location
  const name = user.userPrincipalName.toLowerCase()
  const { displayName, givenName = '', surname = '', samAccountName } = user
  return {
    object_guid: user.objectGuid.toLowerCase(),
    entra_object_id: user.entraObjectId.toLowerCase(),
    sid: user.sid?.toUpperCase() ?? null,
    user_principal_name: name,
    email_address: name,
    alias: samAccountName.toLowerCase(),
    display_name: displayName,
    given_name: givenName,
    surname,
    title: user.title ?? '',
    department: user.department ?? '',
    mobile: user.mobile ?? '',
    search_text: searchTextOf(displayName, givenName, surname, samAccountName, name),
    ...typeColumns(user, location, routingDomain),
    is_hidden: 0,
    is_dir_synced: Number(location === 'online' && !user.cloudOnly && user.synchronized),
    mailbox_id: here ? mailboxIdOf(user) : null,
    created_at: start.getTime(),
    mailbox_created_at: here ? start.getTime() : null,
  }
}

function mailboxIdOf(user: User): string {
  return derivedGuid('mailbox', user.userPrincipalName)
}

/** A row with its content, before it has its number. */
interface Written {
  readonly row: NewRow
  readonly content: Omit<ItemContentRow, 'item_number'>
  readonly words: readonly string[]
}

async function writeMailbox(db: Kysely<MailboxTables>, scenario: Scenario, owner: User, start: Date): Promise<void> {
  const mailboxId = mailboxIdOf(owner)
  const written = [
    ...(await Promise.all(
      messagesOf(scenario, owner).map((message, index) => messageOf(owner, message, index, start)),
    )),
    ...seedItemsOf(scenario, owner, start).map((item, index) => otherItem(owner, item, index)),
  ].map((each, index) => ({ ...each, row: numbered(each.row, index + 1) }))
  await db.insertInto('mailbox').values(mailboxRow(mailboxId, written)).execute()
  await insert(
    wellKnownFolders.map((name, position) => folderRow(mailboxId, name, position, written)),
    (rows) => db.insertInto('folder').values(rows),
  )
  if (written.length === 0) return
  const stored = await db
    .insertInto('item')
    .values(written.map(({ row }) => row))
    .returning(['id', 'number'])
    .execute()
  const numbers = new Map(stored.map(({ id, number }) => [id, number]))
  const numberOf = ({ row }: Written) => numbers.get(row.id) ?? 0
  await insert(
    written.map((each) => ({ ...each.content, item_number: numberOf(each) })),
    (rows) => db.insertInto('item_content').values(rows),
  )
  const hits = written.flatMap((each) =>
    each.words.map((word) => ({ mailbox_id: mailboxId, word, item_number: numberOf(each) })),
  )
  await insertWords(db, hits)
}

function numbered(row: NewRow, number: number): NewRow {
  return {
    ...row,
    change_number: number,
    arrived_number: number,
    read_number: number,
    flag_number: number,
    categories_number: number,
    content_number: number,
  }
}

function mailboxRow(id: string, written: readonly Written[]): MailboxRow {
  const size = written.reduce((sum, { row }) => sum + row.size, 0)
  return { id, change_number: written.length, size_bytes: size, quota_bytes: null }
}

function folderRow(
  mailboxId: string,
  name: WellKnownFolder,
  position: number,
  written: readonly Written[],
): Insertable<FolderRow> {
  const row = emptyFolderRow(mailboxId, name, position)
  const inside = written.map((each) => each.row).filter((each) => each.folder_id === row.id)
  return {
    ...row,
    unread_count: inside.filter((each) => each.unread === 1).length,
    total_count: inside.length,
    change_number: Math.max(0, ...inside.map((each) => each.change_number)),
  }
}

function folderNamed(displayName: string): WellKnownFolder {
  return wellKnownFolders.find((name) => folderNames[name] === displayName) ?? 'inbox'
}

const foldersByClass: Readonly<Record<FolderClass, WellKnownFolder>> = {
  mail: 'inbox',
  calendar: 'calendar',
  contacts: 'contacts',
  tasks: 'tasks',
  notes: 'notes',
}

function otherItem(owner: User, item: ReturnType<typeof seedItemsOf>[number], index: number): Written {
  const mailboxId = mailboxIdOf(owner)
  const place = { id: derivedGuid('item', `${owner.userPrincipalName}/${index}`), mailboxId, changeNumber: 0 }
  const row = itemRowOf(place, { ...item, folderId: folderIdOf(mailboxId, foldersByClass[item.folder]) }, [])
  const body = { body_text: item.text ?? null, body_html: item.html ?? null }
  return {
    row,
    content: { mime: null, composition: null, ...body, attachments: '[]' },
    words: wordsOf(item.subject, item.text ?? '', row.properties),
  }
}

function messagesOf({ exchange, users }: Scenario, owner: User): readonly ScenarioMessage[] {
  const names = new Map(users.map((user) => [user.userPrincipalName.toLowerCase(), user.displayName]))
  const name = owner.userPrincipalName.toLowerCase()
  const withName = (address: string) => {
    const known = names.get(address.toLowerCase())
    return known === undefined ? address : `"${known.replaceAll('"', '')}" <${address}>`
  }
  return exchange.messages
    .filter((message) => message.mailbox.toLowerCase() === name)
    .map((message) => ({ ...message, to: message.to.map(withName), cc: message.cc.map(withName) }))
}

async function messageOf(owner: User, message: ScenarioMessage, index: number, start: Date): Promise<Written> {
  const mailboxId = mailboxIdOf(owner)
  const id = derivedGuid('message', `${owner.userPrincipalName}/${index}`)
  const receivedAt = instantOf(message.receivedAt, start)
  const composition = compositionOf(message, id, receivedAt)
  const parsed = await parsedOf(composition)
  const folder = folderNamed(message.folder)
  const delivery = {
    folderId: folderIdOf(mailboxId, folder),
    receivedAt,
    unread: message.unread,
    isDraft: folder === 'drafts',
  }
  const place = { id, mailboxId, changeNumber: 0 }
  return {
    row: messageRow(place, delivery, parsed, beginning(mailboxId, parsed, receivedAt)),
    content: { mime: null, composition: JSON.stringify(composition), ...messageContent(parsed) },
    words: wordsOf(...searchedTexts(parsed)),
  }
}

/** What reading the composed MIME text would give, without composing it. */
async function parsedOf(composition: Composition): Promise<ParsedMessage> {
  const { from, to, cc, subject, html, importance } = composition
  const sender = nameAndAddress(from)
  const text = composition.text || (html === undefined ? '' : await textOfHtml(html))
  const attachments = composition.attachments.map(({ name, contentType, content }, index) => {
    return { id: String(index), name, contentType, isInline: false, size: Buffer.byteLength(content, 'base64') }
  })
  return {
    sender: sender.name,
    senderAddress: sender.address,
    subject,
    preview: previewOf(text),
    importance,
    messageClass: 'IPM.Note',
    internetMessageId: composition.messageId,
    properties: {
      from: sender,
      to: to.map(nameAndAddress),
      cc: cc.map(nameAndAddress),
      bcc: [],
      replyTo: [],
      references: [],
      topic: topicOf(subject),
    },
    text,
    ...(html !== undefined && { html }),
    attachments,
    size: (600 + text.length + (html?.length ?? 0) + attachments.reduce((sum, each) => sum + each.size * 1.4, 0)) | 0,
  }
}

function compositionOf(message: ScenarioMessage, id: string, receivedAt: Date): Composition {
  const { from, to, cc, subject, text, html, importance } = message
  const domain = nameAndAddress(from).address.split('@')[1] ?? 'localhost'
  return {
    messageId: `${id}@${domain}`,
    date: receivedAt.toISOString(),
    from,
    to: [...to],
    cc: [...cc],
    subject,
    text,
    ...(html !== undefined && { html }),
    importance,
    attachments: message.attachments.map((each) => ({
      name: each.name,
      contentType: each.contentType,
      content: each.base64 ?? Buffer.from(each.text ?? '').toString('base64'),
    })),
  }
}
