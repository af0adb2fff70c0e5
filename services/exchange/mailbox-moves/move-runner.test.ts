import { expect, test } from 'vitest'
import { createLog } from '#shared/log.ts'
import { leases } from '#shared/store/lease.ts'
import { eventually } from '#test/actors/eventually.ts'
import { openPlace } from './_move-stage.ts'
import { createMoveRunner } from './move-runner.ts'
import type { Move } from './move-store.ts'

const guid = '00000000-0000-4000-8000-00000000000a'

const queued: Move = {
  object_guid: guid,
  mailbox_id: 'm',
  display_name: 'Bob',
  email_address: 'bob@',
  direction: 'pull',
  status: 'Queued',
  status_detail: 'Queued',
  batch_name: '',
  remote_host: 'mail.contoso.com',
  // Whoever works on the move finds out at once that nobody can read this.
  remote_credential: 'unreadable',
  target_delivery_domain: 'contoso.mail.onmicrosoft.com',
  suspends_when_ready: 0,
  ...{ position: 0, items_total: 0, items_done: 0, bytes_total: 0, bytes_done: 0, attempts: 0 },
  ...{ message: '', started_at: 0, seeded_at: null, updated_at: 0, completed_at: null },
  ...{ bad_item_limit: 0, large_item_limit: 0, bad_items: 0, large_items: 0, quota_bytes: null },
}

test('a move of a server that was killed is taken over when its lease has run out, not before', async () => {
  await using place = await openPlace('exchange-online').then((each) => ({
    ...each,
    [Symbol.asyncDispose]: () => each.store[Symbol.asyncDispose](),
  }))
  const { store, moves, end: local } = place
  const log = createLog('silent')
  const context = { ...place.context, log, http: {} as never }
  const time = { now: new Date('2026-03-02T12:00:00Z') }
  const held = leases(store.db)
  const until = new Date(time.now.getTime() + 60_000)
  await held.take({ name: `mailbox move ${guid}`, holder: 'killed', now: time.now, until })
  await moves.add(queued)
  const sealingKey = { read: async () => Buffer.alloc(32) } as never
  await using runner = createMoveRunner({
    ...{ context, moves, local, sealingKey, leases: held, notices: store.notices },
    holder: 'alive',
    now: () => time.now,
  })
  await runner.resume()
  await runner.pause()
  expect((await moves.find(guid))?.status).toBe('Queued')
  await runner.resume()
  time.now = new Date(time.now.getTime() + 61_000)
  await eventually(async () => {
    await runner.resume()
    expect((await moves.find(guid))?.status).toBe('Failed')
  })
  // The status is written before the lease is given back: what is under way ends first.
  await runner.pause()
  expect(await held.isTaken(`mailbox move ${guid}`, time.now)).toBe(false)
})
