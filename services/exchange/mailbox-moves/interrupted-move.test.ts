import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MovePlace, openPlace } from './_move-stage.ts'
import { endOperations, type MoveEnd } from './move-end.ts'
import type { Move } from './move-store.ts'
import { ItemLimitExceeded, runMove } from './run-move.ts'

const bob = 'bob@contoso.com'
const open = new AsyncDisposableStack()
let home: MovePlace
let cloud: MovePlace

beforeAll(async () => {
  home = await openPlace('exchange-onprem')
  cloud = await openPlace('exchange-online')
  for (const { store } of [home, cloud]) open.use(store)
})
beforeEach(async () => {
  for (const { store } of [home, cloud]) await store.reset()
})
afterAll(() => open.disposeAsync())

class Killed extends Error {}

/** Dies at the nth step: before a call, or after it was carried out and before the answer was heard. */
function mortal(dieAt: number) {
  const life = { steps: 0 }
  const step = () => {
    life.steps += 1
    if (life.steps === dieAt) throw new Killed()
  }
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    step()
    const result = await work()
    step()
    // Through JSON, as on the wire.
    return (result === undefined ? undefined : JSON.parse(JSON.stringify(result))) as T
  }
  const end = (of: MoveEnd) =>
    Object.fromEntries(
      endOperations.map((name) => [
        name,
        (...given: never[]) => call(() => (of[name] as (...values: never[]) => Promise<unknown>)(...given)),
      ]),
    ) as unknown as MoveEnd
  return { life, call, end }
}

async function begin(direction: Move['direction'] = 'pull', limits: Partial<Move> = {}): Promise<Move> {
  const [recipient] = await Promise.all([home.recipients.findRecipient('emailAddress', bob)])
  const move: Move = {
    object_guid: recipient?.objectGuid ?? '',
    mailbox_id: recipient?.mailboxId ?? '',
    display_name: 'Bob',
    email_address: 'bob@',
    direction,
    status: 'Queued',
    status_detail: 'Queued',
    batch_name: '',
    remote_host: 'mail.contoso.com',
    remote_credential: '',
    target_delivery_domain: 'contoso.mail.onmicrosoft.com',
    suspends_when_ready: 0,
    ...{ position: 0, items_total: 0, items_done: 0, bytes_total: 0, bytes_done: 0, attempts: 0 },
    ...{ message: '', started_at: 0, seeded_at: null, updated_at: 0, completed_at: null },
    ...{ bad_item_limit: 0, large_item_limit: 0, bad_items: 0, large_items: 0, quota_bytes: null },
    ...limits,
  }
  await cloud.moves.add(move)
  return move
}

async function run(guid: string, dieAt: number): Promise<number> {
  const { life, call, end } = mortal(dieAt)
  await runMove({
    source: end(home.end),
    target: end(cloud.end),
    now: () => new Date(0),
    look: async () => {
      const found = await cloud.moves.find(guid)
      return found && found.status !== 'Completed' ? found : undefined
    },
    note: (changes) => call(() => cloud.moves.change(guid, changes)),
  })
  return life.steps
}

async function primaries(guid: string): Promise<readonly string[]> {
  const found = await Promise.all(
    [home, cloud].map(async ({ recipients, transfer, config }) => {
      const mailboxId = (await recipients.findRecipient('objectGuid', guid))?.mailboxId
      return mailboxId !== undefined && (await transfer.facts(mailboxId)) ? [config.location] : []
    }),
  )
  return found.flat()
}

async function deliver(place: MovePlace, mailboxId: string, subject: string): Promise<void> {
  const { id: folderId } = await place.mailboxes.wellKnownFolder(mailboxId, 'inbox')
  const mime = Buffer.from(`From: a@elsewhere.example\r\nTo: ${bob}\r\nSubject: ${subject}\r\n\r\nx\r\n`)
  await place.mailboxes.deliver(mailboxId, { folderId, mime, receivedAt: new Date() })
}

async function contents(place: MovePlace, mailboxId: string): Promise<readonly string[]> {
  const rows = await place.store.db.selectFrom('item').select(['id']).where('mailbox_id', '=', mailboxId).execute()
  return rows.map(({ id }) => id).toSorted()
}

const quota = 50_000_000

/** How many steps a move has when nobody dies. */
async function stepsOfAMove(): Promise<number> {
  const move = await begin()
  return run(move.object_guid, 0)
}

test('whenever the server that moves a mailbox is killed, one place has it afterwards, whole and once', async () => {
  const steps = await stepsOfAMove()
  expect(steps).toBeGreaterThan(30)
  const seen = new Set<string>()
  for (let dieAt = 1; dieAt <= steps; dieAt += 1) {
    for (const { store } of [home, cloud]) await store.reset()
    const move = await begin()
    await home.mailboxes.setQuota(move.mailbox_id, quota)
    await home.organization.changeRecipientSettings(move.object_guid, { TimeZone: 'W. Europe Standard Time' })
    const before = await contents(home, move.mailbox_id)
    await expect(run(move.object_guid, dieAt)).rejects.toThrow(Killed)
    const between = await primaries(move.object_guid)
    expect([dieAt, between.length <= 1]).toEqual([dieAt, true])
    seen.add(between[0] ?? 'none')
    const late = between[0] === 'onPremises' ? home : between[0] === 'online' ? cloud : undefined
    if (late) await deliver(late, move.mailbox_id, 'After the kill')
    await run(move.object_guid, 0)
    expect([dieAt, await primaries(move.object_guid)]).toEqual([dieAt, ['online']])
    const after = await contents(cloud, move.mailbox_id)
    expect([dieAt, after.length, before.every((id) => after.includes(id))]).toEqual([
      dieAt,
      before.length + (late ? 1 : 0),
      true,
    ])
    expect([dieAt, await contents(home, move.mailbox_id)]).toEqual([dieAt, []])
    expect([dieAt, (await cloud.mailboxes.usage(move.mailbox_id)).quotaBytes]).toEqual([dieAt, quota])
    const settings = await cloud.organization.recipientSettings(move.object_guid)
    expect([dieAt, settings.TimeZone, settings.MailboxInTransit]).toEqual([dieAt, 'W. Europe Standard Time', undefined])
    expect((await cloud.moves.find(move.object_guid))?.status).toBe('Completed')
  }
  expect(seen).toEqual(new Set(['onPremises', 'none', 'online']))
})

test('items without content and items that are too large are left behind, as many as the limits allow', async () => {
  const spoil = async (mailboxId: string) => {
    const row = home.store.db.selectFrom('item').select('number').where('mailbox_id', '=', mailboxId).limit(1)
    await home.store.db.deleteFrom('item_content').where('item_number', '=', row).execute()
  }
  const refused = await begin()
  await spoil(refused.mailbox_id)
  await expect(run(refused.object_guid, 0)).rejects.toThrow(ItemLimitExceeded)
  expect(await primaries(refused.object_guid)).toEqual(['onPremises'])
  await cloud.store.reset()
  const allowed = await begin('pull', { bad_item_limit: 1 })
  const before = await contents(home, allowed.mailbox_id)
  await run(allowed.object_guid, 0)
  expect(await contents(cloud, allowed.mailbox_id)).toHaveLength(before.length - 1)
  expect(await cloud.moves.find(allowed.object_guid)).toMatchObject({ bad_items: 1, status: 'Completed' })
})

test.each([
  { limit: 0, wants: 'refused' },
  { limit: 1, wants: 'left behind' },
  { limit: -1, wants: 'left behind' },
])('a large item with the limit $limit is $wants', async ({ limit, wants }) => {
  const move = await begin('pull', { large_item_limit: limit })
  const [one] = await contents(home, move.mailbox_id)
  const size = cloud.config.mail.largestMessage + 1
  await home.store.db.updateTable('item').set({ size }).where('id', '=', String(one)).execute()
  const moved = run(move.object_guid, 0)
  if (wants === 'refused') return expect(moved).rejects.toThrow(/large items/)
  await moved
  expect(await contents(cloud, move.mailbox_id)).not.toContain(one)
})
