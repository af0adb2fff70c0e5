import { Agent, buildConnector, type Dispatcher } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataOf, ping } from '#services/exchange/activesync/_device.ts'
import type { JournalEvent } from '#shared/journal.ts'
import { movedTo, owa, people, phoneOf, throughGateway, visitor, workOn } from './array-load.ts'
import { type ExchangeArray, type Server, startArray } from './exchange-array.ts'
import { postCompose } from './ways-to-send.ts'

const open = new AsyncDisposableStack()
let array: ExchangeArray

beforeAll(async () => {
  array = open.use(await startArray(3))
})
afterAll(() => open.disposeAsync())

/** How many requests of a kind each server had. */
async function countedAtEach(isCounted: (event: JournalEvent) => boolean): Promise<readonly number[]> {
  return Promise.all(array.servers.map(async ({ journal }) => (await journal()).filter(isCounted).length))
}

function straightTo({ https: { host, port } }: Server): Dispatcher {
  const dial = buildConnector({ ca: array.ca })
  const place = { hostname: host, port: String(port) }
  const agent = new Agent({
    connect: (target, done) => dial({ ...target, ...place, servername: target.hostname }, done),
  })
  open.defer(() => agent.destroy())
  return agent
}

function server(index: number): Server {
  return array.servers[index % array.servers.length] as Server
}

test('ENV-6 any server answers any request of a session', async () => {
  const who = await visitor(array, people.bob)
  const pages = (event: JournalEvent) => event.path === '/owa/' && event.user === people.bob.upn && event.status === 200
  // One that a probe found busy is left out for a while.
  while (Math.min(...(await countedAtEach(pages))) < 2) expect((await who.open(owa)).url).toBe(owa)
})

test('the lab’s journal has what every server saw', async () => {
  const parts = await Promise.all(array.servers.map(({ journal }) => journal()))
  const ids = new Set((await array.stack.journal()).map(({ id }) => id))
  for (const part of parts) {
    expect(part.length).toBeGreaterThan(0)
    for (const { id } of part) expect(ids).toContain(id)
  }
})

/** How soon: wake.postgres.test.ts. */
test('ENV-6 mail that one server takes wakes a Ping that another holds', async () => {
  for (const [round, holder] of array.servers.entries()) {
    const phone = await phoneOf(people.dave, { id: `PING${round}`, dispatcher: straightTo(holder) })
    const inbox = phone.folder('2')
    const woken = phone.send('Ping', ping([inbox]))
    const subject = `Wake ${round}`
    await array.deliver(round + 1, { to: people.dave.upn, subject, messageId: `<wake-${round}@test.example>` })
    expect((await woken).root?.name).toBe('Ping:Ping')
    expect((await phone.sync(inbox)).added.map((item) => dataOf(item, 'Email:Subject'))).toEqual([subject])
  }
})

test('ENV-6 a newer request of a device ends the one that another server holds', async () => {
  const phone = await phoneOf(people.dave, { id: 'MOVING', dispatcher: straightTo(server(0)) })
  const body = ping([phone.folder('2')])
  const older = phone.send('Ping', body)
  const moved = movedTo(phone, people.dave, { id: 'MOVING', dispatcher: straightTo(server(1)) })
  // The journal knows a request when it is answered; until the older one is, newer ones come.
  const newer: Promise<unknown>[] = []
  for (let ended = false; !ended; ) {
    newer.push(moved.send('Ping', body))
    ended = await Promise.race([
      older.then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, 50, false)),
    ])
  }
  expect((await older).raw.length).toBe(0)
  await array.deliver(2, { to: people.dave.upn, subject: 'Enough', messageId: '<enough@test.example>' })
  await Promise.all(newer)
})

test('ENV-6 a message begun at one server gets its file at another and is sent by a third', async () => {
  const who = await visitor(array, people.juergen)
  const phone = await phoneOf(people.dave, { id: 'COMPOSE', dispatcher: straightTo(server(0)) })
  const fields = { to: people.dave.upn, subject: 'From three servers' }
  const begun = await postCompose(who, straightTo(server(0)), { ...fields, action: 'save' })
  const draft = { ...fields, mode: 'draft', ItemID: itemIn(begun.location) }
  const file = new File(['of the second'], 'file.txt', { type: 'text/plain' })
  const kept = await postCompose(who, straightTo(server(1)), { ...draft, action: 'save' }, [file])
  const last = { ...draft, ItemID: itemIn(kept.location) }
  expect((await postCompose(who, straightTo(server(2)), last)).status).toBe(303)
  const [item] = (await phone.sync(phone.folder('2'))).added
  expect(item && dataOf(item, 'Email:Subject')).toBe('From three servers')
  expect(JSON.stringify(item)).toContain('file.txt')
})

function itemIn(location: string): string {
  const id = new URL(location, owa).searchParams.get('ItemID') ?? ''
  expect(id).not.toBe('')
  return id
}

test('ENV-6 a device gets its policy at one server and acknowledges it at another', async () => {
  const asked = ({ decisions, detail }: JournalEvent) =>
    decisions.includes('Provision') && String(detail.deviceId).startsWith('POLICY')
  const who = await visitor(array, people.bob)
  let phones = 0
  const asking = { repeated: 0 }
  for (; Math.min(...(await countedAtEach(asked))) === 0; phones += 1) {
    // What a phone asks may go once round the servers, so that the same one would always be told of policies.
    for (let page = 0; page < phones; page += 1) await who.open(owa)
    await phoneOf(people.juergen, { id: `POLICY${phones}`, dispatcher: throughGateway(array, 'corp'), asking })
  }
  const [asksOfOne, counts] = [2, await countedAtEach(asked)]
  const more = counts.reduce((sum, count) => sum + count) - asksOfOne * phones
  // What a server did not answer because it was busy may have been asked for once more.
  expect([more >= 0, more <= asking.repeated]).toEqual([true, true])
})

test('ENV-6 a server that hangs under load loses nothing, nothing is doubled, and it comes back', async () => {
  const hung = server(1)
  const before = (await hung.journal()).length
  const { lostSessions, sentOnce } = await workOn(array, 'Hang', async () => {
    hung.process.child.kill('SIGSTOP')
  })
  hung.process.child.kill('SIGCONT')
  expect(lostSessions).toBe(0)
  expect(sentOnce).toBeGreaterThan(15)
  const who = await visitor(array, people.bob)
  // Until the probes have found it again, the others answer.
  for (let seen = before; seen <= before; ) {
    expect((await who.open(owa)).url).toBe(owa)
    seen = (await hung.journal()).filter(({ path, user }) => path === '/owa/' && user === people.bob.upn).length
  }
})

test('ENV-6 a server that is killed under load loses nothing, and nothing is doubled', async () => {
  const { repeated, lostSessions, sentOnce } = await workOn(array, 'Kill', async () => {
    const { signal } = await server(0).process.end('SIGKILL')
    expect(signal).toBe('SIGKILL')
  })
  // Somebody was on the way to the server that ended.
  expect(repeated).toBeGreaterThan(0)
  expect(lostSessions).toBe(0)
  expect(sentOnce).toBeGreaterThan(15)
})
