import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { native } from '#services/adfs/oauth/_oauth.ts'
import { type Device, dataOf, ping, sendMail } from '#services/exchange/activesync/_device.ts'
import { type Stack, startStack } from '#services/stack.ts'
import { createLog } from '#shared/log.ts'
import { eventually } from '#test/actors/eventually.ts'
import type { HttpVisitor } from '#test/actors/http-visitor.ts'
import {
  handOver,
  type Letter,
  owa,
  people,
  phoneOf,
  type ReachableArray,
  throughGateway,
  visitor,
} from './array-load.ts'
import { createDatabase, type PostgresServer, startPostgres } from './server.ts'

/*
 * PostgreSQL goes away and comes back. Whoever asks meanwhile is told so in the words of the product, nothing that was
 * acknowledged is lost, and nobody has to start anything again.
 */

const { bob, dave, juergen } = people
const account = 'fauxchange'
const open = new AsyncDisposableStack()
let postgres: PostgresServer
let stack: Stack
let array: ReachableArray
let who: HttpVisitor
let phone: Device
let stores: number

beforeAll(async () => {
  postgres = open.use(await startPostgres())
  const store = await ownedDatabase()
  stack = open.use(await startStack({ store, log: createLog('silent') }))
  const { ca } = stack
  const place = stack.smtp('exchange-onprem')
  const deliver = (_server: number, letter: Letter) => handOver({ ...place, ca }, letter)
  array = { ca, proxy: (zone) => stack.proxy(zone), deliver, cleanUp: open }
  stores = await listeners()
  expect(stores).toBeGreaterThan(3)
  who = await visitor(array, bob)
  phone = await phoneOf(dave, { id: 'OUTAGE', dispatcher: throughGateway(array, 'internet') })
})
afterAll(() => open.disposeAsync())

const basic = `Basic ${Buffer.from(`${bob.upn}:${bob.password}`).toString('base64')}`
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const soap = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body/></soap:Envelope>`

interface Asked {
  readonly zone?: 'internet' | 'corp'
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

async function ask(url: string, { zone = 'corp', method = 'GET', headers = {}, body }: Asked) {
  const dispatcher = throughGateway(array, zone)
  const answer = await request(url, { dispatcher, method, headers, body: body ?? null })
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
}

const login = 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0'
const authorize = `${login}/authorize?client_id=a0000000-0000-4000-8000-000000000001&response_type=code&redirect_uri=http%3A%2F%2Flocalhost&scope=openid`
const grant =
  'grant_type=password&client_id=a0000000-0000-4000-8000-000000000001&username=alice%40contoso.com&password=x&scope=openid'

/** What each surface says that cannot reach its store. */
const surfaces: Readonly<Record<string, { readonly url: string; readonly asked: Asked; readonly says: string }>> = {
  'Outlook on the web': { url: owa, asked: {}, says: 'Your mailbox appears to be unavailable.' },
  ActiveSync: {
    url: 'https://mail.contoso.com/Microsoft-Server-ActiveSync?Cmd=FolderSync&User=bob&DeviceId=X&DeviceType=Y',
    asked: { method: 'POST', headers: { authorization: basic, 'ms-asprotocolversion': '14.1' } },
    says: '',
  },
  'Exchange Web Services': {
    url: 'https://mail.contoso.com/EWS/Exchange.asmx',
    asked: { method: 'POST', headers: { authorization: basic, 'content-type': 'text/xml' }, body: soap },
    says: 'Service Unavailable',
  },
  'Entra ID’s pages': { url: authorize, asked: { zone: 'internet' }, says: 'AADSTS90033' },
  'Entra ID’s token end point': {
    url: `${login}/token`,
    asked: { zone: 'internet', method: 'POST', headers: form, body: grant },
    says: '"error":"temporarily_unavailable"',
  },
  'AD FS’s pages': {
    url: 'https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:wsfed',
    asked: {},
    says: 'An error occurred',
  },
  'AD FS’s device codes': {
    url: 'https://adfs.contoso.com/adfs/oauth2/devicecode',
    asked: { method: 'POST', headers: form, body: `client_id=${native}` },
    says: '"error":"temporarily_unavailable"',
  },
}

test('while PostgreSQL is away every surface answers 503 in its own words, and SMTP 451', async () => {
  const cookie = who.cookieHeader(owa)
  await postgres.stop()
  for (const [name, { url, asked, says }] of Object.entries(surfaces)) {
    const { status, headers, text } = await ask(url, url === owa ? { headers: { cookie } } : asked)
    expect([name, status, headers['retry-after']], text).toEqual([name, 503, '5'])
    expect(text).toContain(says)
    expect(text).not.toMatch(/ECONNREFUSED|postgres|terminated/i)
  }
  await expect(array.deliver(0, letterTo(dave, 'Nobody'))).rejects.toMatchObject({ responseCode: 451 })
  const journal = await stack.journal()
  expect(journal.flatMap(({ reasons }) => reasons).join()).toContain('the store cannot be used')
  await postgres.start()
})

test('when it is back sessions, devices and mail are as they were, and waiting clients are woken again', async () => {
  await array.deliver(0, letterTo(dave, 'Before'))
  const inbox = phone.folder('2')
  expect(await subjectsOn(phone)).toEqual(['Before'])
  const alarms = vi.spyOn(stack.clock, 'at')
  const held = phone.send('Ping', ping([inbox], minutes(47)))
  const isHeld = () => alarms.mock.calls.some(([until]) => isIn(until, minutes(46), minutes(47)))
  await eventually(() => expect(isHeld()).toBe(true))
  await listening()
  await postgres.stop()
  await postgres.start()
  expect((await who.open(owa)).url).toBe(owa)
  await listening()
  await array.deliver(0, letterTo(dave, 'After'))
  expect((await held).root?.name).toBe('Ping:Ping')
  expect(await subjectsOn(phone)).toEqual(['After'])
})

test('connections that are cut under load lose nothing that was acknowledged, and double nothing', async ({
  signal,
}) => {
  const sender = await phoneOf(juergen, { id: 'CUT', dispatcher: throughGateway(array, 'corp') })
  const load: Load = { acknowledged: 0, metCuts: 0, isOver: false, signal }
  const cutting = cutUnder(load)
  const sent = await Promise.all([
    sentUnder(load, 'Cut', (subject) => array.deliver(0, letterTo(dave, subject))),
    sentUnder(load, 'Sent', async (subject) => {
      const { status } = await sendMail(sender, subject, `To: ${dave.upn}\nSubject: ${subject}\n\nHello`)
      if (status !== 200) throw new Error(`SendMail answered ${status}`)
    }),
  ])
  load.isOver = true
  await cutting
  expect(load.metCuts).toBeGreaterThan(0)
  expect((await who.open(owa)).url).toBe(owa)
  expect((await subjectsOn(phone)).toSorted()).toEqual(sent.flat().toSorted())
})

test('with no connection left the answer is 503 as well, until there is one', async () => {
  await limitConnections(0)
  await cutAll()
  const cookie = who.cookieHeader(owa)
  const refused = await ask(owa, { headers: { cookie } })
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5'])
  await limitConnections(-1)
  await listening()
  expect((await who.open(owa)).url).toBe(owa)
})

const minutes = (count: number) => count * 60

/** Whether an instant is between so many seconds from now. */
function isIn(instant: Date, least: number, most: number): boolean {
  const seconds = (instant.getTime() - stack.clock.now().getTime()) / 1000
  return least < seconds && seconds <= most
}

function letterTo({ upn: to }: { readonly upn: string }, subject: string): Letter {
  return { to, subject, messageId: `<${subject.replaceAll(' ', '-')}@test.example>` }
}

async function subjectsOn(device: Device): Promise<readonly string[]> {
  const heard: string[] = []
  for (let more = true; more; ) {
    const page = await device.sync(device.folder('2'))
    heard.push(...page.added.map((item) => dataOf(item, 'Email:Subject') ?? ''))
    more = page.more
  }
  return heard
}

interface Load {
  acknowledged: number
  metCuts: number
  isOver: boolean
  /** Of the test, which may end before the load does. */
  readonly signal: AbortSignal
}

/** Between two cuts something gets through, however long that takes. */
async function cutUnder(load: Load): Promise<void> {
  const isOver = () => load.isOver || load.signal.aborted
  while (!isOver()) {
    const before = load.acknowledged
    await cutAll()
    while (load.acknowledged === before && !isOver()) await pause(5)
  }
}

/** Each until it is acknowledged; a dozen, and then as many as it takes for a cut to meet one. */
async function sentUnder(load: Load, what: string, attempt: (subject: string) => Promise<void>) {
  const sent: string[] = []
  while ((sent.length < 12 || load.metCuts === 0) && !load.signal.aborted) {
    const subject = `${what} ${sent.length}`
    sent.push(subject)
    while (!(await isAcknowledged(attempt(subject))) && !load.signal.aborted) load.metCuts += 1
    load.acknowledged += 1
  }
  return sent
}

const isAcknowledged = (attempt: Promise<void>) =>
  attempt.then(
    () => true,
    () => false,
  )

const own = `application_name like 'fauxchange %'`

/** As an administrator would: whatever the stack has open ends. */
async function cutAll(): Promise<number> {
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity where ${own}`
  return (await asAdministrator((client) => client.query(cut))).rowCount ?? 0
}

/** Of the account that the stack uses; -1 for as many as it likes. */
async function limitConnections(most: number): Promise<void> {
  await asAdministrator((client) => client.query(`alter role ${account} connection limit ${most}`))
}

/** A database that belongs to an account without further rights. */
async function ownedDatabase(): Promise<string> {
  const url = new URL(await createDatabase(postgres.url, 'outage'))
  await asAdministrator((client) => client.query(`create role ${account} login`))
  await asAdministrator((client) => client.query(`alter database "${url.pathname.slice(1)}" owner to ${account}`))
  return Object.assign(url, { username: account }).href
}

/** How many stores hear notices. */
async function listeners(): Promise<number> {
  const count = `select count(distinct application_name) from pg_stat_activity where ${own} and query like 'listen %'`
  const { rows } = await asAdministrator((client) => client.query<{ count: string }>(count))
  return Number(rows[0]?.count)
}

/** Until every store hears notices again. */
async function listening(): Promise<void> {
  while ((await listeners()) < stores) await pause(20)
}

async function asAdministrator<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
