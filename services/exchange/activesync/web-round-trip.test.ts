import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { runCmdlet } from '../_cmdlet.ts'
import type { Browser } from '../_stage.ts'
import { findTimeZone } from '../mailbox/time-zones.ts'
import { added, changed, Device, dataOf, idOf, openOffice, removed, sendMail } from './_device.ts'
import { all, child, textOf, valueText } from './elements.ts'

/* What a phone writes, the pages of Outlook on the web show; what its forms write, the phone reads. */
const bob = 'bob@contoso.com'
const open = new AsyncDisposableStack()
let stage: Awaited<ReturnType<typeof openOffice>>
let older: Device
let newer: Device
let person: Browser

const types = ['2', '3', '7', '8', '9', '10'] as const
type FolderType = (typeof types)[number]

const cmdlet = (name: string, parameters: object) => runCmdlet(stage, name, parameters)

beforeAll(async () => {
  stage = open.use(await openOffice())
  const forms = { AdfsAuthentication: false, FormsAuthentication: true }
  await cmdlet('Set-EcpVirtualDirectory', { Identity: 'ecp (Default Web Site)', ...forms })
  await cmdlet('Set-OwaVirtualDirectory', { Identity: 'owa (Default Web Site)', ...forms })
  await cmdlet('Set-MailboxRegionalConfiguration', { Identity: bob, TimeZone: 'W. Europe Standard Time' })
  const device = async (id: string, version: string) => {
    const made = new Device(stage, bob, id)
    made.version = version
    await made.connect()
    for (const type of types) await made.syncAll(made.folder(type))
    return made
  }
  older = await device('OLDER', '14.1')
  newer = await device('NEWER', '16.1')
  person = stage.browser('mail.contoso.com')
  const credentials = { username: bob, password: 'right', flags: '4' }
  await person.post('/owa/auth.owa', { destination: 'https://mail.contoso.com/owa/', ...credentials })
  await person.get('/owa/')
})
afterAll(() => open.disposeAsync())

const element = (name: string, value: string | number) => `<${name}>${value}</${name}>`
const body = (text: string) =>
  `<AirSyncBase:Body><AirSyncBase:Type>1</AirSyncBase:Type>${element('AirSyncBase:Data', text)}</AirSyncBase:Body>`
const file = (name: string, content: string) =>
  `<AirSyncBase:Attachments><AirSyncBase:Add><AirSyncBase:ClientId>f</AirSyncBase:ClientId><AirSyncBase:Content opaque="1">${content}</AirSyncBase:Content><AirSyncBase:DisplayName>${name}</AirSyncBase:DisplayName><AirSyncBase:Method>1</AirSyncBase:Method></AirSyncBase:Add></AirSyncBase:Attachments>`

async function write(device: Device, type: FolderType, command: string): Promise<string> {
  const { responses, status } = await device.sync(device.folder(type), command)
  expect(new Set([status, ...responses.map((each) => textOf(each, 'AirSync:Status'))])).toEqual(new Set(['1']))
  return textOf(responses[0], 'AirSync:ServerId') ?? ''
}

const page = async (path: string) => (await person.get(path)).body
const plain = (markup: string) =>
  markup
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
const wording = (markup: string) => plain(/<main[\s\S]*<\/main>/.exec(markup)?.[0] ?? '')

/** The page that a link of this text leads to. */
async function follow(markup: string, text: string): Promise<string> {
  const link = [...markup.matchAll(/<a [^>]*href="([^"]+)"[^>]*>([\s\S]*?)<\/a>/g)].find(([, , inner = '']) =>
    plain(inner).includes(text),
  )
  expect([text, link?.[1]]).not.toEqual([text, undefined])
  return page((link?.[1] ?? '').replaceAll('&amp;', '&'))
}

const day = (date: string) => page(`/owa/?path=/calendar/view/Day&date=${date}`)

async function submit(path: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  const answer = await person.post(path, { 'X-OWA-CANARY': canary, ...fields })
  expect([path, answer.statusCode]).toEqual([path, 303])
  return String(answer.headers.location)
}

const itemIdIn = (url: string) => new URL(url, 'https://x').searchParams.get('ItemID') ?? ''

async function heard(device: Device, type: FolderType): Promise<WbxmlElement> {
  const answer = await device.sync(device.folder(type))
  const items = [...answer.added, ...answer.changed]
  expect(items).toHaveLength(1)
  return items[0] as WbxmlElement
}

const factsOf = (item: WbxmlElement, page_: string, names: readonly string[]) =>
  names.map((name) => dataOf(item, `${page_}:${name}`))
const textIn = (item: WbxmlElement) =>
  textOf(child(child(item, 'AirSync:ApplicationData'), 'AirSyncBase:Body'), 'AirSyncBase:Data')

const berlin = findTimeZone('W. Europe Standard Time')?.written ?? ''
const event = (subject: string, start: string, end: string, more = '') =>
  `${element('Calendar:Timezone', berlin)}${element('Calendar:StartTime', start)}${element('Calendar:Subject', subject)}${element('Calendar:EndTime', end)}${more}`

test('a phone’s appointment is on the page of its day, in the zone of the person, with its facts', async () => {
  const more = `${element('Calendar:Location', 'Room 7')}${element('Calendar:BusyStatus', 3)}${element('Calendar:Sensitivity', 2)}${body('Bring the plans')}`
  await write(older, '8', added('a1', event('Plans', '20260318T090000Z', '20260318T100000Z', more)))
  const shown = await day('2026-03-18')
  expect(wording(shown)).toMatch(/10:00 –11:00 Plans Room 7/)
  const one = wording(await follow(shown, 'Plans'))
  for (const fact of ['Room 7', 'Shown as away', 'Private', 'Bring the plans']) expect(one).toContain(fact)
})

test('a phone’s whole day is that day and no other', async () => {
  const start = { 14.1: '20260319T230000Z', 16.1: '20260320T000000Z' }
  const end = { 14.1: '20260320T230000Z', 16.1: '20260321T000000Z' }
  const whole = element('Calendar:AllDayEvent', 1)
  await write(older, '8', added('a2', event('Old holiday', start['14.1'], end['14.1'], whole)))
  const floating = `${element('Calendar:StartTime', start['16.1'])}${element('Calendar:Subject', 'New holiday')}${element('Calendar:EndTime', end['16.1'])}${whole}`
  await write(newer, '8', added('a3', floating))
  const days = await Promise.all(['2026-03-19', '2026-03-20', '2026-03-21'].map(day))
  for (const name of ['Old holiday', 'New holiday'])
    expect(days.map((each) => wording(each).includes(name))).toEqual([false, true, false])
  expect(wording(await follow(days[1] ?? '', 'New holiday'))).toContain('all day')
})

test.each([
  { version: '14.1', name: 'Old round' },
  { version: '16.1', name: 'New round' },
])('a series of $version with a moved and a deleted occurrence', async ({ version, name }) => {
  const device = version === '14.1' ? older : newer
  const weekly =
    '<Calendar:Recurrence><Calendar:Type>1</Calendar:Type><Calendar:Occurrences>4</Calendar:Occurrences><Calendar:Interval>1</Calendar:Interval><Calendar:DayOfWeek>2</Calendar:DayOfWeek></Calendar:Recurrence>'
  const exception = (inner: string) => `<Calendar:Exception>${inner}</Calendar:Exception>`
  const exceptions = `<Calendar:Exceptions>${exception(`${element('Calendar:ExceptionStartTime', '20260406T070000Z')}${element('Calendar:Subject', `${name}, late`)}${element('Calendar:StartTime', '20260407T130000Z')}${element('Calendar:EndTime', '20260407T140000Z')}`)}${exception(`${element('Calendar:Deleted', 1)}${element('Calendar:ExceptionStartTime', '20260413T070000Z')}`)}</Calendar:Exceptions>`
  const data = event(name, '20260330T070000Z', '20260330T080000Z', weekly + (version === '14.1' ? exceptions : ''))
  const id = await write(device, '8', added(name, data))
  if (version === '16.1') {
    const of = (instance: string) => element('AirSyncBase:InstanceId', instance)
    const moved = `${element('Calendar:Subject', `${name}, late`)}${element('Calendar:StartTime', '20260407T130000Z')}${element('Calendar:EndTime', '20260407T140000Z')}`
    await write(device, '8', changed(id, moved, of('20260406T070000Z')))
    await write(device, '8', removed(id, of('20260413T070000Z')))
  }
  const shown = async (date: string) => wording(await day(date)).includes(name)
  const dates = ['2026-03-30', '2026-04-06', '2026-04-07', '2026-04-13', '2026-04-20', '2026-04-27']
  expect(await Promise.all(dates.map(shown))).toEqual([true, false, true, false, true, false])
  expect(wording(await day('2026-04-07'))).toMatch(new RegExp(`15:00 –16:00 ${name}, late`))
  const one = wording(await follow(await day('2026-04-20'), name))
  expect(one).toContain('Every week on Monday, 4 times')
  expect(one).toContain('This is one occurrence of a series.')
})

test('a file that a 16.1 phone adds to an appointment is on its page, to be saved', async () => {
  const data = `${event('With a file', '20260325T090000Z', '20260325T100000Z')}${file('plan.txt', 'the plan')}`
  await write(newer, '8', added('a9', data))
  const one = await follow(await day('2026-03-25'), 'With a file')
  const url = /href="([^"]*GetFileAttachment[^"]*)" download/.exec(one)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const answer = await person.get(url)
  expect([answer.statusCode, answer.body, answer.headers['content-disposition']]).toEqual([
    200,
    'the plan',
    expect.stringContaining('plan.txt'),
  ])
  expect((await person.get(url.replace(/file=.*/, 'file=none'))).statusCode).toBe(404)
})

const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test('a phone’s contact with its picture, its birthday and its notes', async () => {
  const fields = { FirstName: 'Zoë', LastName: 'Quist', Email1Address: 'zoe@example.com', MobilePhoneNumber: '+47 1' }
  const texts = Object.entries(fields).map(([name, value]) => element(`Contacts:${name}`, value))
  const data = `${body('Met in Oslo')}${texts.join('')}${element('Contacts:Birthday', '1990-02-28T11:00:00.000Z')}${element('Contacts:Picture', picture)}`
  await write(newer, '9', added('c1', data))
  const shown = await follow(await page('/owa/?path=/people&q=quist'), 'Zoë Quist')
  for (const fact of ['Zoë Quist', 'zoe@example.com', '+47 1', '1990-02-28', 'Met in Oslo'])
    expect(wording(shown)).toContain(fact)
  expect(shown).toContain(`src="data:image/png;base64,${picture}" alt="Picture of Zoë Quist"`)
  const html = Buffer.from('<svg onload=alert(1)>').toString('base64')
  await write(newer, '9', added('c2', element('Contacts:FirstName', 'Hostile') + element('Contacts:Picture', html)))
  expect(await follow(await page('/owa/?path=/people&q=hostile'), 'Hostile')).not.toContain('data-testid="picture"')
})

test('a phone’s tasks and notes', async () => {
  const due = element('Tasks:UtcDueDate', '2026-03-26T23:00:00.000Z') + element('Tasks:DueDate', '2026-03-27T00:00:00Z')
  const categories = '<Tasks:Categories><Tasks:Category>Errands</Tasks:Category></Tasks:Categories>'
  const task = `${element('Tasks:Subject', 'Buy stamps')}${element('Tasks:Importance', 2)}${due}${element('Tasks:Complete', 0)}${categories}${body('Sixty of them')}`
  const id = await write(older, '7', added('t1', task))
  const list = await page('/owa/?path=/tasks')
  expect(wording(list)).toContain('Buy stamps Due 27 Mar 2026, Important, Errands')
  const one = wording(await follow(list, 'Buy stamps'))
  for (const fact of ['Not complete', 'Due 27 Mar 2026', 'Importance high', 'Sixty of them'])
    expect(one).toContain(fact)
  const done = `${element('Tasks:Subject', 'Buy stamps')}${element('Tasks:Complete', 1)}${element('Tasks:DateCompleted', '2026-03-02T00:00:00.000Z')}`
  await write(older, '7', changed(id, done))
  expect(wording(await page('/owa/?path=/tasks'))).toContain('Buy stamps , complete')
  const note = `${element('Notes:Subject', 'Door code')}<Notes:MessageClass>IPM.StickyNote</Notes:MessageClass>${body('Four times seven')}`
  await write(older, '10', added('n1', note))
  expect(wording(await follow(await page('/owa/?path=/notes'), 'Door code'))).toContain('Four times seven')
})

test('a phone’s draft opens in the form, and read state, flag and categories are in the list', async () => {
  const head = `${element('Email:To', 'dave@contoso.com')}${element('Email:Subject', 'Unfinished')}${element('Email:Importance', 2)}`
  await write(newer, '3', added('d1', `${head}${body('Dear Dave')}${file('draft.txt', 'x')}`))
  const form = await follow(await page('/owa/?path=/mail/drafts'), 'Unfinished')
  for (const part of ['value="dave@contoso.com"', 'value="Unfinished"', 'Dear Dave', 'draft.txt'])
    expect(form).toContain(part)
  await sendMail(older, 'm1', `To: ${bob}\nSubject: Marked\n\nLook\n`)
  const id = idOf(await heard(older, '2'))
  const row = async () => {
    const rows = (await page('/owa/')).split('<li class="').slice(1)
    return rows.find((each) => each.includes('Marked')) ?? ''
  }
  expect(await row()).toMatch(/^unread"/)
  const marks = `${element('Email:Read', 1)}<Email:Flag><Email:Status>2</Email:Status><Email:FlagType>for Follow Up</Email:FlagType></Email:Flag><Email:Categories><Email:Category>Red category</Email:Category></Email:Categories>`
  await older.sync(older.folder('2'), changed(id, marks))
  expect(await row()).toMatch(/^read"/)
  expect(plain(await row())).toContain('Flagged.')
  expect(plain(await row())).toContain('Red category')
})

test('what the forms of the pages write, phones of either kind read', async () => {
  for (const device of [older, newer]) for (const type of types) await device.syncAll(device.folder(type))
  const when = { startDate: '2026-05-04', startTime: '10:00', endDate: '2026-05-04', endTime: '11:30' }
  await submit('/owa/calendar.owa', {
    ...{ action: 'save', subject: 'From the web', location: 'Hall', body: 'Come early', repeat: 'weekly' },
    ...{ ...when, interval: '2', weekday1: '1', count: '3', busyStatus: 'tentative', reminder: '30' },
  })
  const contact = { firstName: 'Wera', lastName: 'Webb', email1Address: 'wera@example.com', birthday: '1985-12-24' }
  await submit('/owa/people.owa', { action: 'save', ...contact, notes: 'By web' })
  const made = await submit('/owa/tasks.owa', {
    ...{
      action: 'save',
      subject: 'Web task',
      startDate: '',
      dueDate: '2026-07-01',
      importance: 'high',
      notes: 'Do it',
    },
  })
  for (const device of [older, newer]) {
    const series = await heard(device, '8')
    expect(factsOf(series, 'Calendar', ['Subject', 'StartTime', 'EndTime', 'BusyStatus', 'Reminder'])).toEqual([
      ...['From the web', '20260504T080000Z', '20260504T093000Z', '1', '30'],
    ])
    const data = child(series, 'AirSync:ApplicationData')
    const pattern = child(data, 'Calendar:Recurrence')
    expect(['Type', 'Interval', 'DayOfWeek', 'Occurrences'].map((n) => textOf(pattern, `Calendar:${n}`))).toEqual([
      ...['1', '2', '2', '3'],
    ])
    expect(textIn(series)).toBe('Come early')
    const place = child(data, 'AirSyncBase:Location')
    expect(device === newer ? textOf(place, 'AirSyncBase:DisplayName') : dataOf(series, 'Calendar:Location')).toBe(
      'Hall',
    )
    const names = ['FirstName', 'LastName', 'Email1Address', 'Birthday']
    const read = await heard(device, '9')
    expect(factsOf(read, 'Contacts', names)).toEqual(['Wera', 'Webb', 'wera@example.com', '1985-12-24T00:00:00.000Z'])
    expect(textIn(read)).toBe('By web')
    const task = await heard(device, '7')
    expect(factsOf(task, 'Tasks', ['Subject', 'Importance', 'DueDate', 'UtcDueDate', 'Complete'])).toEqual([
      ...['Web task', '2', '2026-07-01T00:00:00.000Z', '2026-06-30T22:00:00.000Z', '0'],
    ])
    expect(textIn(task)).toBe('Do it')
  }
  await submit('/owa/tasks.owa', { action: 'complete', ItemID: itemIdIn(made) })
  for (const device of [older, newer]) expect(dataOf(await heard(device, '7'), 'Tasks:Complete')).toBe('1')
  await submit('/owa/tasks.owa', { action: 'reopen', ItemID: itemIdIn(made) })
  for (const device of [older, newer]) expect(dataOf(await heard(device, '7'), 'Tasks:Complete')).toBe('0')
  await submit('/owa/tasks.owa', { action: 'delete', ItemID: itemIdIn(made) })
  for (const device of [older, newer]) expect((await device.sync(device.folder('7'))).deleted).toEqual([itemIdIn(made)])
})

test('an occurrence that the web moves, and a mail’s marks that the web sets, reach the phones', async () => {
  const at = '2026-05-18T08:00:00.000Z'
  const id = itemIdIn(
    (/href="([^"]*calendar%2fitem[^"]*)"/i.exec(await day('2026-05-18'))?.[1] ?? '').replaceAll('&amp;', '&'),
  )
  await submit('/owa/calendar.owa', {
    ...{ action: 'save', ItemID: id, occurrence: at, subject: 'Moved by web', location: 'Hall', body: '' },
    ...{ startDate: '2026-05-19', startTime: '14:00', endDate: '2026-05-19', endTime: '15:00', repeat: 'none' },
  })
  const names = { OLDER: 'Calendar:ExceptionStartTime', NEWER: 'AirSyncBase:InstanceId' }
  for (const device of [older, newer]) {
    const data = child(await heard(device, '8'), 'AirSync:ApplicationData')
    const [one] = all(child(data, 'Calendar:Exceptions'), 'Calendar:Exception')
    const original = textOf(one, names[device.id as keyof typeof names])
    expect([original, textOf(one, 'Calendar:StartTime'), textOf(one, 'Calendar:Subject')]).toEqual([
      ...['20260518T080000Z', '20260519T120000Z', 'Moved by web'],
    ])
  }
  await sendMail(older, 'm2', `To: ${bob}\nSubject: By web\n\nLook\n`)
  const mail = idOf(await heard(older, '2'))
  await heard(newer, '2')
  const marks: readonly Readonly<Record<string, string>>[] = [
    { action: 'flag' },
    { action: 'categorize', category: 'Red category' },
  ]
  for (const each of marks) await submit('/owa/message-action.owa', { ItemID: mail, ...each })
  for (const device of [older, newer]) {
    const data = child(await heard(device, '2'), 'AirSync:ApplicationData')
    expect(textOf(child(data, 'Email:Flag'), 'Email:Status')).toBe('2')
    expect(all(child(data, 'Email:Categories'), 'Email:Category').map(valueText)).toEqual(['Red category'])
  }
  await page(`/owa/?ItemID=${mail}`)
  for (const device of [older, newer]) expect(dataOf(await heard(device, '2'), 'Email:Read')).toBe('1')
})

test('a form that is not right is shown again, and the tasks and notes of another are nowhere', async () => {
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  const send = (fields: Readonly<Record<string, string>>) =>
    person.post('/owa/tasks.owa', { 'X-OWA-CANARY': canary, action: 'save', ...fields })
  const wrong: readonly Readonly<Record<string, string>>[] = [
    { subject: '' },
    { subject: 'x', dueDate: '2026-13-01' },
    { subject: 'x', startDate: '2026-02-02', dueDate: '2026-02-01' },
  ]
  for (const fields of wrong) {
    const { statusCode, body: shown } = await send(fields)
    expect([statusCode, shown.includes('data-testid="problem"')]).toEqual([400, true])
  }
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  for (const type of ['7', '10'] as const) await dave.syncAll(dave.folder(type))
  const task = await write(dave, '7', added('t', element('Tasks:Subject', 'Private') + element('Tasks:Complete', 0)))
  const note = await write(
    dave,
    '10',
    added('n', `${element('Notes:Subject', 'Private')}<Notes:MessageClass>IPM.StickyNote</Notes:MessageClass>`),
  )
  for (const path of [`/tasks/item&ItemID=${task}`, `/tasks/action/edit&ItemID=${task}`, `/notes/item&ItemID=${note}`])
    expect([path, (await person.get(`/owa/?path=${path}`)).statusCode]).toEqual([path, 404])
  for (const action of ['save', 'complete', 'delete'])
    expect((await send({ ItemID: task, action, subject: 'x' })).statusCode).toBe(404)
})
