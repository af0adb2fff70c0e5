import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { instantOfWall, timeZones } from '../mailbox/time-zones.ts'
import { added, askWebServices, changed, Device, dataOf, idOf, openOffice, removed } from './_device.ts'
import { all, child, textOf, valueText } from './elements.ts'

/* Series, their exceptions and their zones: what a device writes, devices of either kind read. */
const open = new AsyncDisposableStack()
let stage: Awaited<ReturnType<typeof openOffice>>
let writer: Device
let reader: Device
let newWriter: Device
let newReader: Device

beforeAll(async () => {
  stage = open.use(await openOffice())
  const device = async (id: string, version: string) => {
    const made = new Device(stage, 'bob@contoso.com', id)
    made.version = version
    await made.connect()
    for (const type of ['3', '7', '8'] as const) await made.syncAll(made.folder(type))
    return made
  }
  writer = await device('WRITER', '14.1')
  reader = await device('READER', '14.1')
  newWriter = await device('NEWWRITER', '16.1')
  newReader = await device('NEWREADER', '16.1')
})
afterAll(() => open.disposeAsync())

const element = (name: string, value: string | number | undefined) =>
  value === undefined ? '' : `<${name}>${value}</${name}>`
const compact = (at: Date) => at.toISOString().replace(/[-:]|\.\d{3}/g, '')
const dayMs = 86_400_000
let count = 0

async function heard(device: Device, type: '3' | '7' | '8'): Promise<WbxmlElement> {
  const answer = await device.sync(device.folder(type))
  const items = [...answer.added, ...answer.changed]
  expect(items).toHaveLength(1)
  return items[0] as WbxmlElement
}

const patternNames = [
  'Type',
  'Until',
  'Occurrences',
  'Interval',
  'DayOfWeek',
  'DayOfMonth',
  'WeekOfMonth',
  'MonthOfYear',
]

function patternOf(page: string, item: WbxmlElement): Readonly<Record<string, string>> {
  const recurrence = child(child(item, 'AirSync:ApplicationData'), `${page}:Recurrence`)
  const kept = recurrence?.children.map((each) => [each.name.slice(page.length + 1), valueText(each)] as const) ?? []
  return Object.fromEntries(kept.filter(([name]) => patternNames.includes(name)))
}

const interval = fc.integer({ min: 1, max: 12 })
const days = fc.integer({ min: 1, max: 127 })
const [monthDay, week, month] = [28, 5, 12].map((max) => fc.integer({ min: 1, max })) as [
  fc.Arbitrary<number>,
  fc.Arbitrary<number>,
  fc.Arbitrary<number>,
]
const shape = fc.oneof(
  fc.record({ Type: fc.constant(0), Interval: interval }),
  fc.record({ Type: fc.constant(1), Interval: interval, DayOfWeek: days }),
  fc.record({ Type: fc.constant(2), Interval: interval, DayOfMonth: monthDay }),
  fc.record({ Type: fc.constant(3), Interval: interval, DayOfWeek: fc.constantFrom(1, 2, 62, 127), WeekOfMonth: week }),
  fc.record({ Type: fc.constant(5), Interval: fc.constant(1), DayOfMonth: monthDay, MonthOfYear: month }),
  fc.record({
    Type: fc.constant(6),
    Interval: fc.constant(1),
    DayOfWeek: fc.constantFrom(1, 64),
    WeekOfMonth: week,
    MonthOfYear: month,
  }),
)
const ending = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 1, max: 999 }).map((Occurrences) => ({ Occurrences })),
  fc.integer({ min: 1, max: 900 }).map((after) => ({ Until: compact(new Date(Date.UTC(2027, 0, 1) + after * dayMs)) })),
)
const pattern = fc.tuple(shape, ending).map(([a, b]) => ({ ...a, ...b }) as Readonly<Record<string, string | number>>)

function recurrence(page: string, given: Readonly<Record<string, string | number>>, inner = ''): string {
  const fields = patternNames.map((name) => element(`${page}:${name}`, given[name])).join('')
  return `<${page}:Recurrence>${fields}${inner}</${page}:Recurrence>`
}

const asTexts = (given: Readonly<Record<string, string | number>>) =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))

interface Given {
  readonly pattern: Readonly<Record<string, string | number>>
  readonly zone: (typeof timeZones)[number]
  readonly hour: number
}

const weekly = { Type: 1, Interval: 1, DayOfWeek: 2 }

test('every pattern in every zone of Windows, with its zone byte for byte', async () => {
  const given = fc.record({ pattern, zone: fc.constantFrom(...timeZones), hour: fc.integer({ min: 0, max: 23 }) })
  await fc.assert(
    fc.asyncProperty(given, async ({ pattern: wanted, zone, hour }) => {
      count += 1
      const start = instantOfWall(zone.written, new Date(Date.UTC(2026, 2, 1 + (count % 9), hour)))
      const [begin, end] = [start, new Date(start.getTime() + 3_600_000)].map(compact)
      const data = `${element('Calendar:Timezone', zone.written)}${element('Calendar:StartTime', begin)}${element('Calendar:Subject', `Series ${count}`)}${element('Calendar:EndTime', end)}${recurrence('Calendar', wanted)}`
      const { responses } = await writer.sync(writer.folder('8'), added(`s${count}`, data))
      expect(textOf(responses[0], 'AirSync:Status')).toBe('1')
      for (const device of [reader, newReader, newWriter]) {
        const item = await heard(device, '8')
        expect(patternOf('Calendar', item)).toEqual(asTexts(wanted))
        expect(['Timezone', 'StartTime', 'EndTime'].map((name) => dataOf(item, `Calendar:${name}`))).toEqual([
          zone.written,
          begin,
          end,
        ])
      }
    }),
    {
      numRuns: 60,
      examples: timeZones.map((zone): [Given] => [{ pattern: weekly, zone, hour: 2 }]),
    },
  )
})

interface Exception {
  readonly of: string
  readonly deleted: boolean
  readonly facts: Readonly<Record<string, string>>
}

/** In the words of the version, compared by what they say. */
function exceptionsOf(item: WbxmlElement): readonly Exception[] {
  const list = child(child(item, 'AirSync:ApplicationData'), 'Calendar:Exceptions')
  return all(list, 'Calendar:Exception').map((each) => {
    const location = textOf(child(each, 'AirSyncBase:Location'), 'AirSyncBase:DisplayName')
    const facts = ['Subject', 'StartTime', 'EndTime', 'Location', 'BusyStatus', 'Reminder'].flatMap((name) => {
      const said =
        name === 'Location' ? (location ?? textOf(each, 'Calendar:Location')) : textOf(each, `Calendar:${name}`)
      return said === undefined ? [] : [[name, said] as const]
    })
    return {
      of: textOf(each, 'Calendar:ExceptionStartTime') ?? textOf(each, 'AirSyncBase:InstanceId') ?? '',
      deleted: textOf(each, 'Calendar:Deleted') === '1',
      facts: Object.fromEntries(facts),
    }
  })
}

const occurrence = (index: number) => new Date(Date.UTC(2026, 3, 1, 9) + index * dayMs)
const daily = { Type: 0, Interval: 1, Occurrences: 20 }
const change = fc.record({
  index: fc.integer({ min: 0, max: 19 }),
  deleted: fc.boolean(),
  subject: fc.option(fc.constantFrom('Moved', 'Über & <all>'), { nil: undefined }),
  shift: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }),
  location: fc.option(fc.constantFrom('Room 1', 'Büro'), { nil: undefined }),
  busy: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
})
const changes = fc.uniqueArray(change, { minLength: 1, maxLength: 5, selector: ({ index }) => index })
const escaped = (value: string | undefined) =>
  value?.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never

function expected(all: readonly Change[]): readonly Exception[] {
  return all
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, deleted, subject, shift, location, busy }) => ({
      of: compact(occurrence(index)),
      deleted,
      facts: deleted
        ? {}
        : {
            ...(subject && { Subject: subject }),
            ...(shift && { StartTime: shifted(index, shift), EndTime: shifted(index, shift + 30) }),
            ...(location && { Location: location }),
            ...(busy !== undefined && { BusyStatus: String(busy) }),
          },
    }))
}

const shifted = (index: number, minutes: number) => compact(new Date(occurrence(index).getTime() + minutes * 60_000))

function factsXml({ index, subject, shift, location, busy }: Change, version: number): string {
  const place =
    version < 16
      ? element('Calendar:Location', location)
      : location
        ? `<AirSyncBase:Location>${element('AirSyncBase:DisplayName', location)}</AirSyncBase:Location>`
        : ''
  const time = shift
    ? element('Calendar:StartTime', shifted(index, shift)) + element('Calendar:EndTime', shifted(index, shift + 30))
    : ''
  return `${element('Calendar:Subject', escaped(subject))}${time}${place}${element('Calendar:BusyStatus', busy)}`
}

const seriesXml = (exceptions = '') =>
  `${element('Calendar:StartTime', compact(occurrence(0)))}${element('Calendar:Subject', `Exceptions ${count}`)}${element('Calendar:EndTime', compact(new Date(occurrence(0).getTime() + 1_800_000)))}${recurrence('Calendar', daily)}${exceptions}`

test('exceptions that 14.1 writes with the series, and the same made one by one in 16.1', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (given) => {
      count += 1
      const exceptions = given.map(
        (each) =>
          `<Calendar:Exception>${each.deleted ? '<Calendar:Deleted>1</Calendar:Deleted>' : ''}${element('Calendar:ExceptionStartTime', compact(occurrence(each.index)))}${each.deleted ? '' : factsXml(each, 14.1)}</Calendar:Exception>`,
      )
      const old = seriesXml(`<Calendar:Exceptions>${exceptions.join('')}</Calendar:Exceptions>`)
      await writer.sync(writer.folder('8'), added(`e${count}`, old))
      for (const device of [reader, newReader, newWriter])
        expect(exceptionsOf(await heard(device, '8')).toSorted((a, b) => a.of.localeCompare(b.of))).toEqual(
          expected(given),
        )

      count += 1
      const { responses } = await newWriter.sync(newWriter.folder('8'), added(`e${count}`, seriesXml()))
      const id = textOf(responses[0], 'AirSync:ServerId') ?? ''
      for (const each of given) {
        const instance = element('AirSyncBase:InstanceId', compact(occurrence(each.index)))
        const command = each.deleted ? removed(id, instance) : changed(id, factsXml(each, 16.1), instance)
        const answer = await newWriter.sync(newWriter.folder('8'), command)
        expect(answer.responses).toEqual([])
      }
      for (const device of [reader, newReader, writer])
        expect(exceptionsOf(await heard(device, '8'))).toEqual(expected(given))
    }),
    { numRuns: 25 },
  )
})

test('tasks that recur', async () => {
  await fc.assert(
    fc.asyncProperty(pattern, fc.boolean(), async (wanted, regenerates) => {
      count += 1
      const dates = ['StartDate', 'UtcStartDate', 'DueDate', 'UtcDueDate']
        .map((name) => element(`Tasks:${name}`, '2026-04-01T00:00:00.000Z'))
        .join('')
      const until = wanted.Until && {
        Until: new Date(
          `${String(wanted.Until).replace(/(\d{4})(\d\d)(\d\d)T.*/, '$1-$2-$3')}T00:00:00.000Z`,
        ).toISOString(),
      }
      const asked = { ...wanted, ...until }
      const more = `${element('Tasks:Start', '2026-04-01T00:00:00.000Z')}${element('Tasks:Regenerate', Number(regenerates))}`
      const data = `${element('Tasks:Subject', `Task ${count}`)}${dates}${recurrence('Tasks', asked, more)}`
      const { responses } = await writer.sync(writer.folder('7'), added(`t${count}`, data))
      expect(textOf(responses[0], 'AirSync:Status')).toBe('1')
      for (const device of [reader, newReader]) {
        const item = await heard(device, '7')
        expect(patternOf('Tasks', item)).toEqual(asTexts(asked))
        const kept = child(child(item, 'AirSync:ApplicationData'), 'Tasks:Recurrence')
        expect(textOf(kept, 'Tasks:Start')).toBe('2026-04-01T00:00:00.000Z')
        expect(textOf(kept, 'Tasks:Regenerate') ?? '0').toBe(String(Number(regenerates)))
      }
    }),
    { numRuns: 25 },
  )
})

test('16.1: drafts with files, changed and read by another device and by Exchange Web Services', async () => {
  const files = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('a.txt', 'ß.bin', 'c d.csv', 'e.pdf'), size: fc.integer({ min: 1, max: 3000 }) }),
    { minLength: 1, maxLength: 3, selector: ({ name }) => name },
  )
  await fc.assert(
    fc.asyncProperty(files, async (given) => {
      count += 1
      const attachments = given.map(
        ({ name, size }) =>
          `<AirSyncBase:Add>${element('AirSyncBase:ClientId', name)}<AirSyncBase:Content opaque="1">${'x'.repeat(size)}</AirSyncBase:Content>${element('AirSyncBase:DisplayName', name)}${element('AirSyncBase:Method', 1)}</AirSyncBase:Add>`,
      )
      const data = `${element('Email:To', 'dave@contoso.com')}${element('Email:Subject', `Draft ${count}`)}<AirSyncBase:Attachments>${attachments.join('')}</AirSyncBase:Attachments>`
      const { responses } = await newWriter.sync(newWriter.folder('3'), added(`d${count}`, data))
      const id = textOf(responses[0], 'AirSync:ServerId') ?? ''
      const first = await heard(newReader, '3')
      const listOf = (item: WbxmlElement) =>
        all(child(child(item, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments'), 'AirSyncBase:Attachment')
      expect(
        listOf(first).map((each) => [
          textOf(each, 'AirSyncBase:DisplayName'),
          textOf(each, 'AirSyncBase:EstimatedDataSize'),
        ]),
      ).toEqual(given.map(({ name, size }) => [name, String(size)]))
      const reference = textOf(listOf(first)[0], 'AirSyncBase:FileReference')
      const without = `<AirSyncBase:Attachments><AirSyncBase:Delete>${element('AirSyncBase:FileReference', reference)}</AirSyncBase:Delete></AirSyncBase:Attachments>`
      await newReader.sync(newReader.folder('3'), changed(idOf(first), without))
      const second = await heard(newWriter, '3')
      expect(idOf(second)).toBe(id)
      expect(listOf(second).map((each) => textOf(each, 'AirSyncBase:DisplayName'))).toEqual(
        given.slice(1).map(({ name }) => name),
      )
      expect(dataOf(second, 'Email:To')).toContain('dave@contoso.com')
      const xml = await askWebServices(
        stage,
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id="drafts"/></m:ParentFolderIds></m:FindItem>',
      )
      expect(xml).toContain(`>Draft ${count}<`)
    }),
    { numRuns: 10 },
  )
})
