import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataOf, ping } from '#services/exchange/activesync/_device.ts'
import { openBrowser, type TestBrowser } from '../../actors/browser.ts'
import { type Lab, labOf } from '../../actors/lab.ts'
import { bob, peggy } from '../../actors/people.ts'
import { atAdfs } from '../../actors/person.ts'
import { publishedWorld } from '../../actors/world.ts'
import {
  handOver,
  type Letter,
  owa,
  people,
  phoneOf,
  type ReachableArray,
  throughGateway,
  visitor,
  workOn,
} from '../../postgres/array-load.ts'
import { docker, journalOf, type ServerContainer, serversOf } from './servers.ts'

const open = new AsyncDisposableStack()
const world = publishedWorld(process.env)
const project = process.env.FAUXCHANGE_COMPOSE_PROJECT ?? ''
let lab: Lab
let browser: TestBrowser
let array: ReachableArray
let onprem: readonly ServerContainer[]
let online: readonly ServerContainer[]

beforeAll(async () => {
  lab = labOf(world)
  browser = open.use(await openBrowser(world))
  const ca = await (await fetch(`${world.gateways.internet}/ca.pem`)).text()
  onprem = await serversOf(project, 'exchange-onprem', 2526)
  online = await serversOf(project, 'exchange-online', 2525)
  const deliver = (index: number, letter: Letter) => handOver({ ...mailOf(onprem, index), ca }, letter)
  array = { ca, proxy: (zone) => world.gateways[zone], deliver, cleanUp: open }
  await lab.reset()
})
afterAll(() => open.disposeAsync())

function mailOf(servers: readonly ServerContainer[], index: number) {
  return (servers[index % servers.length] as ServerContainer).mail
}

test('ENV-6 the published gateways share a session’s requests out among the servers', async () => {
  expect([onprem.length, online.length]).toEqual([3, 3])
  const who = await visitor(array, people.bob)
  for (let each = 0; each < 24; each += 1) expect((await who.open(owa)).url).toBe(owa)
  const merged = new Set((await lab.journal()).map(({ id }) => id))
  for (const server of onprem) {
    const events = await journalOf(server)
    expect(events.filter(({ path, status }) => path === '/owa/' && status === 200).length, server.name).toBeGreaterThan(
      1,
    )
    for (const { id } of events) expect(merged, 'the lab’s journal has all of them').toContain(id)
  }
})

test.each([
  { what: 'on-premises, through the proxy', person: people.dave, host: 'mail.contoso.com', servers: () => onprem },
  { what: 'online', person: peggy, host: 'outlook.office365.com', servers: () => online },
])('ENV-6 mail that any server takes wakes a Ping that another holds: $what', async ({ person, host, servers }) => {
  const dispatcher = throughGateway(array, 'internet')
  const phone = await phoneOf(person, { id: 'PING', dispatcher, host })
  const inbox = phone.folder('2')
  for (const [index] of servers().entries()) {
    const held = phone.send('Ping', ping([inbox]))
    const subject = `Wake ${index}`
    const letter = { to: person.upn, subject, messageId: `<wake-${host}-${index}@test.example>` }
    await handOver({ ...mailOf(servers(), index), ca: array.ca }, letter, host)
    expect((await held).root?.name).toBe('Ping:Ping')
    expect((await phone.sync(inbox)).added.map((item) => dataOf(item, 'Email:Subject'))).toEqual([subject])
  }
})

test('ENV-6 a container that hangs is passed over, and is back when it goes on', async () => {
  const hung = onprem[2] as ServerContainer
  const who = await visitor(array, people.juergen)
  const before = (await journalOf(hung)).length
  await docker('pause', hung.name)
  for (let each = 0; each < 12; each += 1) expect((await who.open(owa)).url).toBe(owa)
  await docker('unpause', hung.name)
  for (let seen = before; seen <= before; seen = (await journalOf(hung)).length)
    expect((await who.open(owa)).url).toBe(owa)
})

test('ENV-6 a container that is killed under load, and in the middle of a sign-in, loses and doubles nothing', async () => {
  const page = await browser.visitor('internet')
  await page.goto('https://mail.contoso.com/owa')
  await atAdfs.signIn(page, bob.upn, bob.password)
  const { lostSessions } = await workOn(array, 'Kill', async () => {
    await docker('kill', '-s', 'KILL', (onprem[0] as ServerContainer).name)
  })
  expect(lostSessions).toBe(0)
  await atAdfs.typeCode(page, await lab.totpCode(bob.upn))
  await page.waitForURL(owa)
  expect(await page.locator('body').innerText()).toContain(bob.upn)
  expect(await docker('ps', '--format', '{{.Names}}')).not.toContain(`${onprem[0]?.name}`)
})
