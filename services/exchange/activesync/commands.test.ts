import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { decodeWbxml } from '#shared/wbxml/decode.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { runCmdlet } from '../_cmdlet.ts'
import { relationalRecipientStore } from '../mailbox/relational-recipient-store.ts'
import { Device, dataOf, folderSync, idOf, openOffice } from './_device.ts'
import { all, child, textOf } from './elements.ts'

async function connected(version = '14.1') {
  const stage = await openOffice()
  const device = new Device(stage)
  device.version = version
  await device.connect()
  return { stage, device, other: await new Device(stage, 'bob@contoso.com', 'OTHER').connect() }
}

const texts = (element: WbxmlElement | undefined, name: string) => all(element, name).map(({ value }) => value)
const add = (clientId: string, data: string) =>
  `<AirSync:Commands><AirSync:Add><AirSync:ClientId>${clientId}</AirSync:ClientId><AirSync:ApplicationData>${data}</AirSync:ApplicationData></AirSync:Add></AirSync:Commands>`
const change = (id: string, data: string, more = '') =>
  `<AirSync:Commands><AirSync:Change><AirSync:ServerId>${id}</AirSync:ServerId>${more}<AirSync:ApplicationData>${data}</AirSync:ApplicationData></AirSync:Change></AirSync:Commands>`
const bodyOf = (item: WbxmlElement | undefined) =>
  textOf(child(child(item, 'AirSync:ApplicationData'), 'AirSyncBase:Body'), 'AirSyncBase:Data')

test('folders are made, renamed and deleted, and only other devices are told', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  const folder = (command: string, inner: string, key = device.keys.get('folders')) =>
    device.send(
      command,
      `<FolderHierarchy:${command}><FolderHierarchy:SyncKey>${key}</FolderHierarchy:SyncKey>${inner}</FolderHierarchy:${command}>`,
    )
  const place = (name: string) =>
    `<FolderHierarchy:ParentId>0</FolderHierarchy:ParentId><FolderHierarchy:DisplayName>${name}</FolderHierarchy:DisplayName>`
  const made = await folder('FolderCreate', `${place('Projects')}<FolderHierarchy:Type>12</FolderHierarchy:Type>`)
  const id = textOf(made.root, 'FolderHierarchy:ServerId') ?? ''
  const statusOf = (answer: typeof made) => textOf(answer.root, 'FolderHierarchy:Status')
  const keep = (answer: typeof made) => device.keys.set('folders', textOf(answer.root, 'FolderHierarchy:SyncKey') ?? '')
  expect(statusOf(made)).toBe('1')
  keep(made)
  const own = await device.send('FolderSync', folderSync(device.keys.get('folders') ?? ''))
  expect(textOf(child(own.root, 'FolderHierarchy:Changes'), 'FolderHierarchy:Count')).toBe('0')
  const heard = await other.send('FolderSync', folderSync(other.keys.get('folders') ?? ''))
  expect(
    textOf(child(child(heard.root, 'FolderHierarchy:Changes'), 'FolderHierarchy:Add'), 'FolderHierarchy:ServerId'),
  ).toBe(id)
  keep(own)
  const serverId = `<FolderHierarchy:ServerId>${id}</FolderHierarchy:ServerId>`
  const renamed = await folder('FolderUpdate', `${serverId}${place('Launch')}`)
  expect(statusOf(renamed)).toBe('1')
  keep(renamed)
  const removed = await folder('FolderDelete', serverId)
  expect(statusOf(removed)).toBe('1')
  keep(removed)
  for (const [command, inner, status] of [
    ['FolderCreate', `${place('inbox')}<FolderHierarchy:Type>12</FolderHierarchy:Type>`, '2'],
    ['FolderCreate', `${place('Second')}<FolderHierarchy:Type>2</FolderHierarchy:Type>`, '10'],
    ['FolderDelete', serverId, '4'],
    ['FolderDelete', `<FolderHierarchy:ServerId>${device.folder('2')}</FolderHierarchy:ServerId>`, '3'],
  ] as const)
    expect([command, statusOf(await folder(command, inner))]).toEqual([command, status])
  expect(statusOf(await folder('FolderDelete', serverId, 'wrong'))).toBe('9')
  expect((await device.sync(id, '', '0')).status).toBe('12')
})

test('an appointment goes from one device to another, exceptions, zone and all, in the words of each version', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  other.version = '16.1'
  const calendar = device.folder('8')
  await device.syncAll(calendar)
  await other.syncAll(calendar)
  const zone = Buffer.alloc(172)
  zone.writeInt32LE(480)
  const recurrence =
    '<Calendar:Recurrence><Calendar:Type>1</Calendar:Type><Calendar:Interval>1</Calendar:Interval><Calendar:DayOfWeek>2</Calendar:DayOfWeek></Calendar:Recurrence>'
  const exception =
    '<Calendar:Exceptions><Calendar:Exception><Calendar:ExceptionStartTime>20260316T180000Z</Calendar:ExceptionStartTime><Calendar:Subject>Moved</Calendar:Subject><Calendar:StartTime>20260317T180000Z</Calendar:StartTime><Calendar:EndTime>20260317T190000Z</Calendar:EndTime></Calendar:Exception></Calendar:Exceptions>'
  const data = `<Calendar:Timezone>${zone.toString('base64')}</Calendar:Timezone><Calendar:StartTime>20260309T180000Z</Calendar:StartTime><Calendar:Subject>Weekly</Calendar:Subject><Calendar:UID>client-made</Calendar:UID><Calendar:Location>Room 1</Calendar:Location><Calendar:EndTime>20260309T190000Z</Calendar:EndTime>${recurrence}${exception}<Calendar:Reminder>15</Calendar:Reminder><AirSyncBase:Body><AirSyncBase:Type>1</AirSyncBase:Type><AirSyncBase:Data>Agenda</AirSyncBase:Data></AirSyncBase:Body>`
  const { responses } = await device.sync(calendar, add('a1', data))
  expect(textOf(responses[0], 'AirSync:Status')).toBe('1')
  const [heard] = (await other.sync(calendar)).added
  expect(dataOf(heard, 'Calendar:UID')).toBe('client-made')
  expect(dataOf(heard, 'Calendar:Timezone')).toBe(zone.toString('base64'))
  expect(dataOf(heard, 'Calendar:StartTime')).toBe('20260309T180000Z')
  expect(bodyOf(heard)).toBe('Agenda')
  const application = child(heard, 'AirSync:ApplicationData')
  expect(textOf(child(application, 'AirSyncBase:Location'), 'AirSyncBase:DisplayName')).toBe('Room 1')
  const moved = child(child(application, 'Calendar:Exceptions'), 'Calendar:Exception')
  expect(textOf(moved, 'AirSyncBase:InstanceId')).toBe('20260316T180000Z')
  const id = idOf(heard)
  const instance = '<AirSyncBase:InstanceId>20260323T180000Z</AirSyncBase:InstanceId>'
  await other.sync(calendar, change(id, '<Calendar:Subject>Special</Calendar:Subject>', instance))
  const told = child((await device.sync(calendar)).changed[0], 'AirSync:ApplicationData')
  const subjects = all(child(told, 'Calendar:Exceptions'), 'Calendar:Exception').map((each) => [
    textOf(each, 'Calendar:ExceptionStartTime'),
    textOf(each, 'Calendar:Subject'),
  ])
  expect(subjects).toEqual([
    ['20260316T180000Z', 'Moved'],
    ['20260323T180000Z', 'Special'],
  ])
  const nowhere = '<AirSyncBase:InstanceId>20260324T180000Z</AirSyncBase:InstanceId>'
  const refused = await other.sync(calendar, change(id, '<Calendar:Subject>x</Calendar:Subject>', nowhere))
  expect(textOf(refused.responses[0], 'AirSync:Status')).toBe('6')
})

test('§30-17 whole days have no zone from 16.0 on, and one before (grommunio d35ee2e)', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  other.version = '16.0'
  const calendar = device.folder('8')
  await device.syncAll(calendar)
  const times =
    '<Calendar:StartTime>20260310T000000Z</Calendar:StartTime><Calendar:EndTime>20260311T000000Z</Calendar:EndTime><Calendar:AllDayEvent>1</Calendar:AllDayEvent>'
  await device.sync(calendar, add('a1', `${times}<Calendar:Subject>Fair</Calendar:Subject>`))
  const find = (items: readonly WbxmlElement[]) => items.find((each) => dataOf(each, 'Calendar:Subject') === 'Fair')
  expect(dataOf(find(await other.syncAll(calendar)), 'Calendar:Timezone')).toBeUndefined()
  const third = await new Device(stage, 'bob@contoso.com', 'THIRD').connect()
  expect(dataOf(find(await third.syncAll(calendar)), 'Calendar:Timezone')).toHaveLength(232)
})

test.each([
  {
    what: 'a yearly pattern without a month',
    inner: '<Calendar:Type>5</Calendar:Type><Calendar:DayOfMonth>3</Calendar:DayOfMonth>',
  },
  {
    what: 'a weekly pattern with a day of the month',
    inner:
      '<Calendar:Type>1</Calendar:Type><Calendar:DayOfWeek>2</Calendar:DayOfWeek><Calendar:DayOfMonth>3</Calendar:DayOfMonth>',
  },
  { what: 'type 4', inner: '<Calendar:Type>4</Calendar:Type>' },
])('$what is refused with Status 6', async ({ inner }) => {
  const { stage, device } = await connected()
  await using _ = stage
  const calendar = device.folder('8')
  await device.sync(calendar, '', '0')
  const { responses } = await device.sync(calendar, add('1', `<Calendar:Recurrence>${inner}</Calendar:Recurrence>`))
  expect(textOf(responses[0], 'AirSync:Status')).toBe('6')
})

test('contacts, tasks and notes go round, and what is left out is gone, unless it is ghosted', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  const [contacts, tasks, notes] = [device.folder('9'), device.folder('7'), device.folder('10')]
  const supported = '<AirSync:Supported><Contacts:FirstName/><Contacts:LastName/></AirSync:Supported>'
  for (const id of [contacts, tasks, notes]) {
    await device.sync(id, id === contacts ? supported : '', '0')
    await device.sync(id)
    await other.syncAll(id)
  }
  const name = '<Contacts:FirstName>Nina</Contacts:FirstName><Contacts:LastName>Nord</Contacts:LastName>'
  await device.sync(
    contacts,
    add('1', `${name}<Contacts:JobTitle>Pilot</Contacts:JobTitle><Contacts2:NickName>Ni</Contacts2:NickName>`),
  )
  const [contact] = (await other.sync(contacts)).added
  expect([dataOf(contact, 'Contacts:JobTitle'), dataOf(contact, 'Contacts2:NickName')]).toEqual(['Pilot', 'Ni'])
  await device.sync(contacts, change(idOf(contact), '<Contacts:FirstName>Nora</Contacts:FirstName><Contacts:Picture/>'))
  const [changed] = (await other.sync(contacts)).changed
  expect([dataOf(changed, 'Contacts:FirstName'), dataOf(changed, 'Contacts:LastName')]).toEqual(['Nora', undefined])
  expect(dataOf(changed, 'Contacts:JobTitle')).toBe('Pilot')
  const due =
    '<Tasks:DueDate>2026-03-05T00:00:00.000Z</Tasks:DueDate><Tasks:UtcDueDate>2026-03-05T00:00:00.000Z</Tasks:UtcDueDate>'
  await device.sync(tasks, add('1', `<Tasks:Subject>Buy milk</Tasks:Subject>${due}<Tasks:Complete>0</Tasks:Complete>`))
  expect(dataOf((await other.sync(tasks)).added[0], 'Tasks:DueDate')).toBe('2026-03-05T00:00:00.000Z')
  const text =
    '<AirSyncBase:Body><AirSyncBase:Type>1</AirSyncBase:Type><AirSyncBase:Data>Idea</AirSyncBase:Data></AirSyncBase:Body>'
  await device.sync(
    notes,
    add('1', `<Notes:Subject>Idea</Notes:Subject><Notes:MessageClass>IPM.StickyNote</Notes:MessageClass>${text}`),
  )
  expect(bodyOf((await other.sync(notes)).added[0])).toBe('Idea')
  const wrong = '<Notes:Subject>x</Notes:Subject><Notes:MessageClass>IPM.Note</Notes:MessageClass>'
  expect(textOf((await device.sync(notes, add('2', wrong))).responses[0], 'AirSync:Status')).toBe('6')
})

test('from 16.0 on drafts are written, changed and sent by Sync; before, their folder stays empty', async () => {
  const { stage, device, other } = await connected('16.0')
  await using _ = stage
  const drafts = device.folder('3')
  await device.syncAll(drafts)
  const file =
    '<AirSyncBase:Attachments><AirSyncBase:Add><AirSyncBase:ClientId>f</AirSyncBase:ClientId><AirSyncBase:Content opaque="1">hello</AirSyncBase:Content><AirSyncBase:DisplayName>hello.txt</AirSyncBase:DisplayName><AirSyncBase:Method>1</AirSyncBase:Method></AirSyncBase:Add></AirSyncBase:Attachments>'
  const text =
    '<AirSyncBase:Body><AirSyncBase:Type>2</AirSyncBase:Type><AirSyncBase:Data>&lt;p&gt;hi&lt;/p&gt;</AirSyncBase:Data></AirSyncBase:Body>'
  const added = await device.sync(
    drafts,
    add('1', `<Email:To>dave@contoso.com</Email:To><Email:Subject>Draft</Email:Subject>${text}${file}`),
  )
  const id = textOf(added.responses[0], 'AirSync:ServerId') ?? ''
  const told = child(added.responses[0], 'AirSync:ApplicationData')
  expect(told?.children.map(({ name }) => name.split(':')[1])).toEqual([
    'ConversationId',
    'ConversationIndex',
    'Attachments',
  ])
  const claimed = await device.sync(
    drafts,
    change(id, '<Email2:ConversationId opaque="1">mine</Email2:ConversationId>'),
  )
  expect(textOf(claimed.responses[0], 'AirSync:Status')).toBe('6')
  expect((await other.syncAll(drafts)).length).toBe(0)
  await device.sync(drafts, change(id, '<Email:Subject>Ready</Email:Subject>'))
  const sent = await device.sync(drafts, change(id, '<Email:Subject>Ready</Email:Subject>', '<Email2:Send/>'))
  expect(sent.responses).toEqual([])
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  const [received] = (await dave.syncAll(dave.folder('2'))).filter((each) => dataOf(each, 'Email:Subject') === 'Ready')
  expect(bodyOf(received)).toContain('hi')
  expect(child(child(received, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments')?.children).toHaveLength(1)
  const nobody =
    '<AirSync:Commands><AirSync:Add><AirSync:ClientId>9</AirSync:ClientId><Email2:Send/><AirSync:ApplicationData><Email:Subject>x</Email:Subject></AirSync:ApplicationData></AirSync:Add></AirSync:Commands>'
  expect(textOf((await device.sync(drafts, nobody)).responses[0], 'AirSync:Status')).toBe('183')
})

test('a draft may be a whole message: it is kept as it came, and marks beside it count (pyactivesync)', async () => {
  const { stage, device } = await connected('16.1')
  await using _ = stage
  const drafts = device.folder('3')
  await device.syncAll(drafts)
  const lines = ['To: dave@contoso.com', 'Subject: Whole', 'MIME-Version: 1.0']
  const parts = [
    '--b',
    'Content-Type: text/plain',
    '',
    'Plain',
    '--b',
    'Content-Type: text/html',
    '',
    '<p>Rich</p>',
    '--b--',
  ]
  const mime = [...lines, 'Content-Type: multipart/alternative; boundary=b', '', ...parts, ''].join('\r\n')
  const body = `<AirSyncBase:Body><AirSyncBase:Type>4</AirSyncBase:Type><AirSyncBase:Data>${mime.replaceAll('<', '&lt;')}</AirSyncBase:Data></AirSyncBase:Body>`
  const flag = '<Email:Flag><Email:Status>2</Email:Status><Email:FlagType>for Follow Up</Email:FlagType></Email:Flag>'
  const { responses } = await device.sync(drafts, add('1', `${body}<Email:Read>1</Email:Read>${flag}`))
  const id = textOf(responses[0], 'AirSync:ServerId') ?? ''
  await device.sync(drafts, change(id, '<Email:Read>0</Email:Read>'))
  const whole =
    '<AirSync:Options><AirSync:MIMESupport>2</AirSync:MIMESupport><AirSyncBase:BodyPreference><AirSyncBase:Type>4</AirSyncBase:Type></AirSyncBase:BodyPreference></AirSync:Options>'
  const [draft] = await device.syncAll(drafts, whole)
  expect([dataOf(draft, 'Email:Subject'), dataOf(draft, 'Email:Read')]).toEqual(['Whole', '0'])
  const data = child(draft, 'AirSync:ApplicationData')
  expect(textOf(child(data, 'Email:Flag'), 'Email:Status')).toBe('2')
  const kept = textOf(child(data, 'AirSyncBase:Body'), 'AirSyncBase:Data')
  expect(kept?.replaceAll('\r', '').trim().endsWith(parts.join('\n'))).toBe(true)
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  await dave.syncAll(dave.folder('2'))
  const send = `<AirSync:Commands><AirSync:Change><AirSync:ServerId>${id}</AirSync:ServerId><Email2:Send/><AirSync:ApplicationData/></AirSync:Change></AirSync:Commands>`
  await device.sync(drafts, send)
  expect((await dave.sync(dave.folder('2'))).added.map((each) => dataOf(each, 'Email:Subject'))).toEqual(['Whole'])
  expect(await device.syncAll(drafts)).toEqual([])
})

test('§30-26 §30-28 ItemOperations brings messages and files, in parts where wanted, and marks nothing as read', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  const inbox = device.folder('2')
  const items = await device.syncAll(inbox)
  const bill = items.find((each) => dataOf(each, 'Email:Subject')?.startsWith('Rechnung'))
  const attachments = child(child(bill, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments')
  const reference = textOf(child(attachments, 'AirSyncBase:Attachment'), 'AirSyncBase:FileReference')
  const operations = (inner: string, headers?: Record<string, string>) =>
    device.send('ItemOperations', `<ItemOperations:ItemOperations>${inner}</ItemOperations:ItemOperations>`, headers)
  const fetch = (inner: string) =>
    `<ItemOperations:Fetch><ItemOperations:Store>Mailbox</ItemOperations:Store>${inner}</ItemOperations:Fetch>`
  const answerOf = (root: WbxmlElement | undefined) =>
    child(child(root, 'ItemOperations:Response'), 'ItemOperations:Fetch')
  const file = `<AirSyncBase:FileReference>${reference}</AirSyncBase:FileReference>`
  const whole = child(answerOf((await operations(fetch(file))).root), 'ItemOperations:Properties')
  expect(Buffer.from(textOf(whole, 'ItemOperations:Data') ?? '', 'base64').toString()).toContain('Fracht München')
  expect(child(whole, 'ItemOperations:Range')).toBeUndefined()
  const range = '<ItemOperations:Options><ItemOperations:Range>0-3</ItemOperations:Range></ItemOperations:Options>'
  const part = child(answerOf((await operations(fetch(file + range))).root), 'ItemOperations:Properties')
  expect([textOf(part, 'ItemOperations:Range'), textOf(part, 'ItemOperations:Data')?.length]).toEqual(['0-3', 8])
  const parts = await operations(fetch(file), { 'ms-asacceptmultipart': 'T' })
  expect(parts.headers['content-type']).toBe('application/vnd.ms-sync.multipart')
  expect(parts.raw.readUInt32LE()).toBe(2)
  const content = parts.raw.subarray(
    parts.raw.readUInt32LE(12),
    parts.raw.readUInt32LE(12) + parts.raw.readUInt32LE(16),
  )
  expect(content.toString()).toContain('Fracht München')
  const mime =
    '<ItemOperations:Options><AirSync:MIMESupport>2</AirSync:MIMESupport><AirSyncBase:BodyPreference><AirSyncBase:Type>4</AirSyncBase:Type></AirSyncBase:BodyPreference></ItemOperations:Options>'
  const byLongId = answerOf((await operations(fetch(`<Search:LongId>${idOf(bill)}</Search:LongId>${mime}`))).root)
  const body = child(child(byLongId, 'ItemOperations:Properties'), 'AirSyncBase:Body')
  expect(textOf(body, 'AirSyncBase:Data')).toMatch(/^From: /)
  const schema =
    '<ItemOperations:Options><ItemOperations:Schema><Email:Subject/><Email:Read/></ItemOperations:Schema></ItemOperations:Options>'
  const some = answerOf((await operations(fetch(`<Search:LongId>${idOf(bill)}</Search:LongId>${schema}`))).root)
  expect(child(some, 'ItemOperations:Properties')?.children.map(({ name }) => name)).toEqual([
    'Email:Subject',
    'Email:Read',
  ])
  expect((await device.send('Sync', device.syncBody(inbox))).raw).toHaveLength(0)
  const zipped = await operations(fetch(`<Search:LongId>${idOf(bill)}</Search:LongId>${mime}`), {
    'accept-encoding': 'gzip',
  })
  expect(decodeWbxml(activeSyncCodePages, gunzipSync(zipped.raw)).name).toBe('ItemOperations:ItemOperations')
  for (const [inner, status] of [
    ['<AirSyncBase:FileReference>nothing</AirSyncBase:FileReference>', '15'],
    ['<AirSyncBase:FileReference/>', '15'],
    [file + file, '2'],
    ['<Search:LongId>nothing</Search:LongId>', '6'],
  ] as const)
    expect(textOf(answerOf((await operations(fetch(inner))).root), 'ItemOperations:Status')).toBe(status)
})

test('§30-24 MoveItems is 3 for success, the same again for the same, and no news to who moved', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  const [inbox, bin] = [device.folder('2'), device.folder('4')]
  const [first] = await device.syncAll(inbox)
  for (const each of [device, other]) await each.syncAll(bin)
  await other.syncAll(inbox)
  const move = (id: string, from = inbox, to = bin) =>
    device.send(
      'MoveItems',
      `<Move:MoveItems><Move:Move><Move:SrcMsgId>${id}</Move:SrcMsgId><Move:SrcFldId>${from}</Move:SrcFldId><Move:DstFldId>${to}</Move:DstFldId></Move:Move></Move:MoveItems>`,
    )
  const moved = child((await move(idOf(first))).root, 'Move:Response')
  expect(textOf(moved, 'Move:Status')).toBe('3')
  expect(child((await move(idOf(first))).root, 'Move:Response')).toEqual(moved)
  for (const id of [inbox, bin]) expect((await device.send('Sync', device.syncBody(id))).raw).toHaveLength(0)
  expect((await other.sync(inbox)).deleted).toEqual([idOf(first)])
  expect((await other.sync(bin)).added.map(idOf)).toEqual([textOf(moved, 'Move:DstMsgId')])
  expect(textOf(child((await move('nothing')).root, 'Move:Response'), 'Move:Status')).toBe('1')
  const [second] = await device.syncAll(inbox)
  expect(textOf(child((await move(idOf(second), inbox, 'nowhere')).root, 'Move:Response'), 'Move:Status')).toBe('2')
  expect(textOf(child((await move(idOf(second), inbox, inbox)).root, 'Move:Response'), 'Move:Status')).toBe('4')
})

test('a reply quotes, a forward takes the files along, and the original says so', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  const inbox = device.folder('2')
  const items = await device.syncAll(inbox)
  const bill = items.find((each) => dataOf(each, 'Email:Subject')?.startsWith('Rechnung'))
  const smart = (command: string, id: string, clientId: string) =>
    device.send(
      command,
      `<ComposeMail:${command}><ComposeMail:ClientId>${clientId}</ComposeMail:ClientId><ComposeMail:Source><ComposeMail:FolderId>${inbox}</ComposeMail:FolderId><ComposeMail:ItemId>${id}</ComposeMail:ItemId></ComposeMail:Source><ComposeMail:Mime opaque="1">To: dave@contoso.com
Subject: ${command}

See below.
</ComposeMail:Mime></ComposeMail:${command}>`,
    )
  for (const command of ['SmartReply', 'SmartForward']) {
    const answer = await smart(command, idOf(bill), command)
    expect([answer.status, answer.raw.length]).toEqual([200, 0])
  }
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  const received = await dave.syncAll(dave.folder('2'))
  const [reply, forward] = ['SmartReply', 'SmartForward'].map((subject) =>
    received.find((each) => dataOf(each, 'Email:Subject') === subject),
  )
  expect(bodyOf(reply)).toMatch(/See below\.[\s\S]*Original Message[\s\S]*Jürgen/)
  const files = child(child(forward, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments')
  expect(files?.children).toHaveLength(1)
  const [marked] = (await device.sync(inbox)).changed
  expect(dataOf(marked, 'Email2:LastVerbExecuted')).toBe('3')
  expect(textOf((await smart('SmartReply', 'nothing', 'x')).root, 'ComposeMail:Status')).toBe('150')
  const empty = await device.send(
    'SendMail',
    '<ComposeMail:SendMail><ComposeMail:ClientId>e</ComposeMail:ClientId><ComposeMail:Mime opaque="1">Subject: x\n\nx</ComposeMail:Mime></ComposeMail:SendMail>',
  )
  expect([empty.status, textOf(empty.root, 'ComposeMail:Status')]).toEqual([200, '119'])
})

test.each([
  {
    what: 'an account that is not there',
    inner: '<ComposeMail:AccountId>other</ComposeMail:AccountId>',
    status: '166',
  },
  { what: 'no account', inner: '<ComposeMail:AccountId/>', status: undefined },
])('14.1: SendMail from $what: Status $status', async ({ inner, status }) => {
  const { stage, device } = await connected()
  await using _ = stage
  const { root } = await device.send(
    'SendMail',
    `<ComposeMail:SendMail><ComposeMail:ClientId>a</ComposeMail:ClientId>${inner}<ComposeMail:Mime opaque="1">To: dave@contoso.com

x</ComposeMail:Mime></ComposeMail:SendMail>`,
  )
  expect(textOf(root, 'ComposeMail:Status')).toBe(status)
})

test('12.1 gets the folders of mail by GetHierarchy, all of them each time; later versions do not', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  device.version = '12.1'
  const { root } = await device.send('GetHierarchy')
  const folders = all(root, 'FolderHierarchy:Folder')
  expect(folders.map((each) => textOf(each, 'FolderHierarchy:Type'))).toEqual(['2', '3', '5', '4', '12', '12', '6'])
  expect(folders[0]?.children.map(({ name, value }) => [name.split(':')[1], value])).toEqual([
    ['DisplayName', 'Inbox'],
    ['ServerId', device.folder('2')],
    ['Type', '2'],
    ['ParentId', '0'],
  ])
  device.version = '14.0'
  expect(await device.send('GetHierarchy')).toMatchObject({ status: 400, raw: { length: 0 } })
})

test('12.1 sends the message itself, and gets files by GetAttachment', async () => {
  const { stage, device } = await connected('12.1')
  await using _ = stage
  const mime = Buffer.from('To: dave@contoso.com\r\nSubject: Old\r\n\r\nHello\r\n')
  const sent = await device.send('SendMail&SaveInSent=T', mime, { 'content-type': 'message/rfc822' })
  expect([sent.status, sent.raw.length]).toEqual([200, 0])
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  const received = await dave.syncAll(dave.folder('2'))
  expect(received.map((each) => dataOf(each, 'Email:Subject'))).toContain('Old')
  const wbxml = await device.send(
    'SendMail',
    '<ComposeMail:SendMail><ComposeMail:ClientId>1</ComposeMail:ClientId></ComposeMail:SendMail>',
  )
  expect(wbxml.status).toBe(400)
  const bill = (await device.syncAll(device.folder('2'))).find((each) =>
    dataOf(each, 'Email:Subject')?.startsWith('Rechnung'),
  )
  const files = child(child(bill, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments')
  const reference = textOf(child(files, 'AirSyncBase:Attachment'), 'AirSyncBase:FileReference')
  const file = await device.send(`GetAttachment&AttachmentName=${reference}`)
  expect([file.status, file.headers['content-type']]).toEqual([200, 'text/csv'])
  expect(file.raw.toString()).toContain('Fracht München')
})

test('an invitation is shown as one, answered once, and the answer is in the calendar', async () => {
  const { stage, device } = await connected('16.1')
  await using _ = stage
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  const event = [
    'BEGIN:VCALENDAR',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    'UID:meeting-1',
    'DTSTAMP:20260302T110000Z',
    'DTSTART:20260305T100000Z',
    'DTEND:20260305T110000Z',
    'SUMMARY:Review',
    'LOCATION:Room 1',
    'ORGANIZER;CN=Dave:mailto:dave@contoso.com',
    'ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@contoso.com',
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\n')
  await dave.send(
    'SendMail',
    `<ComposeMail:SendMail><ComposeMail:ClientId>i</ComposeMail:ClientId><ComposeMail:Mime opaque="1">To: bob@contoso.com
Subject: Review
MIME-Version: 1.0
Content-Type: text/calendar; method=REQUEST; charset=utf-8

${event}
</ComposeMail:Mime></ComposeMail:SendMail>`,
  )
  const inbox = device.folder('2')
  const invitation = (await device.syncAll(inbox)).find((each) => dataOf(each, 'Email:Subject') === 'Review')
  expect(dataOf(invitation, 'Email:MessageClass')).toBe('IPM.Schedule.Meeting.Request')
  expect(child(child(invitation, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments')).toBeUndefined()
  const request = child(child(invitation, 'AirSync:ApplicationData'), 'Email:MeetingRequest')
  expect([textOf(request, 'Email:StartTime'), textOf(request, 'Calendar:UID')]).toEqual([
    '2026-03-05T10:00:00.000Z',
    'meeting-1',
  ])
  await device.send(
    'SmartForward',
    `<ComposeMail:SmartForward><ComposeMail:ClientId>f</ComposeMail:ClientId><ComposeMail:Source><ComposeMail:FolderId>${inbox}</ComposeMail:FolderId><ComposeMail:ItemId>${idOf(invitation)}</ComposeMail:ItemId></ComposeMail:Source><ComposeMail:Mime opaque="1">To: juergen@contoso.com
Subject: FW: Review

You, too.
</ComposeMail:Mime></ComposeMail:SmartForward>`,
  )
  const third = await new Device(stage, 'juergen@contoso.com', 'THIRD').connect()
  const forwarded = (await third.syncAll(third.folder('2'))).find(
    (each) => dataOf(each, 'Email:Subject') === 'FW: Review',
  )
  expect(dataOf(forwarded, 'Email:MessageClass')).toBe('IPM.Schedule.Meeting.Request')
  expect(child(child(forwarded, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments')).toBeUndefined()
  const tentative = (await device.syncAll(device.folder('8'))).find(
    (each) => dataOf(each, 'Calendar:UID') === 'meeting-1',
  )
  expect([dataOf(tentative, 'Calendar:BusyStatus'), dataOf(tentative, 'Calendar:ResponseType')]).toEqual(['1', '5'])
  const respond = () =>
    device.send(
      'MeetingResponse',
      `<MeetingResponse:MeetingResponse><MeetingResponse:Request><MeetingResponse:UserResponse>1</MeetingResponse:UserResponse><MeetingResponse:CollectionId>${inbox}</MeetingResponse:CollectionId><MeetingResponse:RequestId>${idOf(invitation)}</MeetingResponse:RequestId><MeetingResponse:SendResponse/></MeetingResponse:Request></MeetingResponse:MeetingResponse>`,
    )
  const first = child((await respond()).root, 'MeetingResponse:Result')
  expect(textOf(first, 'MeetingResponse:Status')).toBe('1')
  expect(child((await respond()).root, 'MeetingResponse:Result')).toEqual(first)
  const [appointment] = (await device.sync(device.folder('8'))).changed
  expect([dataOf(appointment, 'Calendar:UID'), dataOf(appointment, 'Calendar:MeetingStatus')]).toEqual([
    'meeting-1',
    '3',
  ])
  expect(dataOf(appointment, 'Calendar:ResponseType')).toBe('3')
  expect((await device.sync(inbox)).deleted).toEqual([idOf(invitation)])
  const answers = (await dave.syncAll(dave.folder('2'))).filter(
    (each) => dataOf(each, 'Email:Subject') === 'Accepted: Review',
  )
  expect(answers.map((each) => dataOf(each, 'Email:MessageClass'))).toEqual(['IPM.Schedule.Meeting.Resp.Pos'])
})

test('§30-31 people are found by the beginning of their names, and free or busy as their calendars say', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  const gal = (query: string) =>
    device.send(
      'Search',
      `<Search:Search><Search:Store><Search:Name>GAL</Search:Name><Search:Query>${query}</Search:Query><Search:Options><Search:Range>0-9</Search:Range></Search:Options></Search:Store></Search:Search>`,
    )
  const storeOf = (root: WbxmlElement | undefined) => child(child(root, 'Search:Response'), 'Search:Store')
  const found = storeOf((await gal('DAV')).root)
  const [person] = all(found, 'Search:Result').map((each) => child(each, 'Search:Properties'))
  expect([textOf(person, 'GAL:DisplayName'), textOf(found, 'Search:Total')]).toEqual(['Dave Dietrich', '1'])
  expect(textOf(storeOf((await gal('ave')).root), 'Search:Total')).toBe('0')
  const resolved = await device.send(
    'ResolveRecipients',
    '<ResolveRecipients:ResolveRecipients><ResolveRecipients:To>bob@contoso.com</ResolveRecipients:To><ResolveRecipients:To>nobody</ResolveRecipients:To><ResolveRecipients:Options><ResolveRecipients:Availability><ResolveRecipients:StartTime>2026-03-04T12:00:00.000Z</ResolveRecipients:StartTime><ResolveRecipients:EndTime>2026-03-04T15:00:00.000Z</ResolveRecipients:EndTime></ResolveRecipients:Availability></ResolveRecipients:Options></ResolveRecipients:ResolveRecipients>',
  )
  const [bob, nobody] = all(resolved.root, 'ResolveRecipients:Response')
  const availability = child(child(bob, 'ResolveRecipients:Recipient'), 'ResolveRecipients:Availability')
  expect(textOf(availability, 'ResolveRecipients:MergedFreeBusy')).toBe('002200')
  expect(textOf(nobody, 'ResolveRecipients:Status')).toBe('4')
})

test('ResolveRecipients knows the own contacts, too, and each address once', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  const contacts = device.folder('9')
  await device.syncAll(contacts)
  const person = (name: string, address: string) =>
    `<Contacts:FirstName>${name}</Contacts:FirstName><Contacts:LastName>Dietz</Contacts:LastName><Contacts:Email1Address>${address}</Contacts:Email1Address>`
  await device.sync(contacts, add('1', person('Davina', '"Davina Dietz" &lt;davina@example.org&gt;')))
  await device.sync(contacts, add('2', person('Dave', 'dave@contoso.com')))
  await device.sync(contacts, add('3', person('Otto', 'otto@example.org')))
  const resolve = async (name: string) => {
    const { root } = await device.send(
      'ResolveRecipients',
      `<ResolveRecipients:ResolveRecipients><ResolveRecipients:To>${name}</ResolveRecipients:To></ResolveRecipients:ResolveRecipients>`,
    )
    const response = child(root, 'ResolveRecipients:Response')
    const found = all(response, 'ResolveRecipients:Recipient').map((each) =>
      ['Type', 'DisplayName', 'EmailAddress'].map((fact) => textOf(each, `ResolveRecipients:${fact}`)).join(' '),
    )
    return [textOf(response, 'ResolveRecipients:Status'), ...found]
  }
  expect(await resolve('dav')).toEqual(['2', '1 Dave Dietrich dave@contoso.com', '2 Davina Dietz davina@example.org'])
  expect(await resolve('davina@example.org')).toEqual(['1', '2 Davina Dietz davina@example.org'])
  expect(await resolve('dave@contoso.com')).toEqual(['1', '1 Dave Dietrich dave@contoso.com'])
})

test('Search finds by the time alone, and by KQL', async () => {
  const { stage, device } = await connected('16.1')
  await using _ = stage
  const inbox = device.folder('2')
  const search = async (criteria: string) => {
    const { root } = await device.send(
      'Search',
      `<Search:Search><Search:Store><Search:Name>Mailbox</Search:Name><Search:Query><Search:And><AirSync:Class>Email</AirSync:Class><AirSync:CollectionId>${inbox}</AirSync:CollectionId>${criteria}</Search:And></Search:Query></Search:Store></Search:Search>`,
    )
    const store = child(child(root, 'Search:Response'), 'Search:Store')
    const found = all(store, 'Search:Result').map((each) => child(each, 'Search:Properties'))
    return found.flatMap((each) => textOf(each, 'Email:Subject') ?? [])
  }
  const mail = await device.syncAll(inbox)
  const received = mail.map((each) => dataOf(each, 'Email:DateReceived') ?? '').sort()
  const bound = (name: string, value = '') =>
    `<Search:${name}><Email:DateReceived/><Search:Value>${value}</Search:Value></Search:${name}>`
  const [from, until] = [received[1], received.at(-1)]
  const between = mail.filter((each) => {
    const at = dataOf(each, 'Email:DateReceived') ?? ''
    return at >= String(from) && at < String(until)
  })
  expect(between.length).toBeGreaterThan(0)
  expect((await search(bound('GreaterThan', from) + bound('LessThan', until))).sort()).toEqual(
    between.map((each) => dataOf(each, 'Email:Subject')).sort(),
  )
  expect(await search(bound('GreaterThan', '2099-01-01T00:00:00.000Z'))).toEqual([])
  const words = (query: string) => search(`<Search:FreeText>${query}</Search:FreeText>`)
  const [bill] = await words('subject:rechnung')
  expect(bill).toMatch(/^Rechnung/)
  expect([await words('from:rechnung'), await words('subject:rechnung from:jürgen')]).toEqual([[], [bill]])
})

test('mail is found by its words, with Search and with Find', async () => {
  const { stage, device } = await connected('16.1')
  await using _ = stage
  const searched = await device.send(
    'Search',
    '<Search:Search><Search:Store><Search:Name>Mailbox</Search:Name><Search:Query><Search:And><AirSync:Class>Email</AirSync:Class><AirSync:CollectionId>0</AirSync:CollectionId><Search:FreeText>rechnung</Search:FreeText></Search:And></Search:Query></Search:Store></Search:Search>',
  )
  const store = child(child(searched.root, 'Search:Response'), 'Search:Store')
  const subjects = all(store, 'Search:Result').map((each) => textOf(child(each, 'Search:Properties'), 'Email:Subject'))
  expect(subjects).toEqual(['Rechnung 2026-0117 – bitte prüfen ✅'])
  const found = await device.send(
    'Find',
    '<Find:Find><Find:SearchId>1</Find:SearchId><Find:ExecuteSearch><Find:MailBoxSearchCriterion><Find:Query><AirSync:Class>Email</AirSync:Class><Find:FreeText>rechn</Find:FreeText></Find:Query><Find:Options><Find:Range>0-4</Find:Range></Find:Options></Find:MailBoxSearchCriterion></Find:ExecuteSearch></Find:Find>',
  )
  const response = child(found.root, 'Find:Response')
  expect([textOf(response, 'Find:Status'), textOf(response, 'Find:Total'), texts(response, 'Find:Range')]).toEqual([
    '1',
    '1',
    ['0-0'],
  ])
  // KQL: the word is in a subject, and in no sender's name.
  const wordIn = async (query: string) => {
    const { root } = await device.send(
      'Find',
      `<Find:Find><Find:SearchId>2</Find:SearchId><Find:ExecuteSearch><Find:MailBoxSearchCriterion><Find:Query><AirSync:Class>Email</AirSync:Class><Find:FreeText>${query}</Find:FreeText></Find:Query><Find:Options><Find:Range>0-4</Find:Range></Find:Options></Find:MailBoxSearchCriterion></Find:ExecuteSearch></Find:Find>`,
    )
    return textOf(child(root, 'Find:Response'), 'Find:Total')
  }
  expect([await wordIn('subject:rechnung'), await wordIn('from:rechnung')]).toEqual(['1', '0'])
  const nothing = await device.send(
    'Search',
    '<Search:Search><Search:Store><Search:Name>Mailbox</Search:Name><Search:Query><Search:And><Search:FreeText>nothingsuch</Search:FreeText></Search:And></Search:Query></Search:Store></Search:Search>',
  )
  expect(all(child(child(nothing.root, 'Search:Response'), 'Search:Store'), 'Search:Result')).toMatchObject([
    { children: [] },
  ])
})

test.each([
  { options: '', found: 0 },
  { options: '<Search:DeepTraversal/>', found: 1 },
])('a search of a folder with "$options" finds $found messages of those below it', async ({ options, found }) => {
  const { stage, device } = await connected()
  await using _ = stage
  const inbox = device.folder('2')
  const [message] = await device.syncAll(inbox)
  const made = await device.send(
    'FolderCreate',
    `<FolderHierarchy:FolderCreate><FolderHierarchy:SyncKey>${device.keys.get('folders')}</FolderHierarchy:SyncKey><FolderHierarchy:ParentId>${inbox}</FolderHierarchy:ParentId><FolderHierarchy:DisplayName>Below</FolderHierarchy:DisplayName><FolderHierarchy:Type>12</FolderHierarchy:Type></FolderHierarchy:FolderCreate>`,
  )
  const below = textOf(made.root, 'FolderHierarchy:ServerId')
  const moved = await device.send(
    'MoveItems',
    `<Move:MoveItems><Move:Move><Move:SrcMsgId>${idOf(message)}</Move:SrcMsgId><Move:SrcFldId>${inbox}</Move:SrcFldId><Move:DstFldId>${below}</Move:DstFldId></Move:Move></Move:MoveItems>`,
  )
  expect(textOf(child(moved.root, 'Move:Response'), 'Move:Status')).toBe('3')
  const { root } = await device.send(
    'Search',
    `<Search:Search><Search:Store><Search:Name>Mailbox</Search:Name><Search:Query><Search:And><AirSync:Class>Email</AirSync:Class><AirSync:CollectionId>${inbox}</AirSync:CollectionId></Search:And></Search:Query><Search:Options>${options}</Search:Options></Search:Store></Search:Search>`,
  )
  const results = all(child(child(root, 'Search:Response'), 'Search:Store'), 'Search:Result')
  expect(results.filter((each) => textOf(each, 'AirSync:CollectionId') === below)).toHaveLength(found)
})

test('settings: automatic replies in the format that is asked for, and every address of the person', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  await runCmdlet(stage, 'Set-MailboxAutoReplyConfiguration', {
    Identity: 'bob@contoso.com',
    AutoReplyState: 'Enabled',
    InternalMessage: '<p>Away &amp; <b>gone</b></p>',
  })
  const recipients = relationalRecipientStore(stage.store.db, stage.clock)
  const bob = await recipients.findRecipient('emailAddress', 'bob@contoso.com')
  await recipients.changeRecipient(bob?.objectGuid ?? '', { otherAddresses: ['robert@contoso.com'] })
  const replies = async (format: string) => {
    const { root } = await device.send(
      'Settings',
      `<Settings:Settings><Settings:Oof><Settings:Get><Settings:BodyType>${format}</Settings:BodyType></Settings:Get></Settings:Oof></Settings:Settings>`,
    )
    const [inside] = all(child(child(root, 'Settings:Oof'), 'Settings:Get'), 'Settings:OofMessage')
    return [textOf(inside, 'Settings:ReplyMessage'), textOf(inside, 'Settings:BodyType')]
  }
  expect(await replies('TEXT')).toEqual(['Away & gone', 'Text'])
  expect(await replies('HTML')).toEqual(['<p>Away &amp; <b>gone</b></p>', 'HTML'])
  await device.send(
    'Settings',
    '<Settings:Settings><Settings:Oof><Settings:Set><Settings:OofState>1</Settings:OofState><Settings:OofMessage><Settings:AppliesToInternal/><Settings:Enabled>1</Settings:Enabled><Settings:ReplyMessage>a &lt;b&gt;</Settings:ReplyMessage><Settings:BodyType>Text</Settings:BodyType></Settings:OofMessage></Settings:Set></Settings:Oof></Settings:Settings>',
  )
  expect(await replies('Text')).toEqual(['a <b>', 'Text'])
  expect((await replies('HTML'))[0]).toContain('a &lt;b&gt;</div>')
  const [shown] = await runCmdlet(stage, 'Get-MailboxAutoReplyConfiguration', { Identity: 'bob@contoso.com' })
  expect(shown?.InternalMessage).toContain('a &lt;b&gt;</div>')
  const { root } = await device.send(
    'Settings',
    '<Settings:Settings><Settings:UserInformation><Settings:Get/></Settings:UserInformation></Settings:Settings>',
  )
  const account = child(child(child(root, 'Settings:UserInformation'), 'Settings:Get'), 'Settings:Accounts')
  const addresses = child(child(account, 'Settings:Account'), 'Settings:EmailAddresses')
  expect(texts(addresses, 'Settings:SMTPAddress')).toEqual(['bob@contoso.com', 'robert@contoso.com'])
})

test('settings: automatic replies, the device, the person', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  const settings = (inner: string) => device.send('Settings', `<Settings:Settings>${inner}</Settings:Settings>`)
  const set = await settings(
    '<Settings:Oof><Settings:Set><Settings:OofState>1</Settings:OofState><Settings:OofMessage><Settings:AppliesToInternal/><Settings:Enabled>1</Settings:Enabled><Settings:ReplyMessage>Away</Settings:ReplyMessage><Settings:BodyType>Text</Settings:BodyType></Settings:OofMessage></Settings:Set></Settings:Oof>',
  )
  expect(textOf(child(set.root, 'Settings:Oof'), 'Settings:Status')).toBe('1')
  const { root } = await settings(
    '<Settings:Oof><Settings:Get><Settings:BodyType>Text</Settings:BodyType></Settings:Get></Settings:Oof><Settings:UserInformation><Settings:Get/></Settings:UserInformation><Settings:RightsManagementInformation><Settings:Get/></Settings:RightsManagementInformation>',
  )
  const got = child(child(root, 'Settings:Oof'), 'Settings:Get')
  expect(textOf(got, 'Settings:OofState')).toBe('1')
  expect(all(got, 'Settings:OofMessage').map((each) => textOf(each, 'Settings:ReplyMessage'))).toEqual([
    'Away',
    undefined,
    undefined,
  ])
  const account = child(
    child(child(child(root, 'Settings:UserInformation'), 'Settings:Get'), 'Settings:Accounts'),
    'Settings:Account',
  )
  expect(textOf(child(account, 'Settings:EmailAddresses'), 'Settings:PrimarySmtpAddress')).toBe('bob@contoso.com')
  expect(textOf(child(root, 'Settings:RightsManagementInformation'), 'Settings:Status')).toBe('168')
})

test('GetItemEstimate counts what Sync would bring, and moves nothing', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  const inbox = device.folder('2')
  const estimate = async (key: string, id = inbox) => {
    const { root } = await device.send(
      'GetItemEstimate',
      `<GetItemEstimate:GetItemEstimate><GetItemEstimate:Collections><GetItemEstimate:Collection><AirSync:SyncKey>${key}</AirSync:SyncKey><GetItemEstimate:CollectionId>${id}</GetItemEstimate:CollectionId></GetItemEstimate:Collection></GetItemEstimate:Collections></GetItemEstimate:GetItemEstimate>`,
    )
    const response = child(root, 'GetItemEstimate:Response')
    const collection = child(response, 'GetItemEstimate:Collection')
    return [textOf(response, 'GetItemEstimate:Status'), textOf(collection, 'GetItemEstimate:Estimate')]
  }
  expect(await estimate('1')).toEqual(['3', undefined])
  await device.sync(inbox, '', '0')
  const key = device.keys.get(inbox) ?? ''
  expect(await estimate(key)).toEqual(['1', '7'])
  expect(await estimate('wrong')).toEqual(['4', undefined])
  expect(await estimate(key, 'nowhere')).toEqual(['2', undefined])
  expect((await device.sync(inbox)).added).toHaveLength(7)
  const drafts = device.folder('3')
  await device.sync(drafts, '', '0')
  other.version = '16.0'
  await other.sync(drafts, '', '0')
  await other.sync(drafts, add('d', '<Email:Subject>Half a thought</Email:Subject>'))
  // Below 16.0 drafts are counted as they are synchronized: not at all.
  expect(await estimate(device.keys.get(drafts) ?? '', drafts)).toEqual(['1', '0'])
  device.version = '16.0'
  expect(await estimate(device.keys.get(drafts) ?? '', drafts)).toEqual(['1', '1'])
})
