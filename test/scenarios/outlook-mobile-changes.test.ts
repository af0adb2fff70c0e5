import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { folderSync } from '#shared/activesync/folder-sync.ts'
import { readOutOfOffice } from '#shared/activesync/out-of-office.ts'
import { syncPage } from '#shared/activesync/sync.ts'
import { child, element, text, textOf } from '#shared/wbxml/elements.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { OutlookMobile, signInOnPhone } from '../actors/outlook-mobile.ts'
import { bob } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

/* What a person does in the app reaches the mailbox on-premises; a second device, with a password, is the witness. */

const easUrl = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

type Row = Record<string, unknown> & { readonly id: string }

class Phone {
  readonly app: OutlookMobile
  readonly token: string
  readonly mailbox: string

  constructor(app: OutlookMobile, token: string, mailbox: string) {
    this.app = app
    this.token = token
    this.mailbox = mailbox
  }

  async call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) {
    const answer = await this.app.cloud(method, `${this.mailbox}${path}`, this.token, body)
    return {
      status: answer.status,
      json: (answer.text === '' ? {} : JSON.parse(answer.text)) as Record<string, unknown>,
    }
  }

  async list(what: 'messages' | 'events' | 'contacts' | 'folders' | 'changes'): Promise<Row[]> {
    return (await this.call('GET', `/${what}`)).json.value as Row[]
  }

  async find(what: 'messages' | 'events' | 'contacts', matches: (row: Row) => boolean): Promise<Row> {
    const row = (await this.list(what)).find(matches)
    if (!row) throw new Error(`the cache has no such ${what}`)
    return row
  }
}

async function phone(): Promise<Phone> {
  const app = new OutlookMobile(stack, bob.upn)
  await using browser = await openHttpVisitor(worldOf(stack), 'internet')
  const { access_token: token } = await app.redeem(await signInOnPhone(browser, app.authorizationUrl(), bob))
  const { headers } = await app.provision(token, easUrl)
  return new Phone(app, token, String(headers.location))
}

/** All items of a folder of that type, as another device gets them from the server itself. */
async function onServer(folderType: string): Promise<Record<string, string | undefined>[]> {
  const basic = `Basic ${Buffer.from(`${bob.upn}:${bob.password}`).toString('base64')}`
  const session = new OutlookMobile(stack, bob.upn).activeSync(basic, 'mail.contoso.com')
  const { kept } = await folderSync(session, '0')
  const collectionId = kept.find(({ type }) => type === folderType)?.serverId ?? ''
  const first = await syncPage(session, { collectionId, key: '0' })
  const options = [text('AirSync:WindowSize', '200')]
  const page = await syncPage(session, { collectionId, key: first?.key ?? '', options })
  return (page?.added ?? []).map((each) => {
    const data = child(each, 'AirSync:ApplicationData')
    return {
      ...Object.fromEntries((data?.children ?? []).map(({ name, value }) => [name.split(':')[1], String(value ?? '')])),
      flagged: textOf(child(data, 'Email:Flag'), 'Email:Status'),
    }
  })
}

const inbox = '2'
const deleted = '4'
const sent = '5'
const calendar = '8'
const contacts = '9'

test('a message is marked as read and flagged, moved and deleted', async () => {
  const bobs = await phone()
  const unread = await bobs.find('messages', ({ Read }) => Read === '0')
  expect((await bobs.call('PATCH', `/messages/${unread.id}`, { read: true, flagged: true })).json).toMatchObject({
    state: 'done',
  })
  const there = (await onServer(inbox)).find(({ Subject }) => Subject === unread.Subject)
  expect(there).toMatchObject({ Read: '1', flagged: '2' })

  const bin = (await bobs.list('folders')).find(({ type }) => type === deleted)
  const moved = await bobs.call('POST', `/messages/${unread.id}/move`, { destinationId: bin?.id })
  expect(moved.json).toMatchObject({ state: 'done' })
  expect((await onServer(inbox)).map(({ Subject }) => Subject)).not.toContain(unread.Subject)
  expect((await onServer(deleted)).map(({ Subject }) => Subject)).toContain(unread.Subject)

  expect((await bobs.call('DELETE', `/messages/${moved.json.itemId}`)).json).toMatchObject({ state: 'done' })
  expect((await onServer(deleted)).map(({ Subject }) => Subject)).not.toContain(unread.Subject)
  expect((await bobs.list('messages')).map(({ Subject }) => Subject)).not.toContain(unread.Subject)
})

test('mail is sent by the server on-premises, once, and is among the sent items', async () => {
  const bobs = await phone()
  const mime = Buffer.from(
    'From: bob@contoso.com\r\nTo: dave@contoso.com\r\nSubject: From the phone\r\n\r\nHello',
  ).toString('base64')
  expect((await bobs.call('POST', '/messages', { mime })).json).toMatchObject({ state: 'done' })
  expect((await onServer(sent)).filter(({ Subject }) => Subject === 'From the phone')).toHaveLength(1)
  expect((await bobs.list('messages')).map(({ Subject }) => Subject)).toContain('From the phone')
  await lab.arrival('exchange-onprem', 'dave@contoso.com', 'From the phone')
})

test('events and contacts are created, changed in one field, and deleted', async () => {
  const bobs = await phone()
  const event = {
    Subject: 'Dentist',
    StartTime: '2026-09-01T08:00:00Z',
    EndTime: '2026-09-01T09:00:00Z',
    Location: 'Main Street',
  }
  const made = (await bobs.call('POST', '/events', event)).json
  expect(made).toMatchObject({ state: 'done', itemId: expect.any(String) })
  expect((await bobs.call('PATCH', `/events/${made.itemId}`, { Subject: 'Dentist, moved' })).json).toMatchObject({
    state: 'done',
  })
  const there = (await onServer(calendar)).find(({ Subject }) => Subject?.startsWith('Dentist'))
  expect(there).toMatchObject({ Subject: 'Dentist, moved', StartTime: '20260901T080000Z', Location: 'Main Street' })
  expect((await bobs.call('DELETE', `/events/${made.itemId}`)).json).toMatchObject({ state: 'done' })
  expect((await onServer(calendar)).some(({ Subject }) => Subject?.startsWith('Dentist'))).toBe(false)

  const contact = (
    await bobs.call('POST', '/contacts', {
      FirstName: 'Zoe',
      LastName: 'Zander',
      Email1Address: 'zoe@elsewhere.example',
    })
  ).json
  expect(contact).toMatchObject({ state: 'done' })
  await bobs.call('PATCH', `/contacts/${contact.itemId}`, { MobilePhoneNumber: '+1 4255550199' })
  expect((await onServer(contacts)).find(({ LastName }) => LastName === 'Zander')).toMatchObject({
    FirstName: 'Zoe',
    MobilePhoneNumber: '+1 4255550199',
  })
})

test('automatic replies are set on the server, and what the server has is in the cache', async () => {
  const bobs = await phone()
  expect(
    (await bobs.call('PUT', '/automatic-replies', { status: 'alwaysEnabled', message: 'Away' })).json,
  ).toMatchObject({ state: 'done' })
  const basic = `Basic ${Buffer.from(`${bob.upn}:${bob.password}`).toString('base64')}`
  expect(await readOutOfOffice(new OutlookMobile(stack, bob.upn).activeSync(basic, 'mail.contoso.com'))).toBe('1')
  expect((await bobs.call('POST', '/synchronize')).json).toMatchObject({ status: 'ready', automaticReplies: '1' })
})

describe('while the server on-premises is down', () => {
  const down = (faults: readonly unknown[]) => lab.call('PUT', '/api/faults/exchange-onprem', { faults })

  test('changes wait in their order, are shown at once, and go by themselves when it is back', async () => {
    const bobs = await phone()
    const unread = await bobs.find('messages', ({ Read }) => Read === '0')
    await down([{ match: { path: '/Microsoft-Server-ActiveSync' }, status: 503 }])
    const marked = await bobs.call('PATCH', `/messages/${unread.id}`, { read: true })
    expect([marked.status, marked.json]).toEqual([202, expect.objectContaining({ state: 'queued' })])
    const made = await bobs.call('POST', '/contacts', { FirstName: 'Late', LastName: 'Comer' })
    expect(made.json).toMatchObject({ state: 'queued' })
    await bobs.call('PATCH', `/contacts/${made.json.id}`, { JobTitle: 'Patience' })
    expect(await bobs.find('messages', ({ id }) => id === unread.id)).toMatchObject({ Read: '1' })
    expect(await bobs.find('contacts', ({ LastName }) => LastName === 'Comer')).toMatchObject({ JobTitle: 'Patience' })

    await down([])
    await lab.clock({ advance: 'PT31M' })
    expect((await bobs.list('changes')).map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    expect((await onServer(inbox)).find(({ Subject }) => Subject === unread.Subject)).toMatchObject({ Read: '1' })
    const there = (await onServer(contacts)).filter(({ LastName }) => LastName === 'Comer')
    expect(there).toEqual([expect.objectContaining({ FirstName: 'Late', JobTitle: 'Patience' })])
  })

  test('a connection that breaks makes nothing twice', async () => {
    const bobs = await phone()
    const mime = Buffer.from('From: bob@contoso.com\r\nTo: dave@contoso.com\r\nSubject: Once\r\n\r\nHello').toString(
      'base64',
    )
    await down([{ match: { path: '/Microsoft-Server-ActiveSync' }, count: 1, reset: true }])
    expect((await bobs.call('POST', '/messages', { mime })).json).toMatchObject({ state: 'queued' })
    await bobs.call('POST', '/synchronize')
    await bobs.call('POST', '/synchronize')
    expect((await bobs.list('changes')).map(({ state }) => state)).toEqual(['done'])
    expect((await onServer(sent)).filter(({ Subject }) => Subject === 'Once')).toHaveLength(1)
  })
})

test('a conflict ends as the server has it, and says so', async () => {
  const bobs = await phone()
  const event = { Subject: 'Review', StartTime: '2026-09-02T08:00:00Z', EndTime: '2026-09-02T09:00:00Z' }
  const { itemId } = (await bobs.call('POST', '/events', event)).json
  await bobs.call('POST', '/synchronize')
  await changeElsewhere('Review', 'Review in room 4')
  const mine = await bobs.call('PATCH', `/events/${itemId}`, { Subject: 'Review at noon' })
  expect(mine.json).toMatchObject({ state: 'conflict' })
  expect(await bobs.find('events', ({ id }) => id === itemId)).toMatchObject({ Subject: 'Review in room 4' })
})

/** The other device has the event, and changes it. */
async function changeElsewhere(subject: string, into: string): Promise<void> {
  const basic = `Basic ${Buffer.from(`${bob.upn}:${bob.password}`).toString('base64')}`
  const session = new OutlookMobile(stack, bob.upn).activeSync(basic, 'mail.contoso.com')
  const { kept } = await folderSync(session, '0')
  const collectionId = kept.find(({ type }) => type === calendar)?.serverId ?? ''
  const first = await syncPage(session, { collectionId, key: '0' })
  const page = await syncPage(session, {
    collectionId,
    key: first?.key ?? '',
    options: [text('AirSync:WindowSize', '200')],
  })
  const found = page?.added.find(
    (each) => textOf(child(each, 'AirSync:ApplicationData'), 'Calendar:Subject') === subject,
  )
  const data = element(
    'AirSync:ApplicationData',
    text('Calendar:Subject', into),
    text('Calendar:StartTime', '20260902T080000Z'),
    text('Calendar:EndTime', '20260902T090000Z'),
  )
  const change = element('AirSync:Change', text('AirSync:ServerId', textOf(found, 'AirSync:ServerId') ?? ''), data)
  await syncPage(session, { collectionId, key: page?.key ?? '', commands: [change] })
}

test('search passes through to the server: what is older than four weeks is found there, and not in the cache', async () => {
  const mime = Buffer.from('From: a@elsewhere.example\r\nTo: bob@contoso.com\r\nSubject: Antediluvian\r\n\r\nOld text')
  const path = `/api/exchange/exchange-onprem/mailboxes/${bob.upn}/messages`
  await lab.call('POST', path, { mime: mime.toString('base64') })
  await lab.clock({ advance: 'P40D' })
  const bobs = await phone()
  expect((await bobs.list('messages')).map(({ Subject }) => Subject)).not.toContain('Antediluvian')
  const found = (await bobs.call('GET', '/search?query=antediluvian')).json.value as Row[]
  expect(found).toEqual([expect.objectContaining({ Subject: 'Antediluvian' })])
  expect((await bobs.call('GET', `/search/${found[0]?.id}`)).json).toMatchObject({
    Subject: 'Antediluvian',
    Body: expect.stringContaining('Old text'),
  })
  expect((await bobs.call('GET', '/search?query=x')).status).toBe(400)
})

test.each([
  { method: 'PATCH', path: '/messages/none', body: { read: true }, status: 404 },
  { method: 'POST', path: '/messages', body: { mime: 'no base64!' }, status: 400 },
  { method: 'POST', path: '/events', body: { Subject: 'no times' }, status: 400 },
  { method: 'POST', path: '/events', body: { Subject: 'x', StartTime: '2026-09-01', EndTime: 'later' }, status: 400 },
  { method: 'PUT', path: '/automatic-replies', body: { status: 'scheduled' }, status: 400 },
  { method: 'POST', path: '/contacts', body: { Password: 'x' }, status: 400 },
] as const)('$method $path $body: $status, and the server hears nothing', async ({ method, path, body, status }) => {
  const bobs = await phone()
  const before = (await lab.journal({ limit: '5000', deployment: 'exchange-onprem' })).length
  expect((await bobs.call(method, path, body)).status).toBe(status)
  expect((await lab.journal({ limit: '5000', deployment: 'exchange-onprem' })).length).toBe(before)
})
