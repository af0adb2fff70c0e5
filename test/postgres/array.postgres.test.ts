import { inspect } from 'node:util'
import { Agent, buildConnector, type Dispatcher, ProxyAgent, request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  Device,
  type DeviceRequest,
  dataOf,
  ping,
  type Reachable,
  sendMail,
} from '#services/exchange/activesync/_device.ts'
import { HttpVisitor } from '#test/actors/http-visitor.ts'
import { deliver, type ExchangeArray, type Server, startArray } from './exchange-array.ts'

const people = {
  bob: { upn: 'bob@contoso.com', password: 'Bob-Pass2' },
  dave: { upn: 'dave@contoso.com', password: 'Dave-Pass4' },
  juergen: { upn: 'juergen@contoso.com', password: 'Juergen-Pass6' },
} as const
type Person = (typeof people)[keyof typeof people]

const owa = 'https://mail.contoso.com/owa/'
const open = new AsyncDisposableStack()
let array: ExchangeArray

beforeAll(async () => {
  array = open.use(await startArray(3))
})
afterAll(() => open.disposeAsync())

/** A new connection for every request, so that any server may get it. */
function throughGateway(zone: 'internet' | 'corp'): ProxyAgent {
  const { stack } = array
  const brief = { keepAliveTimeout: 1, keepAliveMaxTimeout: 1 }
  const agent = new ProxyAgent({ uri: stack.proxy(zone), requestTls: { ca: stack.authority.caPem }, ...brief })
  open.defer(() => agent.destroy())
  return agent
}

function straightTo({ https: { host, port } }: Server): Dispatcher {
  const dial = buildConnector({ ca: array.stack.authority.caPem })
  const place = { hostname: host, port: String(port) }
  const agent = new Agent({
    connect: (target, done) => dial({ ...target, ...place, servername: target.hostname }, done),
  })
  open.defer(() => agent.destroy())
  return agent
}

async function visitor({ upn, password }: Person): Promise<HttpVisitor> {
  const who = new HttpVisitor(throughGateway('corp'))
  const page = await who.submit(await who.open(owa), { UserName: upn, Password: password })
  const mailbox = page.url === owa ? page : await who.submit(page)
  expect([mailbox.url, mailbox.status]).toEqual([owa, 200])
  return who
}

/** What got no answer is asked again, as devices and people do. */
async function insist<T>(ask: () => Promise<T>, isAnswer: (answer: T) => boolean): Promise<T> {
  let last: unknown
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      const answer = await ask()
      if (isAnswer(answer)) return answer
      last = answer
    } catch (error) {
      last = error
    }
    repeated += 1
  }
  throw new Error(`no answer after 50 attempts: ${inspect(last)}`, { cause: last })
}

let repeated = 0

function reachable(dispatcher: Dispatcher): Reachable {
  const ask = async ({ method, url, headers, payload }: DeviceRequest) => {
    const { host, ...others } = headers
    const asked = { dispatcher, method, headers: others, body: payload ?? null }
    const { statusCode, headers: given, body } = await request(`https://${host}${url}`, asked)
    return { statusCode, headers: given as never, rawPayload: Buffer.from(await body.arrayBuffer()) }
  }
  return {
    app: {
      inject: (asked) =>
        insist(
          () => ask(asked),
          ({ statusCode }) => statusCode < 500,
        ),
    },
  }
}

async function device({ upn, password }: Person, id: string, dispatcher: Dispatcher): Promise<Device> {
  const phone = new Device(reachable(dispatcher), upn, id)
  phone.password = password
  await phone.connect()
  await phone.syncAll(phone.folder('2'))
  return phone
}

function server(index: number): Server {
  return array.servers[index % array.servers.length] as Server
}

test('ENV-6 any server answers any request of a session', async () => {
  const who = await visitor(people.bob)
  for (let each = 0; each < 9; each += 1) expect((await who.open(owa)).url).toBe(owa)
  for (const { journal } of array.servers) {
    const events = await journal()
    const pages = events.filter(
      ({ path, user, status }) => path === '/owa/' && user === people.bob.upn && status === 200,
    )
    expect(pages.length).toBeGreaterThan(1)
  }
})

test('ENV-6 mail that one server takes wakes a Ping that another holds, within 200 ms', async () => {
  const latencies: number[] = []
  for (const [round, holder] of array.servers.entries()) {
    const phone = await device(people.dave, `PING${round}`, straightTo(holder))
    const inbox = phone.folder('2')
    const woken = phone.send('Ping', ping([inbox])).then((answer) => ({ answer, at: performance.now() }))
    const subject = `Wake ${round}`
    await deliver(array, server(round + 1), { to: people.dave.upn, subject, messageId: `<wake-${round}@test.example>` })
    const taken = performance.now()
    const { answer, at } = await woken
    expect(answer.root?.name).toBe('Ping:Ping')
    latencies.push(at - taken)
    expect((await phone.sync(inbox)).added.map((item) => dataOf(item, 'Email:Subject'))).toEqual([subject])
  }
  expect(Math.min(...latencies)).toBeLessThan(200)
})

test('ENV-6 a newer request of a device ends the one that another server holds', async () => {
  const phone = await device(people.dave, 'MOVING', straightTo(server(0)))
  const body = ping([phone.folder('2')])
  const older = phone.send('Ping', body)
  const moved = new Device(reachable(straightTo(server(1))), people.dave.upn, 'MOVING')
  Object.assign(moved, { password: phone.password, policyKey: phone.policyKey })
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
  await deliver(array, server(2), { to: people.dave.upn, subject: 'Enough', messageId: '<enough@test.example>' })
  await Promise.all(newer)
})

const mailsEach = 30
const pagesEach = 25
const sentEach = 10

test('ENV-6 a server that is killed under load loses nothing, and nothing is doubled', async () => {
  const load = Object.values(people)
  const visitors = await Promise.all(load.map(visitor))
  const phones = await Promise.all(
    load.map((person, index) => device(person, `LOAD${index}`, throughGateway(index % 2 === 0 ? 'internet' : 'corp'))),
  )
  repeated = 0
  let taken = 0
  const begun = Promise.withResolvers<void>()
  const counted = () => {
    taken += 1
    if (taken === mailsEach) begun.resolve()
  }
  const heard = phones.map(() => [] as string[])
  let over = false
  const reading = phones.map(async (phone, index) => {
    for (let last = false; !last; ) {
      last = over
      for (let more = true; more; ) {
        const page = await phone.sync(phone.folder('2'))
        expect(page.status ?? '1').toBe('1')
        heard[index]?.push(...page.added.map((item) => dataOf(item, 'Email:Subject') ?? ''))
        more = page.more
      }
    }
  })
  const work = [
    ...load.map(({ upn }, index) => mailTo(upn, index, counted)),
    ...visitors.map(leafThrough),
    ...phones.map((phone, index) => sendFrom(phone, load[(index + 1) % load.length] as Person, index)),
  ]
  await begun.promise
  const { signal } = await server(0).process.end('SIGKILL')
  expect(signal).toBe('SIGKILL')
  const lostSessions = (await Promise.all(work)).reduce((sum, lost) => sum + lost, 0)
  over = true
  await Promise.all(reading)

  // Somebody was on the way to the server that ended.
  expect(repeated).toBeGreaterThan(0)
  expect(lostSessions).toBe(0)
  for (const [index, subjects] of heard.entries()) {
    const sender = (index + load.length - 1) % load.length
    const expected = [
      ...Array.from({ length: mailsEach }, (_, number) => `Mail ${index}-${number}`),
      ...Array.from({ length: sentEach }, (_, number) => `Sent ${sender}-${number}`),
    ]
    const ours = subjects.filter((subject) => /^(Mail|Sent) /.test(subject))
    expect(ours.toSorted()).toEqual(expected.toSorted())
  }
})

/** As a sending server: until it has heard that the message was taken, it tries the next server. */
async function mailTo(upn: string, index: number, counted: () => void): Promise<number> {
  for (let number = 0; number < mailsEach; number += 1) {
    const letter = { to: upn, subject: `Mail ${index}-${number}`, messageId: `<mail-${index}-${number}@test.example>` }
    let turn = number
    await insist(
      async () => {
        turn += 1
        await deliver(array, server(turn), letter)
        return true
      },
      () => true,
    )
    counted()
  }
  return 0
}

/** How often the session was gone. */
async function leafThrough(who: HttpVisitor): Promise<number> {
  let lost = 0
  for (let each = 0; each < pagesEach; each += 1) {
    const page = await insist(
      () => who.open(owa),
      ({ status }) => status < 500,
    )
    if (page.url !== owa || page.status !== 200) lost += 1
  }
  return lost
}

async function sendFrom(phone: Device, { upn }: Person, index: number): Promise<number> {
  for (let number = 0; number < sentEach; number += 1) {
    const mime = `To: ${upn}\nSubject: Sent ${index}-${number}\n\nHello`
    const { status, raw } = await sendMail(phone, `client-${index}-${number}`, mime)
    expect([status, raw.length]).toEqual([200, 0])
  }
  return 0
}
