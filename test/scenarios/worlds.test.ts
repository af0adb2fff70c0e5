import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { defaultScenarioFile } from '#shared/scenario/load.ts'
import { ActiveSyncClient } from '../actors/activesync-client.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, peggy } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { type WayIn, type World, wayInto, worldOf } from '../actors/world.ts'

interface Made extends World {
  readonly id: string
  readonly lab: Lab
}

const open = new AsyncDisposableStack()
let stack: Stack
let first: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  first = labOf(worldOf(stack))
})

afterAll(() => open.disposeAsync())

async function makeWorld(body?: unknown): Promise<Made> {
  const { status, json } = await first.call('POST', '/api/stacks', body)
  expect(status).toBe(201)
  const { id, gateways } = json as { id: string; gateways: Record<'internet' | 'corp', { proxy: string }> }
  const world = { gateways: { internet: gateways.internet.proxy, corp: gateways.corp.proxy } }
  return { id, ...world, lab: labOf(world) }
}

const hasOwnTime = (index: number) => index % 10 === 0
const timeOf = (index: number) => new Date(Date.UTC(2030, 0, 1 + index)).toISOString()
const mailboxOf = (upn: string) => `/api/exchange/exchange-online/mailboxes/${upn}/messages`
const mailbox = mailboxOf(alice.upn)

async function deliver(lab: Lab, subject: string, to = mailbox): Promise<void> {
  const mime = Buffer.from(`From: bob@contoso.com\r\nSubject: ${subject}\r\n\r\nx`).toString('base64')
  expect((await lab.call('POST', to, { mime })).status).toBe(200)
}

async function subjects(lab: Lab): Promise<readonly string[]> {
  const { json } = await lab.call('GET', mailbox)
  return (json as { messages: { subject: string }[] }).messages.map(({ subject }) => subject)
}

/** What somebody outside sees after the password: MFA, or why not. */
async function signInPage(world: World): Promise<string> {
  await using visitor = await openHttpVisitor(world, 'internet')
  const page = await visitor.open('https://mail.contoso.com/owa/')
  return (await visitor.submit(page, { UserName: 'bob@contoso.com', Password: 'Bob-Pass2' })).html
}

test('a world has the same names and people, and nothing that is done in it is done in another', async () => {
  const [left, right] = [await makeWorld(), await makeWorld()]
  const now = (await first.clock({ freeze: false })).getTime()
  await left.lab.clock({ advance: 'P10D', freeze: true })
  await left.lab.call('PATCH', '/api/directory/users/bob@contoso.com', { enabled: false })
  await deliver(left.lab, 'Only left')
  expect(await signInPage(left)).toContain('Incorrect user ID or password')
  expect(await signInPage(right)).toContain('id="mfaGreeting"')
  expect(await subjects(left.lab)).toContain('Only left')
  for (const other of [right.lab, first]) {
    expect(await subjects(other)).not.toContain('Only left')
    expect(Math.abs((await other.clock({ freeze: false })).getTime() - now)).toBeLessThan(3_600_000)
  }
  expect(await first.journal({ user: 'bob@contoso.com' })).toEqual([])
  await left.lab.reset()
  expect(await subjects(left.lab)).not.toContain('Only left')
  expect(await signInPage(left)).toContain('id="mfaGreeting"')
  for (const { id } of [left, right]) expect((await first.call('DELETE', `/api/stacks/${id}`)).status).toBe(200)
})

/** So many that they cross each other, and few enough for a busy machine to answer each in time. */
const atOnce = 10

async function liveIn(lab: Lab, index: number): Promise<void> {
  if (hasOwnTime(index)) await lab.clock({ now: timeOf(index), freeze: true })
  await deliver(lab, `Mail of world ${index}`)
  await lab.call('POST', '/api/directory/users', {
    userPrincipalName: `guest${index}@contoso.com`,
    password: 'Guest-Pass-1',
    displayName: `Guest ${index}`,
  })
}

const hasClients = (index: number) => index % 12 === 5
const basic = `Basic ${Buffer.from(`${peggy.upn}:${peggy.password}`).toString('base64')}`

/** The subjects that a phone synchronizes. */
async function onPhone(way: WayIn, index: number): Promise<readonly string[]> {
  const url = 'https://outlook.office365.com/Microsoft-Server-ActiveSync'
  const device = { user: peggy.upn, deviceId: `PHONE${index}`, version: '14.1', authorization: basic } as const
  await using phone = new ActiveSyncClient(way, 'internet', { url, ...device })
  await phone.synchronizeFolders()
  expect(await phone.synchronizeMail(phone.folders.get('2') ?? '')).toBe('1')
  return [...phone.mail.values()].map(({ subject }) => subject)
}

/** The subjects that Exchange Web Services find. */
async function byWebServices(way: WayIn): Promise<readonly string[]> {
  const body = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><soap:Body><m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds></m:FindItem></soap:Body></soap:Envelope>`
  const headers = { authorization: basic, 'content-type': 'text/xml; charset=utf-8' }
  const url = 'https://outlook.office365.com/EWS/Exchange.asmx'
  const { text } = await requestThrough(way, 'internet', url, { method: 'POST', headers, body })
  return [...text.matchAll(/<t:Subject>([^<]*)</g)].map(([, subject = '']) => subject)
}

/** A phone and a client of Exchange Web Services find the mail of their world, and of no other. */
async function clientsIn(world: Made, index: number): Promise<void> {
  const own = `For the clients of world ${index}`
  await deliver(world.lab, own, mailboxOf(peggy.upn))
  const way = await wayInto(world)
  for (const found of await Promise.all([onPhone(way, index), byWebServices(way)]))
    expect(found.filter((subject) => subject.startsWith('For the clients'))).toEqual([own])
}

test('fifty worlds side by side, each with its own mail, clients, people and time', async () => {
  const worlds: Made[] = []
  for (let made = 0; made < 50; made += 1) worlds.push(await makeWorld())
  const listed = (await first.call('GET', '/api/stacks')).json as { stacks: { id: string }[] }
  expect(listed.stacks.map(({ id }) => id)).toEqual(worlds.map(({ id }) => id))
  for (let from = 0; from < worlds.length; from += atOnce) {
    await Promise.all(worlds.slice(from, from + atOnce).map(({ lab }, place) => liveIn(lab, from + place)))
  }
  await Promise.all(worlds.map((world, index) => hasClients(index) && clientsIn(world, index)))
  for (const [index, { lab }] of worlds.entries()) {
    const mail = await subjects(lab)
    expect(mail.filter((subject) => subject.startsWith('Mail of world'))).toEqual([`Mail of world ${index}`])
    const { json } = await lab.call('GET', '/api/directory/users')
    const people = (json as { users: { userPrincipalName: string }[] }).users.map((user) => user.userPrincipalName)
    expect(people.filter((upn) => upn.startsWith('guest'))).toEqual([`guest${index}@contoso.com`])
    const { json: clock } = await lab.call('GET', '/api/clock')
    expect(clock).toMatchObject(hasOwnTime(index) ? { now: timeOf(index), frozen: true } : { aheadSeconds: 0 })
  }
  expect(await subjects(first)).not.toContain('Mail of world 0')
  await Promise.all(worlds.map(({ id }) => first.call('DELETE', `/api/stacks/${id}`)))
  expect((await first.call('GET', '/api/stacks')).json).toEqual({ stacks: [] })
})

test('a world of another scenario; one that cannot be read says where; an ended one is gone', async () => {
  const yaml = await readFile(defaultScenarioFile, 'utf8')
  const { id, lab, gateways } = await makeWorld({ scenario: yaml.replaceAll('Alice-Pass1', 'Other-Pass1') })
  const accounts = JSON.stringify((await lab.call('GET', '/api/accounts')).json)
  expect([accounts.includes('Other-Pass1'), accounts.includes('Alice-Pass1')]).toEqual([true, false])
  const broken = await first.call('POST', '/api/stacks', { scenario: yaml.replace('displayName:', 'displayNam:') })
  expect(broken.status).toBe(400)
  expect(JSON.stringify(broken.json)).toContain('displayNam')
  expect((await lab.call('POST', '/api/stacks')).status).toBe(501)
  expect((await first.call('DELETE', '/api/stacks/nobody')).status).toBe(404)
  expect((await first.call('DELETE', `/api/stacks/${id}`)).status).toBe(200)
  await expect(fetch(`${gateways.internet}/health`)).rejects.toThrow()
})
