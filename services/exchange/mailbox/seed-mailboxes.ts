import type { Insertable, Kysely } from 'kysely'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { instantOf } from '#shared/scenario/instants.ts'
import type { Scenario, Message as ScenarioMessage, User } from '#shared/scenario/world.ts'
import type { Composition } from './composition.ts'
import { type WellKnownFolder, wellKnownFolders } from './mailbox-store.ts'
import type { FolderRow, MailboxTables, MessageContentRow, MessageRow } from './mailbox-tables.ts'

export type MailboxLocation = 'online' | 'onPremises'

const displayNames: Readonly<Record<WellKnownFolder, string>> = {
  inbox: 'Inbox',
  drafts: 'Drafts',
  sentitems: 'Sent Items',
  deleteditems: 'Deleted Items',
  archive: 'Archive',
  junkemail: 'Junk Email',
  outbox: 'Outbox',
}

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
  const names = new Map(scenario.users.map((user) => [user.userPrincipalName.toLowerCase(), user.displayName]))
  const written = owners.map((owner) => writeMailbox(owner, messagesOf(scenario, owner, names), start))
  await insert(
    people.map((user) => recipientRow(user, location)),
    (rows) => db.insertInto('recipient').values(rows),
  )
  await insert(
    written.map((each) => each.mailbox),
    (rows) => db.insertInto('mailbox').values(rows),
  )
  await insert(
    written.flatMap((each) => each.folders),
    (rows) => db.insertInto('folder').values(rows),
  )
  await insert(
    written.flatMap((each) => each.messages),
    (rows) => db.insertInto('message').values(rows),
  )
  await insert(
    written.flatMap((each) => each.contents),
    (rows) => db.insertInto('message_content').values(rows),
  )
}

async function insert<Row>(rows: readonly Row[], statement: (rows: Row[]) => { execute(): Promise<unknown> }) {
  for (let first = 0; first < rows.length; first += rowsAStatement)
    await statement(rows.slice(first, first + rowsAStatement)).execute()
}

function recipientRow(user: User, location: MailboxLocation) {
  const here = user.mailbox?.location === location
  return {
    object_guid: user.objectGuid.toLowerCase(),
    entra_object_id: user.entraObjectId.toLowerCase(),
    user_principal_name: user.userPrincipalName.toLowerCase(),
    display_name: user.displayName,
    recipient_type: here ? 'UserMailbox' : 'MailUser',
    mailbox_id: here ? mailboxIdOf(user) : null,
  }
}

function mailboxIdOf(user: User): string {
  return derivedGuid('mailbox', user.userPrincipalName)
}

function messagesOf(
  { exchange }: Scenario,
  owner: User,
  names: ReadonlyMap<string, string>,
): readonly ScenarioMessage[] {
  const name = owner.userPrincipalName.toLowerCase()
  const withName = (address: string) => {
    const known = names.get(address.toLowerCase())
    return known === undefined ? address : `"${known.replaceAll('"', '')}" <${address}>`
  }
  return exchange.messages
    .filter((message) => message.mailbox.toLowerCase() === name)
    .map((message) => ({ ...message, to: message.to.map(withName), cc: message.cc.map(withName) }))
}

interface WrittenMailbox {
  readonly mailbox: MailboxTables['mailbox']
  readonly folders: readonly Insertable<FolderRow>[]
  readonly messages: readonly Insertable<MessageRow>[]
  readonly contents: readonly MessageContentRow[]
}

function writeMailbox(owner: User, given: readonly ScenarioMessage[], start: Date): WrittenMailbox {
  const mailboxId = mailboxIdOf(owner)
  const written = given.map((message, index) => ({
    message,
    id: derivedGuid('message', `${owner.userPrincipalName}/${index}`),
    receivedAt: instantOf(message.receivedAt, start),
    changeNumber: index + 1,
  }))
  const messages = written.map((each) => messageRow(mailboxId, each))
  return {
    mailbox: { id: mailboxId, change_number: given.length },
    folders: wellKnownFolders.map((name, position) => folderRow(mailboxId, name, position, messages)),
    messages,
    contents: written.map(({ message, id, receivedAt }) => ({
      message_id: id,
      mime: null,
      composition: JSON.stringify(compositionOf(message, id, receivedAt)),
    })),
  }
}

interface WrittenMessage {
  readonly message: ScenarioMessage
  readonly id: string
  readonly receivedAt: Date
  readonly changeNumber: number
}

function messageRow(mailboxId: string, { message, id, receivedAt, changeNumber }: WrittenMessage) {
  const { name, address } = nameAndAddress(message.from)
  return {
    id,
    mailbox_id: mailboxId,
    folder_id: folderIdOf(mailboxId, folderNamed(message.folder)),
    change_number: changeNumber,
    received_at: receivedAt.getTime(),
    sender: name,
    sender_address: address,
    subject: message.subject,
    preview: previewOf(message.text),
    unread: Number(message.unread),
    importance: message.importance,
    has_attachments: Number(message.attachments.length > 0),
  }
}

function folderRow(
  mailboxId: string,
  name: WellKnownFolder,
  position: number,
  messages: readonly { folder_id: string; unread: number; change_number: number }[],
) {
  const id = folderIdOf(mailboxId, name)
  const inside = messages.filter((message) => message.folder_id === id)
  return {
    id,
    mailbox_id: mailboxId,
    parent_id: null,
    well_known: name,
    display_name: displayNames[name],
    position,
    unread_count: inside.filter((message) => message.unread === 1).length,
    total_count: inside.length,
    change_number: Math.max(0, ...inside.map((message) => message.change_number)),
  }
}

function folderIdOf(mailboxId: string, name: WellKnownFolder): string {
  return derivedGuid('folder', `${mailboxId}/${name}`)
}

function folderNamed(displayName: string): WellKnownFolder {
  return wellKnownFolders.find((name) => displayNames[name] === displayName) ?? 'inbox'
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

/** `Erin Ek <erin@contoso.com>` or an address alone. */
function nameAndAddress(written: string): { readonly name: string; readonly address: string } {
  const parts = /^\s*"?(.*?)"?\s*<([^>]+)>\s*$/.exec(written)
  const address = parts?.[2] ?? written.trim()
  return { name: parts?.[1] || address, address }
}

/** As ActiveSync's Preview: at most 255 characters, line breaks as spaces. */
function previewOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 255)
}
