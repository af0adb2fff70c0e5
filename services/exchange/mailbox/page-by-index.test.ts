import { expect, test } from 'vitest'
import { sql } from '#shared/store/kysely.ts'
import { openMailbox } from './_mailbox.ts'
import type { HeadFilter } from './message-heads.ts'

type Mailbox = Awaited<ReturnType<typeof openMailbox>>

async function planOf({ store }: Mailbox, where: string): Promise<string> {
  const query = sql<{ detail: string }>`explain query plan select * from item
    where folder_id = 'f' and mailbox_id = 'm' ${sql.raw(where)}
    order by received_at desc, number desc limit 26`
  const { rows } = await query.execute(store.db)
  return rows.map((row) => row.detail).join('; ')
}

test.each([
  ['and received_at < 5', 'received_at<?'],
  ['and received_at = 5 and number < 7', 'received_at=? AND number<?'],
])('a page of a large folder is read by its index, not by sorting the folder: %s', async (where, range) => {
  await using mailbox = await openMailbox()
  const plan = await planOf(mailbox, where)
  expect(plan).toContain(`USING INDEX item_by_arrival (folder_id=? AND ${range})`)
  expect(plan).not.toContain('TEMP B-TREE')
})

test.each([
  ['and item.unread = 1', 'item_unread'],
  ['and item.flag is not null', 'item_flagged'],
  ['and item.has_attachments = 1', 'item_with_files'],
  [`and item.categories <> '[]' and item.categories like '%x%' escape '!'`, 'item_categorised'],
])('a part of a folder is read by an index of its own: %s', async (where, index) => {
  await using mailbox = await openMailbox()
  const plan = await planOf(mailbox, `and received_at < 5 ${where}`)
  expect(plan).toContain(`USING INDEX ${index} (folder_id=? AND received_at<?)`)
})

test('only the messages that a filter asks for, in pages', async () => {
  await using mailbox = await openMailbox()
  const folderId = await mailbox.folder('archive')
  const ids: string[] = []
  for (let index = 0; index < 4; index += 1) ids.push((await mailbox.deliver(`Letter ${index}`, { folderId })).id)
  const { mailboxes, mailboxId } = mailbox
  await mailboxes.setUnread(mailboxId, ids[1] ?? '', false)
  await mailboxes.updateItem(mailboxId, ids[2] ?? '', { flag: { status: 'active' } })
  await mailboxes.updateItem(mailboxId, ids[3] ?? '', { categories: ['50% "off"!'] })
  const subjects = async (filter: HeadFilter, before?: string) => {
    const page = await mailboxes.listHeads(mailboxId, folderId, { limit: 2, filter, before })
    return { found: page.heads.map(({ subject }) => subject.slice(7)).join(), next: page.next }
  }
  const unread = await subjects({ kind: 'unread' })
  expect([unread.found, (await subjects({ kind: 'unread' }, unread.next)).found]).toEqual(['3,2', '0'])
  expect((await subjects({ kind: 'flagged' })).found).toBe('2')
  expect((await subjects({ kind: 'files' })).found).toBe('')
  expect((await subjects({ kind: 'category', name: '50% "off"!' })).found).toBe('3')
  expect((await subjects({ kind: 'category', name: '50x "off"!' })).found).toBe('')
})

test('whether a message is the newest of its conversation is asked of an index', async () => {
  await using mailbox = await openMailbox()
  const newer = `and not exists (select newer.number from item as newer where newer.folder_id = item.folder_id
    and newer.conversation_id = item.conversation_id
    and (newer.received_at, newer.number) > (item.received_at, item.number))`
  const plan = await planOf(mailbox, newer)
  expect(plan).toContain(
    'COVERING INDEX item_by_folder_conversation (folder_id=? AND conversation_id=? AND received_at>',
  )
  expect(plan).not.toContain('TEMP B-TREE')
})

test('pages of a folder whose items arrived at one moment neither miss nor repeat one', async () => {
  await using mailbox = await openMailbox()
  const folderId = await mailbox.folder('archive')
  for (let index = 0; index < 7; index += 1) await mailbox.deliver(`Letter ${index}`, { folderId })
  for (const list of ['listHeads', 'listItems'] as const) {
    const seen: string[] = []
    let before: string | undefined
    do {
      const page = await mailbox.mailboxes[list](mailbox.mailboxId, folderId, { limit: 3, before })
      seen.push(...('heads' in page ? page.heads : page.items).map(({ subject }) => subject))
      before = page.next
    } while (before !== undefined)
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `Letter ${index}`))
  }
})

test('one row for each conversation, at the place of its newest message, with what is in the folder', async () => {
  await using mailbox = await openMailbox()
  const folderId = await mailbox.folder('archive')
  const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 12, minutes))
  const reply = 'In-Reply-To: <first@test.example>\r\n'
  await mailbox.deliver('Plan', { folderId, at: at(0), headers: 'Message-ID: <first@test.example>\r\n' })
  await mailbox.deliver('Other', { folderId, at: at(1) })
  await mailbox.deliver('Re: Plan', { folderId, at: at(2), headers: reply })
  await mailbox.deliver('Re: Plan', { at: at(3), headers: reply })
  const page = (before?: string) =>
    mailbox.mailboxes.listHeads(mailbox.mailboxId, folderId, { limit: 1, before, byConversation: true })
  const first = await page()
  const second = await page(first.next)
  expect(first.heads.map(({ subject, conversation }) => [subject, conversation])).toEqual([
    ['Re: Plan', { messages: 2, unread: 2 }],
  ])
  expect(second.heads.map(({ subject, conversation }) => [subject, conversation])).toEqual([
    ['Other', { messages: 1, unread: 1 }],
  ])
  expect(second.next).toBeUndefined()
})
