import { Agent, buildConnector, type Dispatcher } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataOf, ping } from '#services/exchange/activesync/_device.ts'
import { movedTo, owa, people, phoneOf, throughGateway, visitor, workOn } from './array-load.ts'
import { type ExchangeArray, type Server, startArray } from './exchange-array.ts'
import { postCompose } from './ways-to-send.ts'

const open = new AsyncDisposableStack()
let array: ExchangeArray

beforeAll(async () => {
  array = open.use(await startArray(3))
})
afterAll(() => open.disposeAsync())

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
  for (let each = 0; each < 9; each += 1) expect((await who.open(owa)).url).toBe(owa)
  for (const { journal } of array.servers) {
    const events = await journal()
    const pages = events.filter(
      ({ path, user, status }) => path === '/owa/' && user === people.bob.upn && status === 200,
    )
    expect(pages.length).toBeGreaterThan(1)
  }
})

test('the lab’s journal has what every server saw', async () => {
  const parts = await Promise.all(array.servers.map(({ journal }) => journal()))
  const ids = new Set((await array.stack.journal()).map(({ id }) => id))
  for (const part of parts) {
    expect(part.length).toBeGreaterThan(0)
    for (const { id } of part) expect(ids).toContain(id)
  }
})

test('ENV-6 mail that one server takes wakes a Ping that another holds, within 200 ms', async () => {
  const latencies: number[] = []
  for (const [round, holder] of array.servers.entries()) {
    const phone = await phoneOf(people.dave, { id: `PING${round}`, dispatcher: straightTo(holder) })
    const inbox = phone.folder('2')
    const woken = phone.send('Ping', ping([inbox])).then((answer) => ({ answer, at: performance.now() }))
    const subject = `Wake ${round}`
    await array.deliver(round + 1, { to: people.dave.upn, subject, messageId: `<wake-${round}@test.example>` })
    const taken = performance.now()
    const { answer, at } = await woken
    expect(answer.root?.name).toBe('Ping:Ping')
    latencies.push(at - taken)
    expect((await phone.sync(inbox)).added.map((item) => dataOf(item, 'Email:Subject'))).toEqual([subject])
  }
  expect(Math.min(...latencies)).toBeLessThan(200)
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
  const provisioned: string[] = []
  for (let attempt = 0; attempt < 4; attempt += 1)
    await phoneOf(people.juergen, { id: `POLICY${attempt}`, dispatcher: throughGateway(array, 'internet') })
  for (const { journal } of array.servers) {
    const asked = (await journal()).filter(({ decisions }) => decisions.includes('Provision'))
    provisioned.push(...asked.map(({ detail }) => String(detail.deviceId)))
    expect(asked.length).toBeGreaterThan(0)
  }
  expect(provisioned.filter((id) => id.startsWith('POLICY'))).toHaveLength(8)
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
