import { inspect } from 'node:util'
import { createTransport } from 'nodemailer'
import { type Dispatcher, ProxyAgent, request } from 'undici'
import { expect } from 'vitest'
import { Device, type DeviceRequest, dataOf, type Reachable, sendMail } from '#services/exchange/activesync/_device.ts'
import { HttpVisitor } from '#test/actors/http-visitor.ts'
import { type Mail, sendByWebServices, sendFromOutlookOnTheWeb } from './ways-to-send.ts'

/*
 * People at work on an array of Exchange on-premises while one of its servers ends: in the test's own stack, and in
 * containers.
 */

export const people = {
  bob: { upn: 'bob@contoso.com', password: 'Bob-Pass2' },
  dave: { upn: 'dave@contoso.com', password: 'Dave-Pass4' },
  juergen: { upn: 'juergen@contoso.com', password: 'Juergen-Pass6' },
} as const
export type Person = (typeof people)[keyof typeof people]

export const owa = 'https://mail.contoso.com/owa/'

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly messageId: string
  /** Milliseconds after which somebody else is tried; without them, a server that answers late has answered. */
  readonly patience?: { readonly greetingTimeout: number; readonly socketTimeout: number }
}

/** An array as its users reach it. */
export interface ReachableArray {
  readonly ca: string
  proxy(zone: 'internet' | 'corp'): string
  /** Hands a message to one of the servers, counted round; resolves when that has taken it. */
  deliver(server: number, letter: Letter): Promise<void>
  readonly cleanUp: Pick<AsyncDisposableStack, 'defer'>
}

/** A new connection for every request, so that any server may get it. */
export function throughGateway({ ca, proxy, cleanUp }: ReachableArray, zone: 'internet' | 'corp'): ProxyAgent {
  const brief = { keepAliveTimeout: 1, keepAliveMaxTimeout: 1 }
  const agent = new ProxyAgent({ uri: proxy(zone), requestTls: { ca }, ...brief })
  cleanUp.defer(() => agent.destroy())
  return agent
}

export async function visitor(array: ReachableArray, { upn, password }: Person): Promise<HttpVisitor> {
  const who = new HttpVisitor(throughGateway(array, 'corp'))
  const page = await who.submit(await who.open(owa), { UserName: upn, Password: password })
  const mailbox = page.url === owa ? page : await who.submit(page)
  expect([mailbox.url, mailbox.status]).toEqual([owa, 200])
  return who
}

export interface Asking {
  /** How many requests had to be made once more. */
  repeated: number
}

/** What got no answer is asked again, as devices and people do. */
async function insist<T>(asking: Asking, ask: () => Promise<T>, isAnswer: (answer: T) => boolean): Promise<T> {
  let last: unknown
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      const answer = await ask()
      if (isAnswer(answer)) return answer
      last = answer
    } catch (error) {
      last = error
    }
    asking.repeated += 1
  }
  throw new Error(`no answer after 50 attempts: ${inspect(last)}`, { cause: last })
}

function reachable(dispatcher: Dispatcher, asking: Asking, host: string): Reachable {
  const ask = async ({ method, url, headers, payload }: DeviceRequest) => {
    const { host: _, ...others } = headers
    const asked = { dispatcher, method, headers: others, body: payload ?? null }
    const { statusCode, headers: given, body } = await request(`https://${host}${url}`, asked)
    return { statusCode, headers: given as never, rawPayload: Buffer.from(await body.arrayBuffer()) }
  }
  return {
    app: {
      inject: (asked) =>
        insist(
          asking,
          () => ask(asked),
          ({ statusCode }) => statusCode < 500,
        ),
    },
  }
}

export interface PhoneOptions {
  readonly id: string
  readonly dispatcher: Dispatcher
  readonly asking?: Asking
  readonly host?: string
}

/** A device that has its folders. */
export async function phoneOf(
  { upn, password }: { readonly upn: string; readonly password: string },
  { id, dispatcher, asking = { repeated: 0 }, host = 'mail.contoso.com' }: PhoneOptions,
): Promise<Device> {
  const phone = new Device(reachable(dispatcher, asking, host), upn, id)
  phone.password = password
  await phone.connect()
  await phone.syncAll(phone.folder('2'))
  return phone
}

/** The same device over another way. */
export function movedTo(phone: Device, { upn }: Person, { id, dispatcher }: PhoneOptions): Device {
  const moved = new Device(reachable(dispatcher, { repeated: 0 }, 'mail.contoso.com'), upn, id)
  return Object.assign(moved, { password: phone.password, policyKey: phone.policyKey })
}

/** SMTP to one place. */
export async function handOver(
  { host, port, ca }: { readonly host: string; readonly port: number; readonly ca: string },
  { patience, ...letter }: Letter,
  servername = 'mail.contoso.com',
): Promise<void> {
  const transport = createTransport({ host, port, requireTLS: true, tls: { ca, servername }, ...patience })
  try {
    await transport.sendMail({ from: 'load@elsewhere.example', text: 'Hello', date: new Date(0), ...letter })
  } finally {
    transport.close()
  }
}

const mailsEach = 30
const pagesEach = 25
const sentEach = 10

export interface WorkDone {
  readonly repeated: number
  readonly lostSessions: number
  /** How many messages were acknowledged to pages and programs, which do not ask again. */
  readonly sentOnce: number
}

/**
 * Mail comes, is read on phones and sent from them, pages are opened; in the middle of it `whenBusy` is called.
 * `name` begins the subjects. Nothing of what was acknowledged is missing at the end, and nothing is there twice.
 */
export async function workOn(array: ReachableArray, name: string, whenBusy: () => Promise<void>): Promise<WorkDone> {
  const asking: Asking = { repeated: 0 }
  const load = Object.values(people)
  const visitors = await Promise.all(load.map((person) => visitor(array, person)))
  const phones = await Promise.all(
    load.map((person, index) => {
      const dispatcher = throughGateway(array, index % 2 === 0 ? 'internet' : 'corp')
      return phoneOf(person, { id: `${name}${index}`, dispatcher, asking })
    }),
  )
  asking.repeated = 0
  const busy = Promise.withResolvers<void>()
  let taken = 0
  const counted = () => {
    taken += 1
    if (taken === mailsEach) busy.resolve()
  }
  let over = false
  const reading = phones.map((phone) => readUntil(phone, () => over))
  const work = [
    ...load.map(({ upn }, index) => mailTo({ array, asking, name }, { upn, index }, counted)),
    ...visitors.map((who) => leafThrough(who, asking)),
    ...phones.map((phone, index) =>
      sendFrom(phone, load[(index + 1) % load.length] as Person, `${name} sent ${index}`),
    ),
  ]
  const once = load.map((person, index) => {
    const next = load[(index + 1) % load.length] as Person
    return sendEachOnce(
      array,
      { who: visitors[index] as HttpVisitor, person },
      { to: next.upn, subject: `${name} once` },
    )
  })
  await busy.promise
  await whenBusy()
  const lostSessions = (await Promise.all(work)).reduce((sum, lost) => sum + lost, 0)
  const acknowledged = await Promise.all(once)
  over = true
  const heard = await Promise.all(reading)
  for (const [index, subjects] of heard.entries()) {
    const people = load.length
    expectEverythingOnce(subjects, { name, index, people })
    expectNoneLost(subjects, `${name} once`, acknowledged[(index + people - 1) % people] ?? [])
  }
  return { repeated: asking.repeated, lostSessions, sentOnce: acknowledged.flat().length }
}

function expectEverythingOnce(
  subjects: readonly string[],
  { name, index, people: count }: { readonly name: string; readonly index: number; readonly people: number },
): void {
  const sender = (index + count - 1) % count
  const expected = [
    ...Array.from({ length: mailsEach }, (_, number) => `${name} mail ${index}-${number}`),
    ...Array.from({ length: sentEach }, (_, number) => `${name} sent ${sender}-${number}`),
  ]
  const ours = subjects.filter((subject) => /^\S+ (mail|sent) /.test(subject) && subject.startsWith(`${name} `))
  expect(ours.toSorted()).toEqual(expected.toSorted())
}

/** What got no answer may have been sent or not; what did is there, and nothing is there twice. */
function expectNoneLost(subjects: readonly string[], name: string, acknowledged: readonly string[]): void {
  const ours = subjects.filter((subject) => subject.startsWith(`${name} `))
  expect(new Set(ours).size).toBe(ours.length)
  expect(ours).toEqual(expect.arrayContaining([...acknowledged]))
}

/** From a page and by a program, in turns, each message in one attempt; gives the subjects that were acknowledged. */
async function sendEachOnce(
  array: ReachableArray,
  { who, person }: { readonly who: HttpVisitor; readonly person: Person },
  { to, subject }: Mail,
): Promise<readonly string[]> {
  const dispatcher = throughGateway(array, 'corp')
  const acknowledged: string[] = []
  for (let number = 0; number < sentEach; number += 1) {
    const mail = { to, subject: `${subject} ${number}` }
    const sent =
      number % 2 === 0 ? sendFromOutlookOnTheWeb(who, dispatcher, mail) : sendByWebServices(person, dispatcher, mail)
    if (await sent.catch(() => false)) acknowledged.push(mail.subject)
  }
  return acknowledged
}

/** Once more after the end, for what came last. */
async function readUntil(phone: Device, isOver: () => boolean): Promise<readonly string[]> {
  const heard: string[] = []
  for (let last = false; !last; ) {
    last = isOver()
    for (let more = true; more; ) {
      const page = await phone.sync(phone.folder('2'))
      expect(page.status ?? '1').toBe('1')
      heard.push(...page.added.map((item) => dataOf(item, 'Email:Subject') ?? ''))
      more = page.more
    }
  }
  return heard
}

/** As a sending server: until it has heard that the message was taken, it tries the next server. */
async function mailTo(
  { array, asking, name }: { readonly array: ReachableArray; readonly asking: Asking; readonly name: string },
  { upn, index }: { readonly upn: string; readonly index: number },
  counted: () => void,
): Promise<number> {
  for (let number = 0; number < mailsEach; number += 1) {
    const messageId = `<${name}-${index}-${number}@test.example>`
    const patience = { greetingTimeout: 1_500, socketTimeout: 5_000 }
    const letter = { to: upn, subject: `${name} mail ${index}-${number}`, messageId, patience }
    let turn = number
    const deliver = async () => {
      turn += 1
      await array.deliver(turn, letter)
      return true
    }
    await insist(asking, deliver, () => true)
    counted()
  }
  return 0
}

/** How often the session was gone. */
async function leafThrough(who: HttpVisitor, asking: Asking): Promise<number> {
  let lost = 0
  for (let each = 0; each < pagesEach; each += 1) {
    const page = await insist(
      asking,
      () => who.open(owa),
      ({ status }) => status < 500,
    )
    if (page.url !== owa || page.status !== 200) lost += 1
  }
  return lost
}

async function sendFrom(phone: Device, { upn }: Person, subject: string): Promise<number> {
  for (let number = 0; number < sentEach; number += 1) {
    const mime = `To: ${upn}\nSubject: ${subject}-${number}\n\nHello`
    const { status, raw } = await sendMail(phone, `${subject}-${number}`, mime)
    expect([status, raw.length]).toEqual([200, 0])
  }
  return 0
}
