import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { added, changed, Device, dataOf, idOf, openOffice } from '../_device.ts'
import { all, child, textOf, valueText } from '../elements.ts'

const open = new AsyncDisposableStack()
let writer: Device
let reader: Device
let older: Device

beforeAll(async () => {
  const stage = open.use(await openOffice())
  const device = async (id: string, version: string) => {
    const made = new Device(stage, 'bob@contoso.com', id)
    made.version = version
    return made.connect()
  }
  writer = await device('WRITER', '16.1')
  reader = await device('READER', '16.1')
  older = await device('OLDER', '14.1')
})
beforeEach(async () => {
  writer.version = '16.1'
  for (const each of [writer, reader, older]) await each.syncAll(each.folder('8'))
})
afterAll(() => open.disposeAsync())

const tag = (name: string, value: string) => `<${name}>${value}</${name}>`
const times = (start: string, end: string) => tag('Calendar:StartTime', start) + tag('Calendar:EndTime', end)
const data = times('20260310T100000Z', '20260310T110000Z')
const located = (facts: Readonly<Record<string, string>>) =>
  tag(
    'AirSyncBase:Location',
    Object.entries(facts)
      .map(([name, value]) => tag(`AirSyncBase:${name}`, value))
      .join(''),
  )

async function heard(device: Device): Promise<WbxmlElement | undefined> {
  const answer = await device.sync(device.folder('8'))
  return child([...answer.added, ...answer.changed][0], 'AirSync:ApplicationData')
}

const factsOf = (parent: WbxmlElement | undefined) =>
  Object.fromEntries(
    (child(parent, 'AirSyncBase:Location')?.children ?? []).map((each) => [each.name.slice(12), valueText(each)]),
  )

const hall = {
  DisplayName: 'Town hall',
  Annotation: 'Left wing',
  Street: 'Main Street 1',
  City: 'Redmond',
  State: 'WA',
  Country: 'USA',
  PostalCode: '98052',
  Latitude: '47.6739',
  Longitude: '-122.1215',
  Accuracy: '10',
  Altitude: '12.5',
  AltitudeAccuracy: '3',
  LocationUri: 'https://example.com/hall',
}

test('16.x: all that is known of a place goes round; older devices have its name, and a new name ends the rest', async () => {
  const calendar = writer.folder('8')
  const { responses } = await writer.sync(calendar, added('1', tag('Calendar:Subject', 'Fair') + data + located(hall)))
  const id = textOf(responses[0], 'AirSync:ServerId') ?? ''
  expect(factsOf(await heard(reader))).toEqual(hall)
  expect(textOf(await heard(older), 'Calendar:Location')).toBe('Town hall')
  await older.sync(
    calendar,
    changed(id, tag('Calendar:Subject', 'Fair 2') + data + tag('Calendar:Location', 'Town hall')),
  )
  expect(factsOf(await heard(reader))).toEqual(hall)
  await older.sync(calendar, changed(id, tag('Calendar:Subject', 'Fair 2') + data + tag('Calendar:Location', 'Park')))
  expect(factsOf(await heard(reader))).toEqual({ DisplayName: 'Park' })
  await writer.sync(calendar)
  await writer.sync(calendar, changed(id, '<AirSyncBase:Location/>'))
  expect(factsOf(await heard(reader))).toEqual({})
  const wrong = await writer.sync(calendar, changed(id, located({ DisplayName: 'x', Latitude: 'north' })))
  expect(textOf(wrong.responses[0], 'AirSync:Status')).toBe('6')
  await heard(older)
})

test('16.x: one occurrence has a place of its own', async () => {
  const calendar = writer.folder('8')
  const daily =
    '<Calendar:Recurrence><Calendar:Type>0</Calendar:Type><Calendar:Occurrences>3</Calendar:Occurrences></Calendar:Recurrence>'
  const { responses } = await writer.sync(calendar, added('2', data + located({ DisplayName: 'Usual' }) + daily))
  const id = textOf(responses[0], 'AirSync:ServerId') ?? ''
  await heard(reader)
  const second = tag('AirSyncBase:InstanceId', '20260311T100000Z')
  await writer.sync(calendar, changed(id, located({ DisplayName: 'Annex', City: 'Bellevue' }), second))
  const series = await heard(reader)
  const [exception] = all(child(series, 'Calendar:Exceptions'), 'Calendar:Exception')
  expect([factsOf(series), factsOf(exception)]).toEqual([
    { DisplayName: 'Usual' },
    { DisplayName: 'Annex', City: 'Bellevue' },
  ])
})

test('16.x: an appointment that comes again under its ClientUid, when every key was lost, is there once', async () => {
  const calendar = writer.folder('8')
  const again = tag('Calendar:Subject', 'Again') + data + tag('Calendar:ClientUid', 'client-7')
  const first = await writer.sync(calendar, added('a', again))
  await writer.sync(calendar, '', '0')
  await writer.sync(calendar)
  const second = await writer.sync(calendar, added('b', again))
  const other = await writer.sync(calendar, added('c', again.replace('client-7', 'client-8')))
  const [one, same, another] = [first, second, other].map(({ responses }) => textOf(responses[0], 'AirSync:ServerId'))
  expect([one === same, one === another]).toEqual([true, false])
  const kept = (await reader.syncAll(calendar)).filter((each) => dataOf(each, 'Calendar:Subject') === 'Again')
  expect(kept.map(idOf).toSorted()).toEqual([one, another].toSorted())
})

test.each(['16.0', '16.1'])(
  '%s: the answer to an Add names the UID that the server made, also to one whose answer was lost',
  async (version) => {
    const calendar = writer.folder('8')
    writer.version = version
    await writer.sync(calendar)
    const key = writer.keys.get(calendar)
    const commands = added(`uid-${version}`, tag('Calendar:Subject', 'Plain') + data + tag('Calendar:UID', 'mine'))
    const first = await writer.sync(calendar, commands)
    const again = await writer.sync(calendar, commands, key)
    const [uid, repeated] = [first, again].map(({ responses }) => dataOf(responses[0], 'Calendar:UID'))
    const sent = dataOf((await reader.sync(calendar)).added[0], 'Calendar:UID')
    expect([uid, repeated, sent]).toEqual([expect.stringMatching(/.{16}/), uid, uid])
    expect([uid === 'mine', (await writer.sync(calendar)).changed.length]).toEqual([false, 0])
  },
)

test('up to 14.1 the UID is the one of the device, and the answer has nothing more to say', async () => {
  const calendar = older.folder('8')
  const { responses } = await older.sync(calendar, added('old', data + tag('Calendar:UID', 'of-the-device')))
  expect(child(responses[0], 'AirSync:ApplicationData')).toBeUndefined()
  expect(dataOf((await reader.sync(calendar)).added[0], 'Calendar:UID')).toBe('of-the-device')
})
