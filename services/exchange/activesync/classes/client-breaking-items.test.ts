import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { offsetAt, readZone, utcZone } from '../../mailbox/time-zone.ts'
import { added, askWebServices, changed, Device, dataOf, idOf, openOffice, removed, sendMail } from '../_device.ts'
import { all, child, textOf } from '../elements.ts'
import { globalObjectId } from './meeting-request.ts'

async function connected(version = '14.1') {
  const stage = await openOffice()
  const device = new Device(stage)
  device.version = version
  await device.connect()
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  return { stage, device, other }
}

const applicationOf = (item: WbxmlElement | undefined) => child(item, 'AirSync:ApplicationData')
const element = (name: string, value: string | number | undefined) =>
  value === undefined ? '' : `<${name}>${value}</${name}>`

/** Central European Time, as Windows names it: the last Sundays of October and March. */
function berlin(): string {
  const bytes = Buffer.alloc(172)
  bytes.writeInt32LE(-60, 0)
  for (const [at, month, hour] of [
    [68, 10, 3],
    [152, 3, 2],
  ] as const) {
    bytes.writeUInt16LE(month, at + 2)
    bytes.writeUInt16LE(0, at + 4)
    bytes.writeUInt16LE(5, at + 6)
    bytes.writeUInt16LE(hour, at + 8)
  }
  bytes.writeInt32LE(-60, 168)
  return bytes.toString('base64')
}

test.each([
  ['2026-03-29T00:59:59Z', 60],
  ['2026-03-29T01:00:00Z', 120],
  ['2026-10-25T00:59:59Z', 120],
  ['2026-10-25T01:00:00Z', 60],
  ['2027-01-15T12:00:00Z', 60],
] as const)('§30-18 the zone of 172 bytes changes on the last Sunday: at %s it is %i minutes', (instant, minutes) => {
  expect(offsetAt(berlin(), new Date(instant))).toBe(minutes)
  expect(
    Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', timeZoneName: 'longOffset' }).format(new Date(instant)),
  ).toContain(`+0${minutes / 60}:00`)
})

test('§30-18 a zone goes through byte for byte, and the one of ours has empty names', async () => {
  expect(readZone(berlin())).toBe(berlin())
  expect([readZone('AAAA'), Buffer.from(utcZone, 'base64').every((byte) => byte === 0)]).toEqual([undefined, true])
  const { stage, device, other } = await connected()
  await using _ = stage
  const calendar = device.folder('8')
  for (const each of [device, other]) await each.syncAll(calendar)
  await device.sync(
    calendar,
    added('1', `${element('Calendar:Timezone', berlin())}<Calendar:Subject>Zone</Calendar:Subject>`),
  )
  const [heard] = (await other.sync(calendar)).added
  expect(dataOf(heard, 'Calendar:Timezone')).toBe(berlin())
})

test('§30-17 a whole day of a zone is the same date to every version, and moves by dates', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  other.version = '16.1'
  const calendar = device.folder('8')
  for (const each of [device, other]) await each.syncAll(calendar)
  const day = `${element('Calendar:Timezone', berlin())}<Calendar:AllDayEvent>1</Calendar:AllDayEvent><Calendar:StartTime>20260309T230000Z</Calendar:StartTime><Calendar:EndTime>20260310T230000Z</Calendar:EndTime><Calendar:Subject>Fair</Calendar:Subject>`
  await device.sync(calendar, added('1', day))
  const [heard] = (await other.sync(calendar)).added
  expect([dataOf(heard, 'Calendar:StartTime'), dataOf(heard, 'Calendar:EndTime')]).toEqual([
    '20260310T000000Z',
    '20260311T000000Z',
  ])
  const moved =
    '<Calendar:StartTime>20260401T000000Z</Calendar:StartTime><Calendar:EndTime>20260402T000000Z</Calendar:EndTime>'
  await other.sync(calendar, changed(idOf(heard), moved))
  const [told] = (await device.sync(calendar)).changed
  expect([dataOf(told, 'Calendar:StartTime'), dataOf(told, 'Calendar:AllDayEvent')]).toEqual(['20260331T220000Z', '1'])
})

const patterns = {
  0: fc.constant({}),
  1: fc.record({ DayOfWeek: fc.integer({ min: 1, max: 127 }) }),
  2: fc.record({ DayOfMonth: fc.integer({ min: 1, max: 31 }) }),
  3: fc.record({ WeekOfMonth: fc.integer({ min: 1, max: 5 }), DayOfWeek: fc.integer({ min: 1, max: 127 }) }),
  5: fc.record({ DayOfMonth: fc.integer({ min: 1, max: 31 }), MonthOfYear: fc.integer({ min: 1, max: 12 }) }),
  6: fc.record({
    WeekOfMonth: fc.integer({ min: 1, max: 5 }),
    DayOfWeek: fc.integer({ min: 1, max: 127 }),
    MonthOfYear: fc.integer({ min: 1, max: 12 }),
  }),
}
/** [MS-ASCAL] 2.2.2.37: every field but these makes Android give up the calendar. */
const fieldsOf: Record<number, readonly string[]> = {
  0: [],
  1: ['DayOfWeek', 'FirstDayOfWeek'],
  2: ['DayOfMonth', 'CalendarType'],
  3: ['WeekOfMonth', 'DayOfWeek', 'CalendarType'],
  5: ['DayOfMonth', 'MonthOfYear', 'CalendarType'],
  6: ['WeekOfMonth', 'DayOfWeek', 'MonthOfYear', 'CalendarType'],
}

test.each(['Calendar', 'Tasks'] as const)(
  '§30-19 a recurrence in %s has the fields of its type and no others',
  async (page) => {
    const { stage, device, other } = await connected()
    await using _ = stage
    const folder = device.folder(page === 'Calendar' ? '8' : '7')
    for (const each of [device, other]) await each.syncAll(folder)
    const cases = Object.entries(patterns).flatMap(([type, fields]) =>
      fc.sample(fields as fc.Arbitrary<Record<string, number>>, 4).map((pattern) => ({ type, pattern })),
    )
    for (const [index, { type, pattern }] of cases.entries()) {
      const start = page === 'Tasks' ? '<Tasks:Start>2026-03-10T00:00:00.000Z</Tasks:Start>' : ''
      const inner = Object.entries(pattern).map(([name, value]) => element(`${page}:${name}`, value))
      const recurrence = `<${page}:Recurrence>${element(`${page}:Type`, type)}${start}${element(`${page}:Interval`, 2)}${inner.join('')}</${page}:Recurrence>`
      const { responses } = await device.sync(
        folder,
        added(`c${index}`, `${element(`${page}:Subject`, 'x')}${recurrence}`),
      )
      expect([type, pattern, textOf(responses[0], 'AirSync:Status')]).toEqual([type, pattern, '1'])
    }
    const heard = (await other.sync(folder)).added.map((each) => child(applicationOf(each), `${page}:Recurrence`))
    expect(heard).toHaveLength(cases.length)
    for (const [index, { type, pattern }] of cases.entries()) {
      const written = child(heard[index], `${page}:Type`)?.value
      const names = heard[index]?.children.map(({ name }) => name.replace(`${page}:`, '')) ?? []
      const common = ['Type', 'Start', 'Interval']
      expect([written, names.filter((name) => !common.includes(name)).toSorted()]).toEqual([
        type,
        fieldsOf[Number(type)]?.toSorted(),
      ])
      for (const [name, value] of Object.entries(pattern))
        expect(textOf(heard[index], `${page}:${name}`)).toBe(String(value))
    }
  },
)

test('§30-20 every attendee has a name and an address, and the organizer is none', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  const calendar = device.folder('8')
  for (const each of [device, other]) await each.syncAll(calendar)
  const attendee = (name: string, address: string) =>
    `<Calendar:Attendee><Calendar:Email>${address}</Calendar:Email><Calendar:Name>${name}</Calendar:Name></Calendar:Attendee>`
  const attendees = [attendee('', 'dave@contoso.com'), attendee('Nobody', ''), attendee('Bob', 'BOB@contoso.com')]
  await device.sync(
    calendar,
    added(
      '1',
      `<Calendar:Subject>Talk</Calendar:Subject><Calendar:Attendees>${attendees.join('')}</Calendar:Attendees>`,
    ),
  )
  const [heard] = (await other.sync(calendar)).added
  const shown = all(child(applicationOf(heard), 'Calendar:Attendees'), 'Calendar:Attendee')
  expect(shown.map((each) => [textOf(each, 'Calendar:Name'), textOf(each, 'Calendar:Email')])).toEqual([
    ['dave@contoso.com', 'dave@contoso.com'],
  ])
  expect(dataOf(heard, 'Calendar:OrganizerEmail')).toBe('bob@contoso.com')
})

/** [MS-ASEMAIL] 2.2.2.36 the other way: what a client makes of GlobalObjId. */
function uidOf(globalObjId: string): string {
  const bytes = Buffer.from(globalObjId, 'base64')
  if (bytes.subarray(40, 48).toString('latin1') === 'vCal-Uid')
    return bytes.subarray(52, 52 + bytes.readUInt32LE(36) - 13).toString('utf8')
  const cleared = Buffer.from(bytes)
  cleared.fill(0, 16, 20)
  return cleared.toString('hex').toUpperCase()
}

test('§30-21 an invitation names its appointment: GlobalObjId is the UID in other words', () => {
  const outlook = `040000008200E00074C5B7101A82E008${'00000000'}${'0123456789ABCDEF'.repeat(2)}10000000${'FEDCBA9876543210'.repeat(2)}`
  expect(uidOf(globalObjectId(outlook))).toBe(outlook)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), (uid) => {
      fc.pre(!uid.includes('\0'))
      expect(uidOf(globalObjectId(uid))).toBe(uid)
    }),
  )
})

const invitation = (uid: string) =>
  `To: bob@contoso.com
Subject: Review
MIME-Version: 1.0
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:${uid}
DTSTAMP:20260302T110000Z
DTSTART:20260305T100000Z
DTEND:20260305T110000Z
SUMMARY:Review
ORGANIZER;CN=Dave:mailto:dave@contoso.com
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@contoso.com
END:VEVENT
END:VCALENDAR
`

test.each([
  { version: '14.1', wanted: '<MeetingResponse:SendResponse/>', mails: 0 },
  { version: '16.1', wanted: '', mails: 0 },
  { version: '16.1', wanted: '<MeetingResponse:SendResponse/>', mails: 1 },
])(
  '§30-21 §30-22 §30-34 $version answers twice with "$wanted": one appointment, $mails mails',
  async ({ version, wanted, mails }) => {
    const { stage, device } = await connected(version)
    await using _ = stage
    const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
    const [inbox, calendar] = [device.folder('2'), device.folder('8')]
    for (const id of [inbox, calendar]) await device.syncAll(id)
    await dave.syncAll(dave.folder('2'))
    await sendMail(dave, 'i', invitation('client@made/uid'))
    const [request] = (await device.sync(inbox)).added
    const meeting = child(applicationOf(request), 'Email:MeetingRequest')
    const uid = textOf(meeting, 'Calendar:UID') ?? uidOf(textOf(meeting, 'Email:GlobalObjId') ?? '')
    expect(uid).toBe('client@made/uid')
    for (let time = 0; time < 2; time += 1)
      await device.send(
        'MeetingResponse',
        `<MeetingResponse:MeetingResponse><MeetingResponse:Request><MeetingResponse:UserResponse>1</MeetingResponse:UserResponse><MeetingResponse:CollectionId>${inbox}</MeetingResponse:CollectionId><MeetingResponse:RequestId>${idOf(request)}</MeetingResponse:RequestId>${wanted}</MeetingResponse:Request></MeetingResponse:MeetingResponse>`,
      )
    const appointments = (await device.sync(calendar)).added
    expect(appointments.map((each) => dataOf(each, 'Calendar:UID'))).toEqual([uid])
    expect((await dave.sync(dave.folder('2'))).added).toHaveLength(mails)
  },
)

test('§30-22 an organizer below 16.0 mails the invitation itself: the server mails none', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  await dave.syncAll(dave.folder('2'))
  const calendar = device.folder('8')
  await device.syncAll(calendar)
  const attendees =
    '<Calendar:Attendees><Calendar:Attendee><Calendar:Email>dave@contoso.com</Calendar:Email><Calendar:Name>Dave</Calendar:Name></Calendar:Attendee></Calendar:Attendees>'
  const { responses } = await device.sync(calendar, added('1', `<Calendar:Subject>Talk</Calendar:Subject>${attendees}`))
  await device.sync(
    calendar,
    changed(textOf(responses[0], 'AirSync:ServerId') ?? '', `<Calendar:Subject>Talks</Calendar:Subject>${attendees}`),
  )
  await device.sync(calendar, removed(textOf(responses[0], 'AirSync:ServerId') ?? ''))
  expect((await dave.sync(dave.folder('2'))).added).toEqual([])
})

test.each(['-1', '4', '7', ''])(
  '§30-32 BusyStatus "%s" is one that clients know, and NativeBodyType is 1 or 2',
  async (status) => {
    const { stage, device, other } = await connected()
    await using _ = stage
    const calendar = device.folder('8')
    for (const each of [device, other]) await each.syncAll(calendar)
    await device.sync(
      calendar,
      added('1', `<Calendar:Subject>x</Calendar:Subject><Calendar:BusyStatus>${status}</Calendar:BusyStatus>`),
    )
    const [heard] = (await other.sync(calendar)).added
    expect(dataOf(heard, 'Calendar:BusyStatus')).toMatch(/^[0-3]$/)
    for (const each of [...(await other.syncAll(calendar)), ...(await other.syncAll(device.folder('2')))])
      expect(dataOf(each, 'AirSyncBase:NativeBodyType')).toMatch(/^[12]$/)
  },
)

test('§30-33 a picture of 48 KB is kept, a larger one is refused alone; an empty one says nothing', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  const contacts = device.folder('9')
  for (const each of [device, other]) await each.syncAll(contacts)
  const contact = (picture: string) =>
    `<Contacts:FirstName>Ann</Contacts:FirstName>${element('Contacts:Picture', picture)}`
  const largest = Buffer.alloc(36 * 1024, 7).toString('base64')
  const good = await device.sync(contacts, added('1', contact(largest)))
  const bad = await device.sync(contacts, added('2', contact(`${largest}AAAA`)))
  expect([good, bad].map(({ responses }) => textOf(responses[0], 'AirSync:Status'))).toEqual(['1', '6'])
  const [heard, ...more] = (await other.sync(contacts)).added
  expect([dataOf(heard, 'Contacts:Picture'), more]).toEqual([largest, []])
  await device.sync(contacts, changed(idOf(heard), '<Contacts:FirstName>Anna</Contacts:FirstName><Contacts:Picture/>'))
  expect(dataOf((await other.sync(contacts)).changed[0], 'Contacts:Picture')).toBe(largest)
})

test.each(['T00:00:00.000Z', 'T08:00:00.000Z', 'T11:00:00.000Z', 'T11:59:00.000Z', 'T12:00:00.000Z', 'T23:00:00.000Z'])(
  '§30-33 a birthday at %s is that day to every other client',
  async (time) => {
    const { stage, device, other } = await connected()
    await using _ = stage
    const contacts = device.folder('9')
    for (const each of [device, other]) await each.syncAll(contacts)
    await device.sync(
      contacts,
      added(
        '1',
        `<Contacts:FirstName>Ann</Contacts:FirstName><Contacts:Birthday>1980-02-29${time}</Contacts:Birthday>`,
      ),
    )
    expect(dataOf((await other.sync(contacts)).added[0], 'Contacts:Birthday')).toBe('1980-02-29T00:00:00.000Z')
  },
)

test('§30-34 an attachment that is added without content is no attachment, and stops nothing', async () => {
  const { stage, device, other } = await connected('16.0')
  await using _ = stage
  other.version = '16.0'
  const calendar = device.folder('8')
  for (const each of [device, other]) await each.syncAll(calendar)
  const file = (content: string) =>
    `<AirSyncBase:Add><AirSyncBase:ClientId>f</AirSyncBase:ClientId>${content}<AirSyncBase:DisplayName>a.txt</AirSyncBase:DisplayName><AirSyncBase:Method>1</AirSyncBase:Method></AirSyncBase:Add>`
  const files = file('') + file('<AirSyncBase:Content opaque="1">hello</AirSyncBase:Content>')
  const data = `<Calendar:Subject>Moved</Calendar:Subject><AirSyncBase:Attachments>${files}</AirSyncBase:Attachments>`
  const { responses } = await device.sync(calendar, added('1', data))
  expect(textOf(responses[0], 'AirSync:Status')).toBe('1')
  const attachments = child(applicationOf((await other.sync(calendar)).added[0]), 'AirSyncBase:Attachments')
  expect(
    all(attachments, 'AirSyncBase:Attachment').map((each) => textOf(each, 'AirSyncBase:EstimatedDataSize')),
  ).toEqual(['5'])
})

test.each(['3', '8'] as const)(
  '16.x: files that come with an item of folder %s have names of the server at once',
  async (type) => {
    const { stage, device } = await connected('16.1')
    await using _ = stage
    const folder = device.folder(type)
    await device.syncAll(folder)
    const file = (name: string) =>
      `<AirSyncBase:Add><AirSyncBase:ClientId>${name}</AirSyncBase:ClientId><AirSyncBase:Content opaque="1">of ${name}</AirSyncBase:Content><AirSyncBase:DisplayName>${name}.txt</AirSyncBase:DisplayName><AirSyncBase:Method>1</AirSyncBase:Method></AirSyncBase:Add>`
    const files = (...names: readonly string[]) =>
      `<AirSyncBase:Attachments>${names.map(file).join('')}</AirSyncBase:Attachments>`
    const subject = type === '3' ? '<Email:Subject>Files</Email:Subject>' : '<Calendar:Subject>Files</Calendar:Subject>'
    const first = await device.sync(folder, added('1', subject + files('a', 'b')))
    const id = textOf(first.responses[0], 'AirSync:ServerId') ?? ''
    const second = await device.sync(folder, changed(id, files('c')))
    const named = [first, second].flatMap(({ responses }) =>
      all(child(child(responses[0], 'AirSync:ApplicationData'), 'AirSyncBase:Attachments'), 'AirSyncBase:Attachment'),
    )
    expect(named.map((each) => textOf(each, 'AirSyncBase:ClientId'))).toEqual(['a', 'b', 'c'])
    const { root } = await device.send(
      'ItemOperations',
      `<ItemOperations:ItemOperations><ItemOperations:Fetch><ItemOperations:Store>Mailbox</ItemOperations:Store><AirSyncBase:FileReference>${textOf(named[2], 'AirSyncBase:FileReference')}</AirSyncBase:FileReference></ItemOperations:Fetch></ItemOperations:ItemOperations>`,
    )
    const fetch = child(child(root, 'ItemOperations:Response'), 'ItemOperations:Fetch')
    const data = textOf(child(fetch, 'ItemOperations:Properties'), 'ItemOperations:Data') ?? ''
    expect(Buffer.from(data, 'base64').toString()).toBe('of c')
  },
)

test('§30-36 an occurrence that moved is there once, and its old place is empty', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  const calendar = device.folder('8')
  for (const each of [device, other]) await each.syncAll(calendar)
  const recurrence =
    '<Calendar:Recurrence><Calendar:Type>0</Calendar:Type><Calendar:Interval>1</Calendar:Interval><Calendar:Occurrences>4</Calendar:Occurrences></Calendar:Recurrence>'
  const times = `${element('Calendar:Timezone', berlin())}<Calendar:StartTime>20260327T080000Z</Calendar:StartTime><Calendar:EndTime>20260327T090000Z</Calendar:EndTime>`
  // The third is after the clocks changed: nine o'clock in Berlin is an hour earlier in UTC.
  const exception =
    '<Calendar:Exceptions><Calendar:Exception><Calendar:ExceptionStartTime>20260329T070000Z</Calendar:ExceptionStartTime><Calendar:StartTime>20260405T120000Z</Calendar:StartTime><Calendar:EndTime>20260405T130000Z</Calendar:EndTime></Calendar:Exception></Calendar:Exceptions>'
  await device.sync(calendar, added('1', `<Calendar:Subject>Daily</Calendar:Subject>${times}${recurrence}${exception}`))
  const [heard] = (await other.sync(calendar)).added
  const told = child(child(applicationOf(heard), 'Calendar:Exceptions'), 'Calendar:Exception')
  expect(['ExceptionStartTime', 'StartTime'].map((name) => textOf(told, `Calendar:${name}`))).toEqual([
    '20260329T070000Z',
    '20260405T120000Z',
  ])
  const view = await askWebServices(
    stage,
    `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:CalendarView StartDate="2026-03-27T00:00:00Z" EndDate="2026-04-10T00:00:00Z"/><m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>`,
  )
  const daily = view.split('<t:CalendarItem>').filter((each) => each.includes('Daily'))
  expect(daily.map((each) => /<t:Start>([^<]*)/.exec(each)?.[1])).toEqual([
    '2026-03-27T08:00:00Z',
    '2026-03-28T08:00:00Z',
    '2026-03-30T07:00:00Z',
    '2026-04-05T12:00:00Z',
  ])
})
