import { expect, test } from 'vitest'
import { systemRandom } from '#shared/random.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { openStore } from '#shared/store/open.ts'
import { accentMigration } from './accent-migration.ts'
import type { MailboxStore, Recipient } from './mailbox-store.ts'
import { type MailboxTables, mailboxMigration } from './mailbox-tables.ts'
import { readMime } from './read-mime.ts'
import { recipientMembersMigration } from './recipient-members.ts'
import { recipientMigration, recipientTimesMigration } from './recipient-migration.ts'
import { relationalMailboxStore } from './relational-mailbox-store.ts'
import { relationalRecipientStore } from './relational-recipient-store.ts'
import { type MailboxLocation, seedMailboxes } from './seed-mailboxes.ts'

const start = new Date('2026-03-02T12:00:00Z')

async function openMailboxes(location: MailboxLocation, changed?: Scenario) {
  const scenario = changed ?? (await loadDefaultScenario())
  const store = await openStore<MailboxTables>({
    engine: { kind: 'memory' },
    migrations: [mailboxMigration, recipientMigration, recipientTimesMigration, recipientMembersMigration],
    seed: (db) => seedMailboxes(db, { scenario, location, start }),
  })
  return {
    store,
    scenario,
    mailboxes: relationalMailboxStore(store, systemRandom),
    recipients: relationalRecipientStore(store.db, { now: () => start }),
  }
}

async function inboxOf(mailboxes: MailboxStore, { mailboxId = '' }: Recipient) {
  const [inbox] = await mailboxes.listFolders(mailboxId)
  const page = await mailboxes.listMessages(mailboxId, inbox?.id ?? '', { limit: 100 })
  return { mailboxId, inbox, messages: page.messages }
}

test.each([
  { location: 'online', person: 'alice@contoso.com', type: 'UserMailbox' },
  { location: 'online', person: 'bob@contoso.com', type: 'MailUser' },
  { location: 'onPremises', person: 'alice@contoso.com', type: 'MailUser' },
  { location: 'onPremises', person: 'bob@contoso.com', type: 'UserMailbox' },
  { location: 'onPremises', person: 'Judy@Contoso.com', type: 'UserMailbox' },
  { location: 'online', person: 'victor@contoso.com', type: undefined },
] as const)('$location, $person is a $type', async ({ location, person, type }) => {
  const { store, recipients } = await openMailboxes(location)
  await using _ = store
  const recipient = await recipients.findRecipient('userPrincipalName', person)
  expect(recipient?.type).toBe(type)
  expect(recipient?.mailboxId !== undefined).toBe(type === 'UserMailbox')
})

test('a recipient is found by each of its names', async () => {
  const { store, recipients, scenario } = await openMailboxes('onPremises')
  await using _ = store
  const bob = scenario.users.find((user) => user.userPrincipalName === 'bob@contoso.com')
  const found = await recipients.findRecipient('userPrincipalName', 'bob@contoso.com')
  expect(await recipients.findRecipient('objectGuid', bob?.objectGuid.toUpperCase() ?? '')).toEqual(found)
  expect(await recipients.findRecipient('entraObjectId', bob?.entraObjectId ?? '')).toEqual(found)
})

test('folders count their messages, and reading one counts down and moves the change number on', async () => {
  const { store, mailboxes, recipients } = await openMailboxes('onPremises')
  await using _ = store
  const bob = (await recipients.findRecipient('userPrincipalName', 'bob@contoso.com')) as Recipient
  const before = await inboxOf(mailboxes, bob)
  expect(before.inbox).toMatchObject({ wellKnown: 'inbox', unreadCount: 3, totalCount: 7 })
  expect(before.messages).toHaveLength(7)
  const number = await mailboxes.changeNumber(before.mailboxId)
  const [newest] = before.messages
  expect(await mailboxes.setUnread(before.mailboxId, newest?.id ?? '', false)).toBe(true)
  expect(await mailboxes.setUnread(before.mailboxId, newest?.id ?? '', false)).toBe(true)
  const after = await inboxOf(mailboxes, bob)
  expect(after.inbox).toMatchObject({ unreadCount: 2, totalCount: 7, changeNumber: number + 1 })
  expect(after.messages[0]).toMatchObject({ unread: false, changeNumber: number + 1 })
  expect(await mailboxes.changeNumber(before.mailboxId)).toBe(number + 1)
})

test('a message is MIME, the same bytes every time, and reads back as the scenario says', async () => {
  const { store, mailboxes, recipients } = await openMailboxes('onPremises')
  await using _ = store
  const bob = (await recipients.findRecipient('userPrincipalName', 'bob@contoso.com')) as Recipient
  const { mailboxId, messages } = await inboxOf(mailboxes, bob)
  const bill = messages.find((message) => message.subject.startsWith('Rechnung'))
  const mime = (await mailboxes.readMime(mailboxId, bill?.id ?? '')) as Buffer
  expect(await mailboxes.readMime(mailboxId, bill?.id ?? '')).toEqual(mime)
  expect(mime.toString()).toMatch(/^From: =\?UTF-8\?Q\?J=C3=BCrgen_M=C3=BCller\?= <juergen@contoso.com>\r\n/)
  expect(mime.toString()).toContain('Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n')
  const read = await readMime(mime)
  expect(read).toMatchObject({
    subject: 'Rechnung 2026-0117 – bitte prüfen ✅',
    from: 'Jürgen Müller <juergen@contoso.com>',
    to: ['Bob Brandt <bob@contoso.com>'],
    text: expect.stringContaining('Grüße\nJürgen'),
    attachments: [{ name: 'rechnung-2026-0117.csv', contentType: 'text/csv' }],
  })
  expect(read.attachments[0]?.content.toString()).toContain('Fracht München–Seattle;1;1.840,00')
})

test('every message of the default world can be composed and read', async () => {
  const scenario = await loadDefaultScenario()
  let checked = 0
  for (const location of ['online', 'onPremises'] as const) {
    const { store, mailboxes } = await openMailboxes(location)
    await using _ = store
    for (const row of await store.db.selectFrom('item').selectAll().where('kind', '=', 'message').execute()) {
      const read = await readMime((await mailboxes.readMime(row.mailbox_id, row.id)) as Buffer)
      expect(read.subject).toBe(row.subject)
      expect(read.attachments.length > 0).toBe(row.has_attachments === 1)
      checked += 1
    }
  }
  expect(checked).toBe(scenario.exchange.messages.length)
  expect(checked).toBeGreaterThan(40)
})

test('nothing of a mailbox is found through another', async () => {
  const { store, mailboxes, recipients } = await openMailboxes('onPremises')
  await using _ = store
  const bob = (await recipients.findRecipient('userPrincipalName', 'bob@contoso.com')) as Recipient
  const dave = (await recipients.findRecipient('userPrincipalName', 'dave@contoso.com')) as Recipient
  const { inbox, messages } = await inboxOf(mailboxes, bob)
  const id = messages[0]?.id ?? ''
  const other = dave.mailboxId ?? ''
  expect(await mailboxes.findMessage(other, id)).toBeUndefined()
  expect(await mailboxes.readMime(other, id)).toBeUndefined()
  expect(await mailboxes.setUnread(other, id, false)).toBe(false)
  expect((await mailboxes.listMessages(other, inbox?.id ?? '', { limit: 10 })).messages).toEqual([])
})

test.each(['', 'x', '1', '1.2.3', `${'9'.repeat(20)}.1`])('cursor %j starts at the first page', async (before) => {
  const { store, mailboxes, recipients } = await openMailboxes('onPremises')
  await using _ = store
  const bob = (await recipients.findRecipient('userPrincipalName', 'bob@contoso.com')) as Recipient
  const { mailboxId, inbox, messages } = await inboxOf(mailboxes, bob)
  const page = await mailboxes.listMessages(mailboxId, inbox?.id ?? '', { limit: 2, before })
  expect(page.messages.map((message) => message.id)).toEqual(messages.slice(0, 2).map((message) => message.id))
})

test('what was stored with accents is found without them', async () => {
  const { store, mailboxes, recipients } = await openMailboxes('onPremises')
  await using _ = store
  const { mailboxId = '', objectGuid } = (await recipients.findRecipient('userPrincipalName', 'bob@contoso.com')) ?? {}
  const { messages } = await inboxOf(mailboxes, { mailboxId } as Recipient)
  const { number: item_number } = await store.db
    .selectFrom('item')
    .select('number')
    .where('id', '=', messages[0]?.id ?? '')
    .executeTakeFirstOrThrow()
  const words = ['häagen', 'чай'].map((word) => ({ mailbox_id: mailboxId, word }))
  await store.db.insertInto('search_word').values(words).execute()
  await store.db
    .insertInto('search_hit')
    .values(words.map((word) => ({ ...word, item_number })))
    .execute()
  await store.db
    .updateTable('recipient')
    .set({ search_text: '\nbörje' })
    .where('object_guid', '=', objectGuid ?? '')
    .execute()
  await accentMigration.up(store.db as never, {} as never)
  for (const text of ['haag', 'Häagen', 'чай'])
    expect((await mailboxes.search(mailboxId, { text, limit: 5 })).items).toMatchObject([{ id: messages[0]?.id }])
  expect(await recipients.searchRecipients('Borje', 5)).toMatchObject([{ objectGuid }])
})
