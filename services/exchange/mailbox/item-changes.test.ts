import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openMailbox, start } from './_mailbox.ts'
import type { SyncPosition } from './item-changes.ts'

const day = 86_400_000
const daysAgo = (days: number) => new Date(start.getTime() - days * day)

/** What a client has learned, checked at each step: nothing comes twice, and nothing goes that is not there. */
class Client {
  readonly items = new Map<string, { readonly unread: boolean }>()
  position: SyncPosition

  constructor(position: SyncPosition) {
    this.position = position
  }

  async learn(open: Awaited<ReturnType<typeof openMailbox>>, folderId: string, limit: number, keptSince?: Date) {
    const { mailboxes, mailboxId } = open
    const answer = await mailboxes.itemChanges({ mailboxId, folderId, position: this.position, limit, keptSince })
    expect(answer.changes.length).toBeLessThanOrEqual(limit)
    for (const change of answer.changes) {
      if (change.kind === 'add') expect(this.items.has(change.item.id), 'added twice').toBe(false)
      else
        expect(this.items.has('item' in change ? change.item.id : change.itemId), `${change.kind} unknown`).toBe(true)
      if ('item' in change) this.items.set(change.item.id, { unread: change.item.unread })
      else this.items.delete(change.itemId)
    }
    this.position = answer.position
    return answer
  }
}

test('a first client gets everything, newest first, a window at a time', async () => {
  await using open = await openMailbox()
  const inbox = await open.folder('inbox')
  const client = new Client(await open.mailboxes.startPosition(open.mailboxId))
  const first = await client.learn(open, inbox, 3)
  expect(first).toMatchObject({ more: true, changes: [{ kind: 'add' }, { kind: 'add' }, { kind: 'add' }] })
  const times = first.changes.map((change) => ('item' in change ? change.item.receivedAt.getTime() : 0))
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  expect((await client.learn(open, inbox, 3)).more).toBe(true)
  expect((await client.learn(open, inbox, 3)).more).toBe(false)
  expect(client.items.size).toBe(7)
  const again = await client.learn(open, inbox, 3)
  expect(again).toMatchObject({ changes: [], more: false })
})

test('a change says since when, so that only what is new need be sent', async () => {
  await using open = await openMailbox()
  const inbox = await open.folder('inbox')
  const client = new Client(await open.mailboxes.startPosition(open.mailboxId))
  await client.learn(open, inbox, 100)
  const [id = ''] = client.items.keys()
  await open.mailboxes.updateItem(open.mailboxId, id, { flag: { status: 'active' } })
  const { changes } = await client.learn(open, inbox, 100)
  const [change] = changes
  expect(change).toMatchObject({ kind: 'change', item: { id, flag: { status: 'active' } } })
  if (change?.kind !== 'change') throw new Error('no change')
  const { read, flag, content } = change.item.numbers
  expect([read > change.since, flag > change.since, content > change.since]).toEqual([false, true, false])
})

test('what the client did itself does not come back, until another changes it', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const inbox = await open.folder('inbox')
  const client = new Client(await mailboxes.startPosition(mailboxId))
  await client.learn(open, inbox, 100)
  const [id = ''] = client.items.keys()
  const changed = await mailboxes.updateItem(mailboxId, id, { unread: false, categories: ['Red'] })
  client.position = { ...client.position, own: { [id]: changed?.changeNumber ?? 0 } }
  expect((await client.learn(open, inbox, 100)).changes).toEqual([])
  await mailboxes.updateItem(mailboxId, id, { categories: ['Blue'] })
  expect((await client.learn(open, inbox, 100)).changes).toMatchObject([{ kind: 'change', item: { id } }])
})

test('a narrower filter takes the old away, a wider one brings it back, and time goes on', async () => {
  await using open = await openMailbox()
  const folderId = (await open.mailboxes.createFolder(open.mailboxId, { displayName: 'Ages' })).id
  for (const days of [0, 2, 5, 9, 20]) await open.deliver(`${days} days`, { folderId, at: daysAgo(days) })
  const client = new Client(await open.mailboxes.startPosition(open.mailboxId))
  await client.learn(open, folderId, 100, daysAgo(7))
  expect(client.items.size).toBe(3)
  const narrowed = await client.learn(open, folderId, 100, daysAgo(1))
  expect(narrowed.changes.map(({ kind }) => kind)).toEqual(['leave', 'leave'])
  await client.learn(open, folderId, 1, undefined)
  await client.learn(open, folderId, 1, undefined)
  await client.learn(open, folderId, 2, undefined)
  expect(client.items.size).toBe(5)
})

test('moves are a departure and an arrival under a new id', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const [inbox, archive] = [await open.folder('inbox'), await open.folder('archive')]
  const message = await open.deliver('to be moved')
  const [here, there] = [await mailboxes.startPosition(mailboxId), await mailboxes.startPosition(mailboxId)].map(
    (position) => new Client(position),
  )
  await here?.learn(open, inbox, 100)
  await there?.learn(open, archive, 100)
  const moved = await mailboxes.moveItem(mailboxId, message.id, archive)
  expect(moved.id).not.toBe(message.id)
  expect((await here?.learn(open, inbox, 100))?.changes).toEqual([{ kind: 'delete', itemId: message.id }])
  expect((await there?.learn(open, archive, 100))?.changes).toMatchObject([{ kind: 'add', item: { id: moved.id } }])
  expect(await mailboxes.findItem(mailboxId, message.id)).toBeUndefined()
})

type Step =
  | { readonly do: 'deliver'; readonly days: number }
  | { readonly do: 'read' | 'delete' | 'away'; readonly which: number }
  | { readonly do: 'empty' }
  | { readonly do: 'learn'; readonly limit: number; readonly keptDays: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), days: fc.integer({ min: 0, max: 10 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('read' as const, 'delete' as const, 'away' as const),
      which: fc.nat(30),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'empty' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('learn' as const),
      limit: fc.integer({ min: 1, max: 4 }),
      keptDays: fc.constantFrom(0, 3, 6, 100),
    }),
  },
)

/** The second letter has the lower change number by the time the client comes. */
const changedWhileAway = [
  { do: 'learn' as const, limit: 1, keptDays: 0 },
  { do: 'deliver' as const, days: 0 },
  { do: 'deliver' as const, days: 0 },
  { do: 'read' as const, which: 9 },
  { do: 'learn' as const, limit: 1, keptDays: 0 },
]

test('whatever happens between its visits, a client ends with what is there', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const folderId = (await mailboxes.createFolder(mailboxId, { displayName: `Run ${crypto.randomUUID()}` })).id
      const client = new Client(await mailboxes.startPosition(mailboxId))
      const present = async () => (await mailboxes.listItems(mailboxId, folderId, { limit: 500 })).items
      const archive = await open.folder('archive')
      for (const each of steps) {
        const items = each.do === 'deliver' || each.do === 'learn' ? [] : await present()
        const item = 'which' in each ? items[each.which % Math.max(1, items.length)] : undefined
        if (each.do === 'deliver') await open.deliver('letter', { folderId, at: daysAgo(each.days) })
        if (each.do === 'empty') await mailboxes.emptyFolder(mailboxId, folderId)
        if (each.do === 'learn') await client.learn(open, folderId, each.limit, daysAgo(each.keptDays))
        if (item && each.do === 'read') await mailboxes.setUnread(mailboxId, item.id, !item.unread)
        if (item && each.do === 'delete') await mailboxes.deleteItem(mailboxId, item.id, 'forGood')
        if (item && each.do === 'away') await mailboxes.moveItem(mailboxId, item.id, archive)
      }
      while ((await client.learn(open, folderId, 3, daysAgo(6))).more);
      const kept = (await present()).filter(({ receivedAt }) => receivedAt >= daysAgo(6))
      expect(Object.fromEntries(client.items)).toEqual(
        Object.fromEntries(kept.map(({ id, unread }) => [id, { unread }])),
      )
    }),
    { numRuns: 60, examples: [[changedWhileAway]] },
  )
})

test('what arrived and changed while the client was away is added, also by a later answer; what went is not spoken of', async () => {
  await using open = await openMailbox()
  const folderId = (await open.mailboxes.createFolder(open.mailboxId, { displayName: 'Away' })).id
  const client = new Client(await open.mailboxes.startPosition(open.mailboxId))
  await client.learn(open, folderId, 1)
  const letters = []
  for (const subject of ['first', 'second', 'third', 'fourth']) letters.push(await open.deliver(subject, { folderId }))
  const [first, second, , fourth] = letters.map((letter) => letter?.id ?? '')
  await open.mailboxes.setUnread(open.mailboxId, first ?? '', false)
  await open.mailboxes.deleteItem(open.mailboxId, second ?? '', 'forGood')
  expect((await client.learn(open, folderId, 1)).more).toBe(true)
  // One that the first answer had, and one that is still to come.
  const [known = ''] = client.items.keys()
  await open.mailboxes.setUnread(open.mailboxId, known, false)
  await open.mailboxes.deleteItem(open.mailboxId, fourth ?? '', 'forGood')
  while ((await client.learn(open, folderId, 1)).more);
  const { items } = await open.mailboxes.listItems(open.mailboxId, folderId, { limit: 10 })
  expect(Object.fromEntries(client.items)).toEqual(Object.fromEntries(items.map(({ id }) => [id, { unread: false }])))
  expect(items).toHaveLength(2)
})
