import { expect, test } from 'vitest'
import type { Folder } from '../../mailbox/folder.ts'
import type { ItemChanges, ItemChangesRequest } from '../../mailbox/item-changes.ts'
import type { CollectionState } from '../devices/device-state.ts'
import { usualOptions } from '../devices/device-state.ts'
import { SharedReads } from './shared-reads.ts'

const mailboxId = 'alice'
const collectionId = 'inbox'
const stateAt = (number: number): CollectionState => ({
  current: { key: String(number), position: { number, own: {} } },
  results: {},
  options: usualOptions,
})

/** A store that says what it was asked. */
function countedStore(states: Readonly<Record<string, CollectionState>>) {
  const asked: string[] = []
  const reads = new SharedReads(
    {
      findFolder: async (_, folderId) => {
        asked.push(`folder ${folderId}`)
        return { id: folderId } as Folder
      },
      itemChanges: async ({ position }: ItemChangesRequest): Promise<ItemChanges> => {
        asked.push(`changes since ${position.number}`)
        return { changes: [], position, more: false }
      },
    },
    {
      collection: async ({ deviceId }) => {
        asked.push(`collection of ${deviceId}`)
        return states[deviceId]
      },
      collectionsOf: async () => {
        asked.push('collections')
        return (deviceId) => states[deviceId]
      },
    },
  )
  return { reads, asked }
}

const request = (number: number): ItemChangesRequest => ({
  mailboxId,
  folderId: collectionId,
  position: { number, own: {} },
  limit: 1,
})

test('a hundred devices that a change wakes are answered by three reads, each by where it stands itself', async () => {
  const ids = Array.from({ length: 100 }, (_, index) => `PHONE${index}`)
  const { reads, asked } = countedStore(
    Object.fromEntries(ids.map((id, index) => [id, stateAt(index === 99 ? 6 : 5)] as const)),
  )
  const news = await Promise.all(
    ids.map(async (deviceId) => {
      const state = await reads.collection({ mailboxId, deviceId }, collectionId)
      await reads.folder(mailboxId, collectionId)
      await reads.itemChanges(request(state?.current.position.number ?? 0))
      return state?.current.key
    }),
  )
  expect(news).toEqual(ids.map((_, index) => (index === 99 ? '6' : '5')))
  expect(asked).toEqual(['collections', 'folder inbox', 'changes since 5', 'changes since 6'])
})

test('one device alone is looked up alone, and one that is not known has no state', async () => {
  const { reads, asked } = countedStore({ PHONE: stateAt(1) })
  expect((await reads.collection({ mailboxId, deviceId: 'PHONE' }, collectionId))?.current.key).toBe('1')
  expect(await reads.collection({ mailboxId, deviceId: 'STRANGER' }, collectionId)).toBeUndefined()
  expect(asked).toEqual(['collection of PHONE', 'collection of STRANGER'])
})

test('who asks once reading began is read for anew, so that a change in between is not slept through', async () => {
  const seen: number[] = []
  let latest = 7
  const reads: SharedReads = new SharedReads(
    {
      findFolder: async () => undefined,
      itemChanges: async ({ position }) => {
        const number = latest
        latest += 1
        if (number === 7) seen.push((await reads.itemChanges(request(5))).position.number)
        return { changes: [], position: { ...position, number }, more: false }
      },
    },
    { collection: async () => undefined, collectionsOf: async () => () => undefined },
  )
  seen.push((await reads.itemChanges(request(5))).position.number)
  expect(seen).toEqual([8, 7])
})

test('a read that fails fails for those who asked, and not for the next', async () => {
  let isBroken = true
  const { reads: sound } = countedStore({})
  const reads = new SharedReads(
    {
      findFolder: async (...given) => {
        if (isBroken) throw new Error('the store is away')
        return sound.folder(...given)
      },
      itemChanges: (given) => sound.itemChanges(given),
    },
    { collection: async () => undefined, collectionsOf: async () => () => undefined },
  )
  const both = await Promise.allSettled([reads.folder(mailboxId, 'inbox'), reads.folder(mailboxId, 'inbox')])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  isBroken = false
  expect((await reads.folder(mailboxId, 'inbox'))?.id).toBe('inbox')
})
