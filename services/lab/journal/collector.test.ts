import { expect, test } from 'vitest'
import type { JournalEvent } from '#shared/journal.ts'
import { at, event } from './_events.ts'
import { JournalCollector } from './collector.ts'

/** Deployments' journals behind their management ports; those that are named `name/…` are servers of one. */
class Journals {
  readonly asked: string[] = []
  readonly events: Record<string, JournalEvent[]> = {}
  down: string | undefined

  readonly collector: JournalCollector

  constructor(...names: string[]) {
    for (const name of names) this.events[name] = []
    this.collector = new JournalCollector({
      self: 'lab',
      deployments: [...new Set(names.map((name) => name.split('/')[0] ?? ''))],
      servers: async (deployment) => Object.keys(this.events).filter((name) => name.split('/')[0] === deployment),
      manage: async (_deployment, path, { server: deployment = '' } = {}) => {
        this.asked.push(`${deployment} ${path}`)
        if (this.down === deployment) return { status: 0, json: { error: 'connection refused' } }
        const since = Number(new URL(path, 'http://x').searchParams.get('since'))
        const events = this.events[deployment]?.filter((each) => each.sequence > since)
        await new Promise((resolve) => setImmediate(resolve))
        return { status: 200, json: { events } }
      },
    })
  }

  add(deployment: string, id: string, sequence: number, facts: Partial<JournalEvent> = {}): void {
    this.events[deployment]?.push(event({ id, deployment, sequence, time: at(sequence), ...facts }))
  }

  async ids(): Promise<string> {
    return (await this.collector.collect()).events.map(({ id }) => id).join(' ')
  }
}

test('merges what every deployment has, and asks only for what is new', async () => {
  const journals = new Journals('entra', 'adfs')
  journals.add('entra', 'a', 1)
  journals.add('adfs', 'b', 2)
  expect(await journals.ids()).toBe('a b')
  journals.add('entra', 'c', 3)
  journals.asked.length = 0
  expect(await journals.ids()).toBe('a b c')
  expect(journals.asked).toEqual(['entra /journal?since=0', 'adfs /journal?since=1'])
})

test('merges what each server of a deployment has; one that is gone keeps its part', async () => {
  const journals = new Journals('exchange-onprem/1', 'exchange-onprem/2', 'adfs')
  journals.add('exchange-onprem/1', 'a', 1)
  journals.add('exchange-onprem/2', 'b', 2)
  journals.add('adfs', 'c', 3)
  expect(await journals.ids()).toBe('a b c')
  delete journals.events['exchange-onprem/1']
  journals.add('exchange-onprem/2', 'd', 4)
  expect(await journals.ids()).toBe('a b c d')
  journals.collector.forget()
  expect(await journals.ids()).toBe('b c d')
})

test('a cleared journal empties the copy, and what came after is there', async () => {
  const journals = new Journals('entra')
  journals.add('entra', 'a', 1)
  await journals.ids()
  journals.events.entra = []
  expect(await journals.ids()).toBe('')
  journals.add('entra', 'b', 2)
  journals.add('entra', 'c', 3)
  expect(await journals.ids()).toBe('b c')
  journals.events.entra = journals.events.entra.slice(2)
  journals.add('entra', 'd', 4)
  expect(await journals.ids()).toBe('d')
})

test.each([{ length: 1 }, { length: 3 }, { length: 9 }])(
  'a deployment that was started again and has $length events is read from the start',
  async ({ length }) => {
    const journals = new Journals('entra')
    for (const sequence of [1, 2, 3]) journals.add('entra', `old${sequence}`, sequence)
    await journals.ids()
    journals.events.entra = []
    for (let sequence = 1; sequence <= length; sequence += 1) journals.add('entra', `new${sequence}`, sequence)
    expect(await journals.ids()).toBe(journals.events.entra.map(({ id }) => id).join(' '))
  },
)

test('a deployment that does not answer is named, and what was known of it stays', async () => {
  const journals = new Journals('entra', 'adfs')
  journals.add('entra', 'a', 1)
  await journals.ids()
  journals.down = 'entra'
  journals.add('adfs', 'b', 2)
  const { events, missing } = await journals.collector.collect()
  expect(events.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(missing).toEqual([{ deployment: 'entra', error: 'connection refused' }])
})

test('an event that was recorded while another reader’s fetch was under way is not missed', async () => {
  const journals = new Journals('entra')
  journals.add('entra', 'a', 1)
  const first = journals.ids()
  journals.add('entra', 'b', 2)
  const [, second, third] = await Promise.all([first, journals.ids(), journals.ids()])
  expect(second).toBe('a b')
  expect(third).toBe('a b')
  expect(journals.asked).toHaveLength(2)
})

test('reading the lab and resetting it leave no trace, other changes of the world do', async () => {
  const journals = new Journals('lab')
  journals.add('lab', 'read', 1, { method: 'GET' })
  journals.add('lab', 'reset', 2, { method: 'POST', path: '/api/reset' })
  journals.add('lab', 'failed reset', 3, { method: 'POST', path: '/api/reset', status: 502 })
  journals.add('lab', 'approve', 4, { method: 'POST' })
  expect(await journals.ids()).toBe('failed reset approve')
})

test('nothing is merged again while nothing happened, however often one looks', async () => {
  const journals = new Journals('lab', 'entra')
  journals.add('entra', 'a', 1)
  const first = await journals.collector.collect()
  journals.add('lab', 'read', 1, { method: 'GET' })
  journals.add('lab', 'read again', 2, { method: 'GET' })
  expect((await journals.collector.collect()).events).toBe(first.events)
})
