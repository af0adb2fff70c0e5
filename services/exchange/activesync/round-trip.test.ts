import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { added, askWebServices, changed, Device, dataOf, idOf, openOffice } from './_device.ts'
import { all, child, textOf, valueText } from './elements.ts'

/* What one client writes, another device and Exchange Web Services read with equal values, and the other way. */
type Stage = Awaited<ReturnType<typeof openOffice>>
const open = new AsyncDisposableStack()
let stage: Stage
let writer: Device
let reader: Device
let newer: Device

beforeAll(async () => {
  stage = open.use(await openOffice())
  const device = async (id: string, version: string) => {
    const made = new Device(stage, 'bob@contoso.com', id)
    made.version = version
    await made.connect()
    for (const type of ['7', '8', '9', '10'] as const) await made.syncAll(made.folder(type))
    return made
  }
  writer = await device('WRITER', '14.1')
  reader = await device('READER', '14.1')
  newer = await device('NEWER', '16.1')
})
afterAll(() => open.disposeAsync())

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const unescaped = (text: string) =>
  text
    .replace(/&#(x?)([0-9a-fA-F]+);/g, (_, hex, digits) => String.fromCodePoint(Number.parseInt(digits, hex ? 16 : 10)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
const element = (name: string, value: string | number | undefined) =>
  value === undefined ? '' : `<${name}>${escaped(String(value))}</${name}>`
const body = (text: string) =>
  `<AirSyncBase:Body><AirSyncBase:Type>1</AirSyncBase:Type>${element('AirSyncBase:Data', text)}</AirSyncBase:Body>`

/** What people type: no white space at the ends, which XML readers and headers take away. */
const word = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019 äßλЖ字😀&<>"\',;:@-_/()'), minLength: 1, maxLength: 24 })
  .map((text) => text.trim().replace(/\s+/g, ' ') || 'x')
const perhaps = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const minute = fc.integer({ min: 29_500_000, max: 30_500_000 }).map((minutes) => new Date(minutes * 60_000))
const compact = (at: Date) => at.toISOString().replace(/[-:]|\.\d{3}/g, '')

let count = 0
/** A subject that nothing else has. */
const unique = (text: string) => {
  count += 1
  return `${text} ${count}`
}

async function heard(device: Device, type: '7' | '8' | '9' | '10'): Promise<WbxmlElement> {
  const { added: items, changed: others } = await device.sync(device.folder(type))
  const [item, ...more] = [...items, ...others]
  expect([item === undefined, more]).toEqual([false, []])
  return item as WbxmlElement
}

/** The one item of the folder with this subject or name, as its XML. */
async function read(folder: string, mark: string): Promise<string> {
  const shape = '<m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>'
  const found = await askWebServices(
    stage,
    `<m:FindItem Traversal="Shallow">${shape}<m:ParentFolderIds><t:DistinguishedFolderId Id="${folder}"/></m:ParentFolderIds></m:FindItem>`,
  )
  const items = found.split(/<t:(?=(?:CalendarItem|Contact|Task|Message)>)/).slice(1)
  const one = items.filter((each) => each.includes(`>${escaped(mark)}<`) || unescaped(each).includes(`>${mark}<`))
  expect(one).toHaveLength(1)
  const id = /<t:ItemId Id="([^"]+)"/.exec(one[0] ?? '')?.[1]
  return askWebServices(
    stage,
    `<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape><t:BodyType>Text</t:BodyType></m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
  )
}

const inXml = (xml: string, name: string) => {
  const found = new RegExp(`<t:${name}(?: [^>]*)?>([^<]*)</t:${name}>`).exec(xml)?.[1]
  return found === undefined ? undefined : unescaped(found)
}
const entryIn = (xml: string, key: string) => {
  const found = new RegExp(`<t:Entry Key="${key}">([^<]*)</t:Entry>`).exec(xml)?.[1]
  return found === undefined ? undefined : unescaped(found)
}
const second = (written: string | undefined) => written && Date.parse(written) / 1000

const busyNames = ['Free', 'Tentative', 'Busy', 'OOF']
const sensitivityNames = ['Normal', 'Personal', 'Private', 'Confidential']

test('appointments: another device in either version and Exchange Web Services', async () => {
  const appointment = fc.record({
    subject: word,
    start: minute,
    minutes: fc.integer({ min: 0, max: 3000 }),
    location: perhaps(word),
    busy: fc.integer({ min: 0, max: 3 }),
    sensitivity: fc.integer({ min: 0, max: 3 }),
    reminder: perhaps(fc.integer({ min: 0, max: 10_000 })),
    categories: fc.uniqueArray(word, { maxLength: 3 }),
    text: word,
  })
  await fc.assert(
    fc.asyncProperty(appointment, async (given) => {
      const subject = unique(given.subject)
      const end = new Date(given.start.getTime() + given.minutes * 60_000)
      const categories = given.categories.map((each) => element('Calendar:Category', each)).join('')
      const data = `${element('Calendar:StartTime', compact(given.start))}${element('Calendar:Subject', subject)}${element('Calendar:EndTime', compact(end))}${element('Calendar:Location', given.location)}${element('Calendar:BusyStatus', given.busy)}${element('Calendar:Sensitivity', given.sensitivity)}${element('Calendar:Reminder', given.reminder)}<Calendar:Categories>${categories}</Calendar:Categories>${body(given.text)}`
      const { responses } = await writer.sync(writer.folder('8'), added(`a${count}`, data))
      expect(textOf(responses[0], 'AirSync:Status')).toBe('1')
      for (const device of [reader, newer]) {
        const item = await heard(device, '8')
        const application = child(item, 'AirSync:ApplicationData')
        const location =
          device === newer
            ? textOf(child(application, 'AirSyncBase:Location'), 'AirSyncBase:DisplayName')
            : dataOf(item, 'Calendar:Location')
        expect({
          subject: dataOf(item, 'Calendar:Subject'),
          start: dataOf(item, 'Calendar:StartTime'),
          end: dataOf(item, 'Calendar:EndTime'),
          location,
          busy: dataOf(item, 'Calendar:BusyStatus'),
          sensitivity: dataOf(item, 'Calendar:Sensitivity'),
          reminder: dataOf(item, 'Calendar:Reminder'),
          categories: all(child(application, 'Calendar:Categories'), 'Calendar:Category').map(valueText),
          text: textOf(child(application, 'AirSyncBase:Body'), 'AirSyncBase:Data'),
        }).toEqual({
          subject,
          start: compact(given.start),
          end: compact(end),
          location: given.location,
          busy: String(given.busy),
          sensitivity: String(given.sensitivity),
          reminder: given.reminder?.toString(),
          categories: given.categories,
          text: given.text,
        })
      }
      const xml = await read('calendar', subject)
      expect([second(inXml(xml, 'Start')), second(inXml(xml, 'End'))]).toEqual(
        [given.start, end].map((each) => each.getTime() / 1000),
      )
      expect(
        ['Subject', 'Location', 'LegacyFreeBusyStatus', 'Sensitivity', 'Body'].map((name) => inXml(xml, name)),
      ).toEqual([subject, given.location, busyNames[given.busy], sensitivityNames[given.sensitivity], given.text])
      expect([...xml.matchAll(/<t:String>([^<]*)</g)].map(([, each]) => unescaped(each ?? ''))).toEqual(
        given.categories,
      )
    }),
    { numRuns: 25 },
  )
})

const fields = {
  FirstName: 'GivenName',
  MiddleName: 'MiddleName',
  LastName: 'Surname',
  CompanyName: 'CompanyName',
  Department: 'Department',
  JobTitle: 'JobTitle',
  OfficeLocation: 'OfficeLocation',
  Spouse: 'SpouseName',
  AssistantName: 'AssistantName',
} as const
const entries = {
  MobilePhoneNumber: 'MobilePhone',
  BusinessPhoneNumber: 'BusinessPhone',
  HomePhoneNumber: 'HomePhone',
  Email1Address: 'EmailAddress1',
  Email2Address: 'EmailAddress2',
} as const
const elsewhere = [
  'BusinessAddressCity',
  'HomeAddressStreet',
  'OtherAddressCountry',
  'WebPage',
  'Title',
  'Suffix',
] as const
const names = [...Object.keys(fields), ...Object.keys(entries), ...elsewhere]

test('contacts: what is written, and what a change leaves out', async () => {
  const contact = fc.record(Object.fromEntries(names.map((name) => [name, perhaps(word)])))
  await fc.assert(
    fc.asyncProperty(contact, contact, async (first, second_) => {
      const mark = unique('Mark')
      let id = ''
      for (const given of [first, second_]) {
        const said = Object.entries(given).map(([name, value]) => element(`Contacts:${name}`, value))
        const data = `${element('Contacts:FileAs', mark)}${said.join('')}`
        const command = id === '' ? added(`k${count}`, data) : changed(id, data)
        const { responses } = await writer.sync(writer.folder('9'), command)
        id ||= textOf(responses[0], 'AirSync:ServerId') ?? ''
        for (const device of [reader, newer]) {
          const item = await heard(device, '9')
          expect(idOf(item)).toBe(id)
          expect(Object.fromEntries(names.map((name) => [name, dataOf(item, `Contacts:${name}`)]))).toEqual(given)
        }
        const xml = await read('contacts', mark)
        for (const [name, theirs] of Object.entries(fields))
          expect([name, inXml(xml, theirs)]).toEqual([name, given[name]])
        for (const [name, key] of Object.entries(entries))
          expect([name, entryIn(xml, key)]).toEqual([name, given[name]])
      }
    }),
    { numRuns: 12 },
  )
})

test('tasks and notes', async () => {
  const given = fc.record({
    subject: word,
    text: word,
    importance: fc.integer({ min: 0, max: 2 }),
    due: perhaps(minute),
    complete: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ subject: start, text, importance, due, complete }) => {
      const subject = unique(start)
      const at = due && new Date(Math.floor(due.getTime() / 86_400_000) * 86_400_000).toISOString()
      const done = complete ? '<Tasks:DateCompleted>2026-03-01T00:00:00.000Z</Tasks:DateCompleted>' : ''
      const data = `${element('Tasks:Subject', subject)}${element('Tasks:Importance', importance)}${element('Tasks:UtcDueDate', at)}${element('Tasks:DueDate', at)}<Tasks:Complete>${Number(complete)}</Tasks:Complete>${done}${body(text)}`
      await writer.sync(writer.folder('7'), added(`t${count}`, data))
      for (const device of [reader, newer]) {
        const item = await heard(device, '7')
        const shown = ['Subject', 'Importance', 'DueDate', 'Complete'].map((name) => dataOf(item, `Tasks:${name}`))
        expect(shown).toEqual([subject, String(importance), at, String(Number(complete))])
      }
      const xml = await read('tasks', subject)
      expect(['Subject', 'IsComplete', 'Body', 'Importance'].map((name) => inXml(xml, name))).toEqual([
        subject,
        String(complete),
        text,
        ['Low', 'Normal', 'High'][importance],
      ])
      expect(second(inXml(xml, 'DueDate'))).toBe(second(at))
      const note = `${element('Notes:Subject', subject)}<Notes:MessageClass>IPM.StickyNote</Notes:MessageClass>${body(text)}`
      await writer.sync(writer.folder('10'), added(`n${count}`, note))
      for (const device of [reader, newer]) {
        const item = await heard(device, '10')
        const shown = textOf(child(child(item, 'AirSync:ApplicationData'), 'AirSyncBase:Body'), 'AirSyncBase:Data')
        expect([dataOf(item, 'Notes:Subject'), shown]).toEqual([subject, text])
      }
    }),
    { numRuns: 15 },
  )
})

test('what Exchange Web Services write, devices read', async () => {
  const given = fc.record({
    subject: word,
    location: word,
    start: minute,
    minutes: fc.integer({ min: 1, max: 600 }),
    text: word,
    busy: fc.integer({ min: 0, max: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ location, start, minutes, text, busy, ...rest }) => {
      const subject = unique(rest.subject)
      const end = new Date(start.getTime() + minutes * 60_000)
      const t = (name: string, value: string) => element(`t:${name}`, value)
      const item = `<t:CalendarItem>${t('Subject', subject)}<t:Body BodyType="Text">${escaped(text)}</t:Body>${t('Start', start.toISOString())}${t('End', end.toISOString())}${t('LegacyFreeBusyStatus', busyNames[busy] ?? '')}${t('Location', location)}</t:CalendarItem>`
      const contact = `<t:Contact>${t('FileAs', subject)}${t('GivenName', location)}<t:EmailAddresses><t:Entry Key="EmailAddress1">a@example.com</t:Entry></t:EmailAddresses></t:Contact>`
      const task = `<t:Task>${t('Subject', subject)}<t:Body BodyType="Text">${escaped(text)}</t:Body></t:Task>`
      for (const each of [item, contact, task]) {
        const made = await askWebServices(
          stage,
          `<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items>${each}</m:Items></m:CreateItem>`,
        )
        expect(made).toContain('NoError')
      }
      for (const device of [writer, reader, newer]) {
        const event = await heard(device, '8')
        const names_ = ['Subject', 'StartTime', 'EndTime', 'BusyStatus'] as const
        expect(names_.map((name) => dataOf(event, `Calendar:${name}`))).toEqual([
          subject,
          compact(start),
          compact(end),
          String(busy),
        ])
        expect(textOf(child(child(event, 'AirSync:ApplicationData'), 'AirSyncBase:Body'), 'AirSyncBase:Data')).toBe(
          text,
        )
        const person = await heard(device, '9')
        expect(['FileAs', 'FirstName', 'Email1Address'].map((name) => dataOf(person, `Contacts:${name}`))).toEqual([
          subject,
          location,
          'a@example.com',
        ])
        expect(dataOf(await heard(device, '7'), 'Tasks:Subject')).toBe(subject)
      }
    }),
    { numRuns: 12 },
  )
})
