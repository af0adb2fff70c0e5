import { expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Stage } from '../../_stage.ts'
import { added, changed, Device, dataOf, idOf, openOffice, removed, sendMail } from '../_device.ts'
import { all, child, textOf } from '../elements.ts'

interface Office extends AsyncDisposable {
  readonly bob: Phone
  readonly dave: Phone
  readonly juergen: Phone
}

/** A phone that says what is new in a folder since it last looked. */
class Phone {
  readonly device: Device

  constructor(device: Device) {
    this.device = device
  }

  static async of(stage: Stage, person: string, version: string): Promise<Phone> {
    const device = new Device(stage, person, 'PHONE')
    device.version = version
    await device.connect()
    for (const type of ['2', '5', '8'] as const) await device.syncAll(device.folder(type))
    return new Phone(device)
  }

  get calendar(): string {
    return this.device.folder('8')
  }

  async mail(): Promise<readonly string[]> {
    const { added: items } = await this.device.sync(this.device.folder('2'))
    return items.map((each) => {
      const files = child(child(each, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments') ? ', with files' : ''
      return `${dataOf(each, 'Email:MessageClass')?.slice(21)}: ${dataOf(each, 'Email:Subject')}${files}`
    })
  }

  async appointments(): Promise<readonly WbxmlElement[]> {
    const answer = await this.device.sync(this.calendar)
    return [...answer.added, ...answer.changed]
  }
}

async function office(version = '16.1'): Promise<Office> {
  const stage = await openOffice()
  const [bob, dave, juergen] = [
    await Phone.of(stage, 'bob@contoso.com', version),
    await Phone.of(stage, 'dave@contoso.com', '16.1'),
    await Phone.of(stage, 'juergen@contoso.com', '16.1'),
  ]
  return { bob, dave, juergen, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() }
}

const attendee = (name: string, status = '') =>
  `<Calendar:Attendee><Calendar:Email>${name}@contoso.com</Calendar:Email><Calendar:Name>${name}</Calendar:Name>${status}</Calendar:Attendee>`
const invited = (...people: readonly string[]) =>
  `<Calendar:Attendees>${people.map((each) => attendee(each)).join('')}</Calendar:Attendees>`
const times = (start: string, end: string) =>
  `<Calendar:StartTime>${start}</Calendar:StartTime><Calendar:EndTime>${end}</Calendar:EndTime>`
const tenToEleven = times('20260305T100000Z', '20260305T110000Z')
const talk = `<Calendar:Subject>Talk</Calendar:Subject>${tenToEleven}`
const weekly =
  '<Calendar:Recurrence><Calendar:Type>1</Calendar:Type><Calendar:Interval>1</Calendar:Interval><Calendar:DayOfWeek>16</Calendar:DayOfWeek><Calendar:Occurrences>4</Calendar:Occurrences></Calendar:Recurrence>'

function attendeesOf(item: WbxmlElement | undefined): readonly (string | undefined)[][] {
  const list = child(child(item, 'AirSync:ApplicationData'), 'Calendar:Attendees')
  return all(list, 'Calendar:Attendee').map((each) => [
    textOf(each, 'Calendar:Email'),
    textOf(each, 'Calendar:AttendeeStatus'),
  ])
}

async function meeting({ bob }: Office, data: string): Promise<{ readonly id: string; readonly uid: string }> {
  const answer = await bob.device.sync(bob.calendar, added('1', data))
  const id = textOf(answer.responses[0], 'AirSync:ServerId') ?? ''
  expect(answer.changed.map(idOf)).toEqual([id])
  return { id, uid: dataOf(answer.changed[0], 'Calendar:UID') ?? '' }
}

test.each(['16.0', '16.1'])(
  '%s: the server invites, the organizer hears the UID, and what attendees answered is theirs to say',
  async (version) => {
    await using parties = await office(version)
    const { bob, dave } = parties
    const accepted = attendee('dave', '<Calendar:AttendeeStatus>3</Calendar:AttendeeStatus>')
    const { uid } = await meeting(parties, `${talk}<Calendar:Attendees>${accepted}</Calendar:Attendees>`)
    expect(await dave.mail()).toEqual(['Request: Talk'])
    const [tentative] = await dave.appointments()
    expect([dataOf(tentative, 'Calendar:UID'), dataOf(tentative, 'Calendar:MeetingStatus')]).toEqual([uid, '3'])
    expect(dataOf(tentative, 'Calendar:OrganizerEmail')).toBe('bob@contoso.com')
    const [item] = await bob.device
      .syncAll(bob.calendar)
      .then((items) => items.filter((each) => dataOf(each, 'Calendar:UID') === uid))
    expect([dataOf(item, 'Calendar:MeetingStatus'), dataOf(item, 'Calendar:ResponseType')]).toEqual(['1', '1'])
    expect(attendeesOf(item)).toEqual([['dave@contoso.com', '5']])
    const sent = (await bob.device.sync(bob.device.folder('5'))).added
    expect(sent.map((each) => dataOf(each, 'Email:Subject'))).toEqual(['Talk'])
  },
)

test('an Add whose answer got lost invites nobody twice', async () => {
  await using parties = await office()
  const { bob, dave } = parties
  const before = bob.device.keys.get(bob.calendar)
  const { id } = await meeting(parties, talk + invited('dave'))
  const again = await bob.device.sync(bob.calendar, added('1', talk + invited('dave')), before)
  expect(again.responses.map((each) => textOf(each, 'AirSync:ServerId'))).toEqual([id])
  expect(await dave.mail()).toEqual(['Request: Talk'])
})

test('a change that concerns nobody else is not mailed; one that does is, and moves the appointments', async () => {
  await using parties = await office()
  const { bob, dave } = parties
  const { id } = await meeting(parties, talk + invited('dave'))
  await dave.mail()
  await dave.appointments()
  const own =
    '<Calendar:Reminder>30</Calendar:Reminder><Calendar:Categories><Calendar:Category>Red</Calendar:Category></Calendar:Categories><Calendar:BusyStatus>3</Calendar:BusyStatus>'
  await bob.device.sync(bob.calendar, changed(id, own))
  expect(await dave.mail()).toEqual([])
  await bob.device.sync(bob.calendar, changed(id, times('20260305T140000Z', '20260305T150000Z')))
  expect(await dave.mail()).toEqual(['Request: Talk'])
  expect((await dave.appointments()).map((each) => dataOf(each, 'Calendar:StartTime'))).toEqual(['20260305T140000Z'])
  const text =
    '<AirSyncBase:Body><AirSyncBase:Type>1</AirSyncBase:Type><AirSyncBase:Data>Bring figures</AirSyncBase:Data></AirSyncBase:Body>'
  for (let time = 0; time < 2; time += 1) await bob.device.sync(bob.calendar, changed(id, text))
  expect(await dave.mail()).toEqual(['Request: Talk'])
})

test('who is added is invited, who is left out hears that it is off, and nobody else hears anything', async () => {
  await using parties = await office()
  const { bob, dave, juergen } = parties
  const { id } = await meeting(parties, talk + invited('dave'))
  await dave.mail()
  await bob.device.sync(bob.calendar, changed(id, invited('dave', 'juergen')))
  expect([await dave.mail(), await juergen.mail()]).toEqual([[], ['Request: Talk']])
  await bob.device.sync(bob.calendar, changed(id, invited('juergen')))
  expect([await dave.mail(), await juergen.mail()]).toEqual([['Canceled: Canceled: Talk'], []])
  expect((await dave.appointments()).map((each) => dataOf(each, 'Calendar:MeetingStatus'))).toEqual(['7'])
})

test('a deleted meeting is called off; an attendee who deletes it calls off nothing', async () => {
  await using parties = await office()
  const { bob, dave, juergen } = parties
  const { id } = await meeting(parties, talk + invited('dave', 'juergen'))
  await dave.mail()
  await juergen.mail()
  const [juergens] = await juergen.appointments()
  await juergen.device.sync(juergen.calendar, removed(idOf(juergens)))
  expect([await bob.mail(), await dave.mail()]).toEqual([[], []])
  await bob.device.sync(bob.calendar, removed(id))
  expect(await dave.mail()).toEqual(['Canceled: Canceled: Talk'])
  const [item] = await dave.appointments()
  expect([dataOf(item, 'Calendar:MeetingStatus'), dataOf(item, 'Calendar:BusyStatus')]).toEqual(['7', '0'])
})

test('one occurrence is moved, given other attendees and called off, and only those who are concerned hear of it', async () => {
  await using parties = await office()
  const { bob, dave, juergen } = parties
  const { id } = await meeting(parties, talk + weekly + invited('dave'))
  await dave.mail()
  await dave.appointments()
  const instance = (start: string) => `<AirSyncBase:InstanceId>${start}</AirSyncBase:InstanceId>`
  const second = instance('20260312T100000Z')
  await bob.device.sync(bob.calendar, changed(id, times('20260312T130000Z', '20260312T140000Z'), second))
  expect(await dave.mail()).toEqual(['Request: Talk'])
  const exceptionsOf = (item: WbxmlElement | undefined) =>
    all(child(child(item, 'AirSync:ApplicationData'), 'Calendar:Exceptions'), 'Calendar:Exception').map((each) => [
      textOf(each, 'AirSyncBase:InstanceId'),
      textOf(each, 'Calendar:StartTime'),
      textOf(each, 'Calendar:BusyStatus'),
    ])
  expect(exceptionsOf((await dave.appointments())[0])).toEqual([['20260312T100000Z', '20260312T130000Z', '1']])
  await bob.device.sync(bob.calendar, changed(id, invited('dave', 'juergen'), second))
  expect([await dave.mail(), await juergen.mail()]).toEqual([[], ['Request: Talk']])
  expect((await juergen.appointments()).map((each) => dataOf(each, 'Calendar:StartTime'))).toEqual(['20260312T130000Z'])
  await bob.device.sync(bob.calendar, removed(id, instance('20260319T100000Z')))
  expect([await dave.mail(), await juergen.mail()]).toEqual([['Canceled: Canceled: Talk'], []])
  expect(exceptionsOf((await dave.appointments())[0])).toEqual([
    ['20260312T100000Z', '20260312T130000Z', '1'],
    ['20260319T100000Z', '20260319T100000Z', '0'],
  ])
})

test('an answer of an attendee reaches the organizer’s device', async () => {
  await using parties = await office()
  const { bob, dave } = parties
  await meeting(parties, talk + invited('dave'))
  const [item] = await dave.appointments()
  await dave.device.send(
    'MeetingResponse',
    `<MeetingResponse:MeetingResponse><MeetingResponse:Request><MeetingResponse:UserResponse>1</MeetingResponse:UserResponse><MeetingResponse:CollectionId>${dave.calendar}</MeetingResponse:CollectionId><MeetingResponse:RequestId>${idOf(item)}</MeetingResponse:RequestId><MeetingResponse:SendResponse/></MeetingResponse:Request></MeetingResponse:MeetingResponse>`,
  )
  expect(await bob.mail()).toEqual(['Resp.Pos: Accepted: Talk'])
  expect((await bob.appointments()).map(attendeesOf)).toEqual([[['dave@contoso.com', '3']]])
})

function respond(calendar: string, id: string, { answer, inner = '', send = '' }: Answering): string {
  return `<MeetingResponse:MeetingResponse><MeetingResponse:Request><MeetingResponse:UserResponse>${answer}</MeetingResponse:UserResponse><MeetingResponse:CollectionId>${calendar}</MeetingResponse:CollectionId><MeetingResponse:RequestId>${id}</MeetingResponse:RequestId>${inner}<MeetingResponse:SendResponse>${send}</MeetingResponse:SendResponse></MeetingResponse:Request></MeetingResponse:MeetingResponse>`
}

interface Answering {
  readonly answer: 1 | 2 | 3
  readonly inner?: string
  readonly send?: string
}

const statusIn = (root: WbxmlElement | undefined) =>
  textOf(child(root, 'MeetingResponse:Result'), 'MeetingResponse:Status')
const proposal =
  '<MeetingResponse:ProposedStartTime>2026-03-06T08:00:00.000Z</MeetingResponse:ProposedStartTime><MeetingResponse:ProposedEndTime>2026-03-06T09:00:00.000Z</MeetingResponse:ProposedEndTime>'

test('a change of mind is an answer of its own; the same answer again is not mailed again', async () => {
  await using parties = await office()
  const { bob, dave } = parties
  await meeting(parties, talk + invited('dave'))
  const id = idOf((await dave.appointments())[0])
  const given = []
  for (const answer of [1, 1, 2, 1] as const)
    given.push(statusIn((await dave.device.send('MeetingResponse', respond(dave.calendar, id, { answer }))).root))
  expect(given).toEqual(['1', '1', '1', '1'])
  const mails = await bob.mail()
  expect(mails.toSorted()).toEqual([
    'Resp.Pos: Accepted: Talk',
    'Resp.Pos: Accepted: Talk',
    'Resp.Tent: Tentative: Talk',
  ])
  expect((await bob.appointments()).map(attendeesOf)).toEqual([[['dave@contoso.com', '3']]])
})

test('two occurrences of a series are answered each for itself', async () => {
  await using parties = await office()
  const { dave } = parties
  await meeting(parties, talk + weekly + invited('dave'))
  const id = idOf((await dave.appointments())[0])
  for (const day of ['12', '19']) {
    const inner = `<MeetingResponse:InstanceId>2026-03-${day}T10:00:00.000Z</MeetingResponse:InstanceId>`
    const { root } = await dave.device.send('MeetingResponse', respond(dave.calendar, id, { answer: 3, inner }))
    expect(textOf(child(root, 'MeetingResponse:Result'), 'MeetingResponse:InstanceId')).toContain(`03-${day}`)
  }
  const exceptions = child(child((await dave.appointments())[0], 'AirSync:ApplicationData'), 'Calendar:Exceptions')
  expect(
    all(exceptions, 'Calendar:Exception').map((each) => [
      textOf(each, 'Calendar:Deleted'),
      textOf(each, 'AirSyncBase:InstanceId'),
    ]),
  ).toEqual([
    ['1', '20260312T100000Z'],
    ['1', '20260319T100000Z'],
  ])
})

test('16.1: another time is proposed with an answer, and the organizer’s device shows it', async () => {
  await using parties = await office()
  const { bob, dave } = parties
  await meeting(parties, talk + invited('dave'))
  const id = idOf((await dave.appointments())[0])
  const asked = respond(dave.calendar, id, { answer: 2, send: proposal })
  expect(statusIn((await dave.device.send('MeetingResponse', asked)).root)).toBe('1')
  expect(await bob.mail()).toEqual(['Resp.Tent: New Time Proposed: Talk'])
  const list = child(child((await bob.appointments())[0], 'AirSync:ApplicationData'), 'Calendar:Attendees')
  const [first] = all(list, 'Calendar:Attendee')
  expect(textOf(first, 'Calendar:AttendeeStatus')).toBe('2')
  expect(textOf(first, 'MeetingResponse:ProposedStartTime')).toBe('20260306T080000Z')
  expect(textOf(first, 'MeetingResponse:ProposedEndTime')).toBe('20260306T090000Z')
})

test('where the organizer wants no other times, none is proposed', async () => {
  await using parties = await office()
  const { bob, dave } = parties
  const firm = '<Calendar:DisallowNewTimeProposal>1</Calendar:DisallowNewTimeProposal>'
  await meeting(parties, talk + firm + invited('dave'))
  const [item] = await dave.appointments()
  expect(dataOf(item, 'Calendar:DisallowNewTimeProposal')).toBe('1')
  const asked = respond(dave.calendar, idOf(item), { answer: 2, send: proposal })
  expect(statusIn((await dave.device.send('MeetingResponse', asked)).root)).toBe('2')
  expect(await bob.mail()).toEqual([])
})

test('an invitation says whether it is about one meeting, a series or an occurrence, and when to be reminded', async () => {
  await using parties = await office()
  const { bob, dave } = parties
  const details =
    '<Calendar:Reminder>20</Calendar:Reminder><Calendar:Sensitivity>2</Calendar:Sensitivity><Calendar:BusyStatus>3</Calendar:BusyStatus>'
  const { id } = await meeting(parties, talk + details + weekly + invited('dave'))
  const request = async () =>
    child(
      child((await dave.device.sync(dave.device.folder('2'))).added[0], 'AirSync:ApplicationData'),
      'Email:MeetingRequest',
    )
  const series = await request()
  const facts = ['InstanceType', 'Reminder', 'Sensitivity', 'BusyStatus', 'ResponseRequested']
  expect(facts.map((name) => textOf(series, `Email:${name}`))).toEqual(['1', '1200', '2', '3', '1'])
  const pattern = child(child(series, 'Email:Recurrences'), 'Email:Recurrence')
  expect(pattern?.children.map(({ name, value }) => `${name} ${value}`)).toEqual([
    'Email:Type 1',
    'Email:Occurrences 4',
    'Email:Interval 1',
    'Email:DayOfWeek 16',
    'Email2:FirstDayOfWeek 0',
  ])
  expect(textOf(series, 'Email2:MeetingMessageType')).toBe('1')
  const second = '<AirSyncBase:InstanceId>20260312T100000Z</AirSyncBase:InstanceId>'
  await bob.device.sync(bob.calendar, changed(id, times('20260312T130000Z', '20260312T140000Z'), second))
  const moved = await request()
  expect(['InstanceType', 'RecurrenceId', 'StartTime'].map((name) => textOf(moved, `Email:${name}`))).toEqual([
    '3',
    '2026-03-12T10:00:00.000Z',
    '2026-03-12T13:00:00.000Z',
  ])
  expect([textOf(moved, 'Email2:MeetingMessageType'), child(moved, 'Email:Recurrences')]).toEqual(['2', undefined])
})

test('16.x: a meeting is forwarded by naming people, once, and never together with a message', async () => {
  await using parties = await office()
  const { bob, dave, juergen } = parties
  const { uid } = await meeting(parties, talk + invited('dave'))
  const id = idOf((await dave.appointments())[0])
  const forwardee =
    '<ComposeMail:Forwardees><ComposeMail:Forwardee><ComposeMail:ForwardeeName>Jürgen</ComposeMail:ForwardeeName><ComposeMail:ForwardeeEmail>juergen@contoso.com</ComposeMail:ForwardeeEmail></ComposeMail:Forwardee></ComposeMail:Forwardees>'
  const forward = (clientId: string, inner: string) =>
    dave.device.send(
      'SmartForward',
      `<ComposeMail:SmartForward><ComposeMail:ClientId>${clientId}</ComposeMail:ClientId><ComposeMail:Source><ComposeMail:FolderId>${dave.calendar}</ComposeMail:FolderId><ComposeMail:ItemId>${id}</ComposeMail:ItemId></ComposeMail:Source>${inner}</ComposeMail:SmartForward>`,
    )
  for (let time = 0; time < 2; time += 1) expect((await forward('f1', forwardee)).raw).toHaveLength(0)
  expect(await juergen.mail()).toEqual(['Request: FW: Talk'])
  const notices = (await bob.device.sync(bob.device.folder('2'))).added
  expect(notices.map((each) => [dataOf(each, 'Email:MessageClass'), dataOf(each, 'Email:Subject')])).toEqual([
    ['IPM.Schedule.Meeting.Notification.Forward', 'Meeting Forward Notification: Talk'],
  ])
  const told = child(child(notices[0], 'AirSync:ApplicationData'), 'AirSyncBase:Body')
  expect(textOf(told, 'AirSyncBase:Data')).toContain('Forwarded to: Jürgen <juergen@contoso.com>')
  expect((await juergen.appointments()).map((each) => dataOf(each, 'Calendar:UID'))).toEqual([uid])
  const mixed = await forward('f2', `${forwardee}<ComposeMail:Mime opaque="1">To: x@contoso.com</ComposeMail:Mime>`)
  const nobody = await forward('f3', '<ComposeMail:Forwardees/>')
  expect([mixed, nobody].map(({ root }) => textOf(root, 'ComposeMail:Status'))).toEqual(['178', '179'])
})

test('an invitation says whether it is the first, about the time, about something else, about nothing, or out of date', async () => {
  await using parties = await office()
  const { bob, dave } = parties
  const { id, uid } = await meeting(parties, talk + invited('dave'))
  const inbox = dave.device.folder('2')
  const typeOf = (item: WbxmlElement | undefined) =>
    textOf(child(child(item, 'AirSync:ApplicationData'), 'Email:MeetingRequest'), 'Email2:MeetingMessageType')
  const next = async () => (await dave.device.sync(inbox)).added[0]
  const first = await next()
  expect(typeOf(first)).toBe('1')
  const place = '<AirSyncBase:Location><AirSyncBase:DisplayName>Hall</AirSyncBase:DisplayName></AirSyncBase:Location>'
  await bob.device.sync(bob.calendar, changed(id, place))
  expect(typeOf(await next())).toBe('3')
  await bob.device.sync(bob.calendar, changed(id, times('20260306T100000Z', '20260306T110000Z')))
  const moved = await next()
  expect(typeOf(moved)).toBe('2')
  const lines = [
    ...['BEGIN:VCALENDAR', 'METHOD:REQUEST', 'BEGIN:VEVENT', `UID:${uid}`, 'SEQUENCE:9', 'DTSTAMP:20260302T120000Z'],
    ...['DTSTART:20260306T100000Z', 'DTEND:20260306T110000Z', 'SUMMARY:Talk', 'LOCATION:Hall'],
    ...['ORGANIZER:mailto:bob@contoso.com', 'ATTENDEE:mailto:dave@contoso.com', 'END:VEVENT', 'END:VCALENDAR', ''],
  ]
  const head = 'To: dave@contoso.com\nSubject: Talk\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\n'
  await sendMail(bob.device, 'silent', `${head}${lines.join('\n')}`)
  expect(typeOf(await next())).toBe('0')
  const again = await dave.device.syncAll(inbox)
  const types = [first, moved].map((item) => typeOf(again.find((each) => idOf(each) === idOf(item))))
  expect(types).toEqual(['4', '4'])
})
