import { expect, test } from 'vitest'
import { systemRandom } from '#shared/random.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openStore } from '#shared/store/open.ts'
import { openMailbox, start } from './_mailbox.ts'
import { conversationMigration, filterMigration } from './list-indexes.ts'
import type { MailboxStore } from './mailbox-store.ts'
import { extendedMigration, type MailboxTables, mailboxMigration } from './mailbox-tables.ts'
import { type MailboxTransfer, relationalMailboxTransfer } from './mailbox-transfer.ts'
import { recipientMembersMigration } from './recipient-members.ts'
import { recipientMigration, recipientTimesMigration } from './recipient-migration.ts'
import { relationalMailboxStore } from './relational-mailbox-store.ts'
import { seedMailboxes } from './seed-mailboxes.ts'

async function openElsewhere() {
  const scenario = await loadDefaultScenario()
  const store = await openStore<MailboxTables>({
    engine: { kind: 'memory' },
    migrations: [
      mailboxMigration,
      conversationMigration,
      recipientMigration,
      recipientTimesMigration,
      filterMigration,
      recipientMembersMigration,
      extendedMigration,
    ],
    seed: (db) => seedMailboxes(db, { scenario, location: 'online', start }),
  })
  return { store, mailboxes: relationalMailboxStore(store, systemRandom), transfer: relationalMailboxTransfer(store) }
}

async function copy(from: MailboxTransfer, to: MailboxTransfer, mailboxId: string, since: number): Promise<number> {
  await to.takeFolders(mailboxId, await from.folders(mailboxId))
  let position = since
  for (;;) {
    // Through JSON, as on the wire.
    const batch = JSON.parse(JSON.stringify(await from.items(mailboxId, position))) as Awaited<
      ReturnType<MailboxTransfer['items']>
    >
    await to.takeItems(mailboxId, batch.items)
    position = batch.position
    if (batch.isLast) return position
  }
}

/** All that the protocols could see of a mailbox. */
async function contentsOf(mailboxes: MailboxStore, mailboxId: string) {
  const folders = await mailboxes.listFolders(mailboxId)
  const contents = await Promise.all(
    folders.map(async (folder) => {
      const { items } = await mailboxes.listItems(mailboxId, folder.id, { limit: 500 })
      const bodies = await mailboxes.readBodies(
        mailboxId,
        items.map(({ id }) => id),
      )
      const mimes = await Promise.all(items.map(({ id }) => mailboxes.readMime(mailboxId, id)))
      return { folder, items, bodies: [...bodies], mimes: mimes.map((mime) => mime?.toString('base64')) }
    }),
  )
  return { contents, usage: await mailboxes.usage(mailboxId) }
}

test('a mailbox of another store is the same in every respect, and what changed since is taken over', async () => {
  await using here = await openMailbox()
  const there = await openElsewhere()
  await using _ = there.store
  const source = relationalMailboxTransfer(here.store)
  const { mailboxId, mailboxes } = here
  const work = await mailboxes.createFolder(mailboxId, { displayName: 'Work', parentId: await here.folder('inbox') })
  const first = await here.deliver('Flagged', { text: 'quokka' })
  const flag = { status: 'active', type: 'Follow up' } as const
  const extended = { 'extended:0x36': { type: 'Integer', values: ['2'] } }
  await mailboxes.updateItem(mailboxId, first.id, { flag, categories: ['Red'], unread: false, extended })
  const card = { kind: 'contact', folderId: await here.folder('contacts'), subject: 'Ann', createdAt: start } as const
  const file = { name: 'card.txt', contentType: 'text/plain', content: Buffer.from('bytes \0 of it') }
  await mailboxes.createItem(mailboxId, { ...card, properties: { fields: {} } as never, attachments: [file] })
  await there.transfer.prepare(mailboxId)
  const position = await copy(source, there.transfer, mailboxId, 0)
  const gone = await here.deliver('Gone')
  await copy(source, there.transfer, mailboxId, position)
  await mailboxes.deleteItem(mailboxId, gone.id, 'forGood')
  await mailboxes.moveItem(mailboxId, first.id, work.id)
  await here.deliver('Late')
  await copy(source, there.transfer, mailboxId, position)
  await there.transfer.keepOnly(mailboxId, await source.itemIds(mailboxId))
  const facts = await source.facts(mailboxId)
  await there.transfer.open(mailboxId, { changeNumber: facts?.changeNumber ?? 0, quotaBytes: 12_345_678 })
  await mailboxes.setQuota(mailboxId, 12_345_678)
  expect(await contentsOf(there.mailboxes, mailboxId)).toEqual(await contentsOf(mailboxes, mailboxId))
  const found = await there.mailboxes.search(mailboxId, { text: 'quokka', limit: 5 })
  expect(found.items.map(({ subject }) => subject)).toEqual(['Flagged'])
})

test('a mailbox that was shut takes nothing more, and says that it is gone', async () => {
  await using here = await openMailbox()
  const source = relationalMailboxTransfer(here.store)
  await source.shut(here.mailboxId)
  await expect(here.deliver('Too late')).rejects.toMatchObject({ code: 'noSuchMailbox' })
  expect(await source.facts(here.mailboxId)).toBeUndefined()
})
