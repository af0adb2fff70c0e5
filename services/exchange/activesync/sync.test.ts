import { expect, test } from 'vitest'
import { nextAlarm, passTimeUntil } from '#test/actors/alarms.ts'
import { Device, dataOf, folderSync, idOf, openOffice, readSync } from './_device.ts'
import { all, child, textOf } from './elements.ts'

const body = (type: number, size?: number) =>
  `<AirSyncBase:BodyPreference><AirSyncBase:Type>${type}</AirSyncBase:Type>${size === undefined ? '' : `<AirSyncBase:TruncationSize>${size}</AirSyncBase:TruncationSize>`}</AirSyncBase:BodyPreference>`
const options = (inner: string) => `<AirSync:Options>${inner}</AirSync:Options>`
const window = (size: number) => `<AirSync:WindowSize>${size}</AirSync:WindowSize>`
const commands = (inner: string) => `<AirSync:Commands>${inner}</AirSync:Commands>`
const addContact = (clientId: string, name: string) =>
  `<AirSync:Add><AirSync:ClientId>${clientId}</AirSync:ClientId><AirSync:ApplicationData><Contacts:FirstName>${name}</Contacts:FirstName></AirSync:ApplicationData></AirSync:Add>`
const change = (id: string, data: string) =>
  `<AirSync:Change><AirSync:ServerId>${id}</AirSync:ServerId><AirSync:ApplicationData>${data}</AirSync:ApplicationData></AirSync:Change>`
const remove = (id: string) => `<AirSync:Delete><AirSync:ServerId>${id}</AirSync:ServerId></AirSync:Delete>`

async function connected(person = 'bob@contoso.com') {
  const stage = await openOffice()
  const device = await new Device(stage, person).connect()
  return { stage, device, inbox: device.folder('2'), contacts: device.folder('9') }
}

test('§30-07 key 0 brings a key and no items; then they come newest first, with new keys while there is more', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  const first = await device.sync(inbox, '', '0')
  expect(first).toMatchObject({ status: '1', added: [], more: false })
  const page = await device.sync(inbox, window(3))
  expect(page).toMatchObject({ status: '1', more: true })
  expect(page.key).not.toBe(first.key)
  const times = page.added.map((each) => dataOf(each, 'Email:DateReceived') ?? '')
  expect(times).toEqual(times.toSorted().reverse())
  await device.sync(inbox, window(3))
  expect(await device.sync(inbox, window(3))).toMatchObject({ more: false, added: [{}] })
  const { status, raw, headers } = await device.send('Sync', device.syncBody(inbox))
  expect([status, raw.length, headers['content-type']]).toEqual([200, 0, undefined])
})

test('a message has what clients need of it', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  const items = await device.syncAll(inbox, options(body(1)))
  const bill = items.find((each) => dataOf(each, 'Email:Subject')?.startsWith('Rechnung'))
  expect(dataOf(bill, 'Email:From')).toBe('"Jürgen Müller" <juergen@contoso.com>')
  expect(dataOf(bill, 'Email:MessageClass')).toBe('IPM.Note')
  expect(dataOf(bill, 'AirSyncBase:NativeBodyType')).toBe('1')
  const data = child(bill, 'AirSync:ApplicationData')
  expect(textOf(child(data, 'AirSyncBase:Body'), 'AirSyncBase:Data')).toContain('Grüße\nJürgen')
  expect(child(data, 'Email2:ConversationId')?.value).toHaveLength(16)
  const file = child(child(data, 'AirSyncBase:Attachments'), 'AirSyncBase:Attachment')
  expect(textOf(file, 'AirSyncBase:DisplayName')).toBe('rechnung-2026-0117.csv')
  expect(textOf(file, 'AirSyncBase:FileReference')).toMatch(/^[\w-]{1,64}$/)
})

test('§30-14 §30-16 options stay until others come, and a cut body ends at a character', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.sync(inbox, '', '0')
  await device.sync(inbox, window(1) + options(body(1, 7)))
  const { added } = await device.sync(inbox, window(5))
  expect(added).toHaveLength(5)
  for (const each of added) {
    const element = child(child(each, 'AirSync:ApplicationData'), 'AirSyncBase:Body')
    const data = textOf(element, 'AirSyncBase:Data') ?? ''
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(7)
    expect(data).not.toContain('\uFFFD')
    expect(textOf(element, 'AirSyncBase:Truncated')).toBe('1')
  }
})

test('§30-08 an answer that was lost is given again, and nothing is done twice (SOGo 3058, Z-Push 136)', async () => {
  const { stage, device, contacts } = await connected()
  await using _ = stage
  await device.syncAll(contacts)
  const key = device.keys.get(contacts)
  const request = commands(addContact('c1', 'Nina') + addContact('c2', 'Otto'))
  const lost = await device.sync(contacts, request, key)
  const again = await device.sync(contacts, request, key)
  expect(again.responses.map((each) => each.children)).toEqual(lost.responses.map((each) => each.children))
  expect([again.key, again.added]).toEqual([lost.key, []])
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  const names = (await other.syncAll(contacts)).map((each) => dataOf(each, 'Contacts:FirstName'))
  expect(names.filter((name) => name === 'Nina' || name === 'Otto')).toHaveLength(2)
  expect((await device.send('Sync', device.syncBody(contacts))).raw).toHaveLength(0)
})

test('§30-09 items of a lost page come again, whatever was asked with it (ZP-866)', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.sync(inbox, '', '0')
  const key = device.keys.get(inbox)
  const lost = await device.sync(inbox, window(4))
  const again = await device.sync(inbox, window(4), key)
  expect([again.key, again.added.map(idOf)]).toEqual([lost.key, lost.added.map(idOf)])
  const rest = await device.sync(inbox)
  expect(new Set([...again.added, ...rest.added].map(idOf)).size).toBe(7)
})

test.each(['999', 'nonsense', '-1'])('key %s is unknown: Status 3', async (key) => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.sync(inbox, '', '0')
  expect((await device.sync(inbox, '', key)).status).toBe('3')
  expect((await device.sync(inbox, '', '0')).status).toBe('1')
})

test("another device's key opens nothing", async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.syncAll(inbox)
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  expect((await other.sync(inbox, '', device.keys.get(inbox))).status).toBe('3')
})

test('read state, flags and categories go both ways, each alone, and no echo comes back', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  const [first] = await device.syncAll(inbox)
  await other.syncAll(inbox)
  const id = idOf(first)
  const changed = await device.sync(inbox, commands(change(id, '<Email:Read>1</Email:Read>')))
  expect(changed).toMatchObject({ status: '1', changed: [], responses: [] })
  const heard = await other.sync(inbox)
  expect(heard.changed.map((each) => child(each, 'AirSync:ApplicationData')?.children)).toMatchObject([
    [{ name: 'Email:Read', value: '1' }],
  ])
  const flag = '<Email:Flag><Email:Status>2</Email:Status><Email:FlagType>for Follow Up</Email:FlagType></Email:Flag>'
  await other.sync(inbox, commands(change(id, flag)))
  const flagged = (await device.sync(inbox)).changed[0]
  expect(child(flagged, 'AirSync:ApplicationData')?.children.map(({ name }) => name)).toEqual(['Email:Flag'])
  await other.sync(inbox, commands(change(id, '<Email:Flag/>')))
  const cleared = child(child((await device.sync(inbox)).changed[0], 'AirSync:ApplicationData'), 'Email:Flag')
  expect(cleared?.children).toEqual([])
})

test.each([
  [
    'starts and is never due',
    '<Email:Status>2</Email:Status><Tasks:StartDate>2026-03-02T00:00:00.000Z</Tasks:StartDate>',
  ],
  ['has a status that there is not', '<Email:Status>77</Email:Status>'],
])('§30-35 a flag that %s is refused alone; the others are done (grommunio-sync 5)', async (_what, flag) => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  const [first, second] = await device.syncAll(inbox)
  const wrong = `<Email:Flag>${flag}</Email:Flag>`
  const answer = await device.sync(
    inbox,
    commands(change(idOf(first), wrong) + change(idOf(second), '<Email:Read>1</Email:Read>') + remove('nothing')),
  )
  expect(answer.responses.map((each) => [each.name, textOf(each, 'AirSync:Status')])).toEqual([
    ['AirSync:Change', '6'],
    ['AirSync:Delete', '8'],
  ])
  expect(textOf((await device.send('Sync', device.syncBody(inbox))).root, 'AirSync:Status')).toBeUndefined()
})

test('mail is not added by clients, and nobody deletes through another folder or mailbox', async () => {
  const { stage, device, inbox, contacts } = await connected()
  await using _ = stage
  const [first] = await device.syncAll(inbox)
  await device.syncAll(contacts)
  const add = `<AirSync:Add><AirSync:ClientId>1</AirSync:ClientId><AirSync:ApplicationData><Email:Subject>x</Email:Subject></AirSync:ApplicationData></AirSync:Add>`
  expect(textOf((await device.sync(inbox, commands(add))).responses[0], 'AirSync:Status')).toBe('6')
  expect(textOf((await device.sync(contacts, commands(remove(idOf(first))))).responses[0], 'AirSync:Status')).toBe('8')
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  expect((await dave.sync(inbox, '', '0')).status).toBe('12')
  await dave.sync(dave.folder('2'), '', '0')
  const theft = await dave.sync(dave.folder('2'), commands(remove(idOf(first))))
  expect(textOf(theft.responses[0], 'AirSync:Status')).toBe('8')
})

test('deleting moves to Deleted Items unless told otherwise, and other devices hear of it', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  const [first, second] = await device.syncAll(inbox)
  await other.syncAll(inbox)
  const bin = await device.syncAll(device.folder('4'))
  expect((await device.sync(inbox, commands(remove(idOf(first))))).deleted).toEqual([])
  expect(await device.sync(device.folder('4'))).toMatchObject({ added: [{}] })
  await device.sync(inbox, `<AirSync:DeletesAsMoves>0</AirSync:DeletesAsMoves>${commands(remove(idOf(second)))}`)
  expect((await device.send('Sync', device.syncBody(device.folder('4')))).raw).toHaveLength(0)
  expect((await other.sync(inbox)).deleted.toSorted()).toEqual([idOf(first), idOf(second)].toSorted())
  expect(bin.length).toBeGreaterThanOrEqual(0)
})

test('§30-29 a narrower filter takes mail away, a wider one brings it back, under the same keys (SOGo 3543)', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  const filter = (type: number) => options(`<AirSync:FilterType>${type}</AirSync:FilterType>`)
  const all7 = await device.syncAll(inbox, filter(0))
  const narrow = await device.sync(inbox, filter(1))
  expect(narrow.left.length).toBeGreaterThan(0)
  const wide = await device.sync(inbox, filter(0))
  expect(wide.added.map(idOf).toSorted()).toEqual(narrow.left.toSorted())
  expect(all7).toHaveLength(7)
})

test.each([
  { what: 'elements out of order', inner: `${window(5)}<AirSync:GetChanges>1</AirSync:GetChanges>`, status: '4' },
  { what: 'two preferences of a type', inner: options(body(1) + body(1)), status: '4' },
  { what: 'two Options', inner: options(body(1)) + options(body(2)), status: '4' },
  { what: 'a filter that does not exist', inner: options('<AirSync:FilterType>9</AirSync:FilterType>'), status: '103' },
])('$what: Status $status', async ({ inner, status }) => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.sync(inbox, '', '0')
  expect((await device.sync(inbox, inner)).status).toBe(status)
})

test.each([
  { what: 'incomplete tasks of mail', type: '2', inner: options('<AirSync:FilterType>8</AirSync:FilterType>') },
  { what: 'conversations of contacts', type: '9', inner: '<AirSync:ConversationMode>1</AirSync:ConversationMode>' },
  {
    what: 'conversations beyond a filter',
    type: '2',
    inner: `<AirSync:ConversationMode>1</AirSync:ConversationMode>${options('<AirSync:FilterType>3</AirSync:FilterType>')}`,
  },
  { what: 'text messages alone', type: '2', inner: options('<AirSync:Class>SMS</AirSync:Class>') },
] as const)('$what are no question: Status 4', async ({ type, inner }) => {
  const { stage, device } = await connected()
  await using _ = stage
  const folder = device.folder(type)
  await device.sync(folder, '', '0')
  expect((await device.sync(folder, inner)).status).toBe('4')
})

test.each([
  { what: 'conversations without a filter', inner: '<AirSync:ConversationMode>1</AirSync:ConversationMode>' },
  {
    what: 'no conversations, and a filter',
    inner: `<AirSync:ConversationMode>0</AirSync:ConversationMode>${options('<AirSync:FilterType>3</AirSync:FilterType>')}`,
  },
  {
    what: 'mail and text messages',
    inner: options('<AirSync:Class>Email</AirSync:Class>') + options('<AirSync:Class>SMS</AirSync:Class>'),
  },
])('$what are mail as usual', async ({ inner }) => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.sync(inbox, '', '0')
  const { status, added } = await device.sync(inbox, inner)
  expect([status, added.length > 0]).toEqual(['1', true])
})

test('notes have no Supported, and 301 collections are too many', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  const supported = '<AirSync:Supported/>'
  expect((await device.sync(device.folder('10'), supported, '0')).status).toBe('4')
  const one = `<AirSync:Collection><AirSync:SyncKey>0</AirSync:SyncKey><AirSync:CollectionId>${inbox}</AirSync:CollectionId></AirSync:Collection>`
  const { root } = await device.send(
    'Sync',
    `<AirSync:Sync><AirSync:Collections>${one.repeat(301)}</AirSync:Collections></AirSync:Sync>`,
  )
  expect([textOf(root, 'AirSync:Status'), textOf(root, 'AirSync:Limit')]).toEqual(['15', '300'])
})

test('201 commands are too many; a wait out of range names the bound', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.sync(inbox, '', '0')
  expect((await device.sync(inbox, commands(remove('x').repeat(201)))).status).toBe('4')
  const long = await device.send(
    'Sync',
    device.syncBody(inbox, '', undefined, '<AirSync:HeartbeatInterval>9999</AirSync:HeartbeatInterval>'),
  )
  expect([textOf(long.root, 'AirSync:Status'), textOf(long.root, 'AirSync:Limit')]).toEqual(['14', '3540'])
  const both = '<AirSync:Wait>5</AirSync:Wait><AirSync:HeartbeatInterval>60</AirSync:HeartbeatInterval>'
  const refused = await device.send('Sync', device.syncBody(inbox, '', undefined, both))
  expect(textOf(refused.root, 'AirSync:Status')).toBe('4')
})

test('an empty Sync repeats the last request, and is incomplete without one', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  expect(readSync((await device.send('Sync')).root).status).toBe('13')
  await device.syncAll(inbox)
  const repeated = await device.send('Sync')
  expect([repeated.status, repeated.raw.length]).toEqual([200, 0])
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  await sendMail(dave, 'bob@contoso.com', 'News')
  expect(readSync((await device.send('Sync')).root).added).toHaveLength(1)
  // With the window of the collection that was asked for, too.
  await device.sync(inbox, '', '0')
  await device.sync(inbox, window(3))
  expect(readSync((await device.send('Sync')).root)).toMatchObject({ added: [{}, {}, {}], more: true })
})

const sendMail = (device: Device, to: string, subject: string, id = subject) =>
  device.send(
    'SendMail',
    `<ComposeMail:SendMail><ComposeMail:ClientId>${id}</ComposeMail:ClientId><ComposeMail:SaveInSentItems/><ComposeMail:Mime opaque="1">To: ${to}
Subject: ${subject}
Bcc: erin@contoso.com

Hello
</ComposeMail:Mime></ComposeMail:SendMail>`,
  )

test('§30-12 mail that is sent arrives once, from who is signed in, without Bcc, and wakes a held Ping, which an empty one repeats', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.syncAll(inbox)
  const ping = `<Ping:Ping><Ping:HeartbeatInterval>600</Ping:HeartbeatInterval><Ping:Folders><Ping:Folder><Ping:Id>${inbox}</Ping:Id><Ping:Class>Email</Ping:Class></Ping:Folder></Ping:Folders></Ping:Ping>`
  const held = device.send('Ping', ping)
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  const sent = await sendMail(dave, 'bob@contoso.com', 'Lunch')
  expect([sent.status, sent.raw.length]).toEqual([200, 0])
  const { root } = await held
  expect(textOf(root, 'Ping:Status')).toBe('2')
  expect(all(child(root, 'Ping:Folders'), 'Ping:Folder').map(({ value }) => value)).toEqual([inbox])
  await sendMail(dave, 'bob@contoso.com', 'Lunch')
  const { added } = await device.sync(inbox, options(`<AirSync:MIMESupport>2</AirSync:MIMESupport>${body(4)}`))
  expect(added).toHaveLength(1)
  expect(dataOf(added[0], 'Email:From')).toBe('"Dave Dietrich" <dave@contoso.com>')
  const mime = textOf(child(child(added[0], 'AirSync:ApplicationData'), 'AirSyncBase:Body'), 'AirSyncBase:Data')
  expect(mime).toContain('Subject: Lunch')
  expect(mime).not.toContain('Bcc')
  expect(await dave.syncAll(dave.folder('5'))).not.toHaveLength(0)
  const alarm = nextAlarm(stage.clock)
  const again = await passTimeUntil(stage.clock, 601_000, { answer: device.send('Ping'), alarm })
  expect(textOf(again.root, 'Ping:Status')).toBe('1')
})

test.each([
  { what: 'nothing remembered', inner: undefined, status: '3' },
  { what: 'an interval too short', inner: '<Ping:HeartbeatInterval>5</Ping:HeartbeatInterval>', status: '5' },
  { what: 'an unknown folder', inner: '<Ping:HeartbeatInterval>60</Ping:HeartbeatInterval>', status: '7' },
])('Ping with $what: Status $status', async ({ inner, status }) => {
  const { stage, device } = await connected()
  await using _ = stage
  const folders =
    '<Ping:Folders><Ping:Folder><Ping:Id>nowhere</Ping:Id><Ping:Class>Email</Ping:Class></Ping:Folder></Ping:Folders>'
  const { root } = await device.send('Ping', inner && `<Ping:Ping>${inner}${folders}</Ping:Ping>`)
  expect(textOf(root, 'Ping:Status')).toBe(status)
})

test('a folder that others made ends a held Ping with 7, until FolderSync has told of it', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.syncAll(inbox)
  const ping = `<Ping:Ping><Ping:HeartbeatInterval>600</Ping:HeartbeatInterval><Ping:Folders><Ping:Folder><Ping:Id>${inbox}</Ping:Id><Ping:Class>Email</Ping:Class></Ping:Folder></Ping:Folders></Ping:Ping>`
  const isHeld = nextAlarm(stage.clock)
  const held = device.send('Ping', ping)
  await isHeld
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  const create = (by: Device, name: string) =>
    by.send(
      'FolderCreate',
      `<FolderHierarchy:FolderCreate><FolderHierarchy:SyncKey>${by.keys.get('folders')}</FolderHierarchy:SyncKey><FolderHierarchy:ParentId>0</FolderHierarchy:ParentId><FolderHierarchy:DisplayName>${name}</FolderHierarchy:DisplayName><FolderHierarchy:Type>12</FolderHierarchy:Type></FolderHierarchy:FolderCreate>`,
    )
  await create(other, 'Projects')
  expect(textOf((await held).root, 'Ping:Status')).toBe('7')
  expect(textOf((await device.send('Ping')).root, 'Ping:Status')).toBe('7')
  const told = await device.send('FolderSync', folderSync(device.keys.get('folders') ?? ''))
  expect(textOf(child(told.root, 'FolderHierarchy:Changes'), 'FolderHierarchy:Count')).toBe('1')
  device.keys.set('folders', textOf(told.root, 'FolderHierarchy:SyncKey') ?? '')
  // What it makes itself is no news to it.
  expect(textOf((await create(device, 'Own')).root, 'FolderHierarchy:Status')).toBe('1')
  const alarm = nextAlarm(stage.clock)
  const quiet = await passTimeUntil(stage.clock, 601_000, { answer: device.send('Ping'), alarm })
  expect(textOf(quiet.root, 'Ping:Status')).toBe('1')
})

test('a waiting Sync ends for mail, and a newer request ends it', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  await device.syncAll(inbox)
  const wait = () => device.send('Sync', device.syncBody(inbox, '', undefined, '<AirSync:Wait>10</AirSync:Wait>'))
  const held = nextAlarm(stage.clock)
  const first = wait()
  await held
  const newer = wait()
  expect((await first).raw).toHaveLength(0)
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  await sendMail(dave, 'bob@contoso.com', 'News')
  expect(readSync((await newer).root).added).toHaveLength(1)
})

test('a waiting Sync is 12 when its folder goes, and a new folder of others does not end it', async () => {
  const { stage } = await connected()
  await using _ = stage
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  const change = async (command: string, inner: string) => {
    const key = `<FolderHierarchy:SyncKey>${other.keys.get('folders')}</FolderHierarchy:SyncKey>`
    const { root } = await other.send(
      command,
      `<FolderHierarchy:${command}>${key}${inner}</FolderHierarchy:${command}>`,
    )
    other.keys.set('folders', textOf(root, 'FolderHierarchy:SyncKey') ?? '')
    return textOf(root, 'FolderHierarchy:ServerId') ?? ''
  }
  const named = (name: string) =>
    `<FolderHierarchy:ParentId>0</FolderHierarchy:ParentId><FolderHierarchy:DisplayName>${name}</FolderHierarchy:DisplayName><FolderHierarchy:Type>12</FolderHierarchy:Type>`
  const id = await change('FolderCreate', named('Projects'))
  const device = await new Device(stage, 'bob@contoso.com', 'WAITS').connect()
  await device.syncAll(id)
  const held = nextAlarm(stage.clock)
  const waiting = device.send('Sync', device.syncBody(id, '', undefined, '<AirSync:Wait>10</AirSync:Wait>'))
  await held
  await change('FolderCreate', named('News'))
  await change('FolderDelete', `<FolderHierarchy:ServerId>${id}</FolderHierarchy:ServerId>`)
  expect(textOf((await waiting).root, 'AirSync:Status')).toBe('12')
})

test('§30-30 requests of one device at once neither lose nor double anything (SOGo 3603)', async () => {
  const { stage, device, contacts } = await connected()
  await using _ = stage
  await device.syncAll(contacts)
  const key = device.keys.get(contacts)
  const request = device.syncBody(contacts, commands(addContact('c1', 'Nina')), key)
  const answers = await Promise.all([1, 2, 3].map(() => device.send('Sync', request)))
  for (const { root } of answers) expect(readSync(root).responses).toHaveLength(1)
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  const names = (await other.syncAll(contacts)).map((each) => dataOf(each, 'Contacts:FirstName'))
  expect(names.filter((name) => name === 'Nina')).toHaveLength(1)
})

test('two devices that write at once both end with the same', async () => {
  const { stage, device, contacts } = await connected()
  await using _ = stage
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  await Promise.all([device.syncAll(contacts), other.syncAll(contacts)])
  await Promise.all(
    [0, 1, 2, 3].map(async (round) => {
      await device.sync(contacts, commands(addContact(`a${round}`, `A${round}`)), device.keys.get(contacts))
    }),
  )
  await other.sync(contacts, commands(addContact('b', 'B')))
  const count = async (which: Device) => (await which.syncAll(contacts)).length
  expect(await count(device)).toBe(await count(other))
})
