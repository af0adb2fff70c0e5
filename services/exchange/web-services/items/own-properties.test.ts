import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stage } from '../../_stage.ts'
import { openOffice } from '../../activesync/_device.ts'
import { idsIn, Soap, valuesIn } from '../_client.ts'

/* What programs invent for items, and appointments as iCalendar text. */

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
beforeAll(async () => {
  stage = open.use(await openOffice())
  bob = new Soap(stage, 'bob')
})
afterAll(() => open.disposeAsync())

const silent = 'SendMeetingInvitations="SendToNone" MessageDisposition="SaveOnly"'
const byName =
  '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="ticket" PropertyType="String"/>'
const sameByGuid =
  '<t:ExtendedFieldURI PropertySetId="00020329-0000-0000-C000-000000000046" PropertyName="ticket" PropertyType="String"/>'
const byId =
  '<t:ExtendedFieldURI PropertySetId="c11ff724-aa03-4555-9952-8fa248a11c3e" PropertyId="7" PropertyType="Integer"/>'
const list = '<t:ExtendedFieldURI PropertyTag="0x6701" PropertyType="StringArray"/>'
const property = (path: string, value: string) => `<t:ExtendedProperty>${path}${value}</t:ExtendedProperty>`

function read(id: string, ...paths: readonly string[]) {
  return bob.ask(
    `<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${paths.join('')}</t:AdditionalProperties></m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
  )
}

function findBy(folder: string, path: string, value: string) {
  const restriction = `<m:Restriction><t:IsEqualTo>${path}<t:FieldURIOrConstant><t:Constant Value="${value}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`
  return bob.find(folder, restriction, 'IdOnly')
}

const kinds = {
  Message: 'drafts',
  CalendarItem: 'calendar',
  Contact: 'contacts',
  Task: 'tasks',
} as const

describe.each(Object.entries(kinds))('%s', (kind, folder) => {
  test('keeps properties that programs invent, finds them, changes and copies them', async () => {
    const made = await bob.create(
      `<t:${kind}><t:Subject>invented</t:Subject>${property(byName, `<t:Value>A-${kind}</t:Value>`)}${property(byId, '<t:Value>42</t:Value>')}${property(list, '<t:Values><t:Value>a</t:Value><t:Value>b</t:Value></t:Values>')}</t:${kind}>`,
      silent,
    )
    const [id = ''] = idsIn(made.text)
    const { text } = await read(id, sameByGuid, byId, list)
    expect(valuesIn(text, 'Value')).toEqual([`A-${kind}`, '42', 'a', 'b'])
    expect(text).toContain('PropertySetId="00020329-0000-0000-C000-000000000046" PropertyName="ticket"')
    expect(idsIn((await findBy(folder, byName, `A-${kind}`)).text)).toEqual([id])
    expect(idsIn((await findBy(folder, byName, 'other')).text)).toEqual([])
    const set = (path: string, value: string) =>
      `<t:SetItemField>${path}<t:${kind}>${property(path, value)}</t:${kind}></t:SetItemField>`
    const gone = `<t:DeleteItemField>${byId}</t:DeleteItemField>`
    const changed = await bob.update(id, set(sameByGuid, '<t:Value>B</t:Value>') + gone)
    expect(changed.code).toBe('NoError')
    expect(valuesIn((await read(id, byName, byId)).text, 'Value')).toEqual(['B'])
    const copied = await bob.ask(
      `<m:CopyItem><m:ToFolderId><t:DistinguishedFolderId Id="${folder}"/></m:ToFolderId><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:CopyItem>`,
    )
    expect(valuesIn((await read(idsIn(copied.text)[0] ?? '', byName)).text, 'Value')).toEqual(['B'])
  })
})

test('a draft keeps them when its text changes, and the server’s own cannot be set', async () => {
  const made = await bob.create(
    `<t:Message><t:Subject>x</t:Subject>${property(byName, '<t:Value>kept</t:Value>')}</t:Message>`,
    silent,
  )
  const [id = ''] = idsIn(made.text)
  const subject =
    '<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:Message><t:Subject>y</t:Subject></t:Message></t:SetItemField>'
  await bob.update(id, subject)
  expect(valuesIn((await read(id, byName)).text, 'Value')).toEqual(['kept'])
  const size = '<t:ExtendedFieldURI PropertyTag="0x0E08" PropertyType="Integer"/>'
  const set = `<t:SetItemField>${size}<t:Message>${property(size, '<t:Value>1</t:Value>')}</t:Message></t:SetItemField>`
  expect((await bob.update(id, set)).code).toBe('ErrorInvalidPropertySet')
})

test.each(['PropertyTag="0x12345"', 'PropertyName="x"', 'PropertySetId="6ed8da90-450b-101b-98da-00aa003f1305"'])(
  'a path with %s alone names nothing',
  async (path) => {
    const found = await bob.find('inbox', '', 'IdOnly')
    const answer = await read(idsIn(found.text)[0] ?? '', `<t:ExtendedFieldURI ${path} PropertyType="String"/>`)
    expect(answer.code).toBe('ErrorInvalidExtendedProperty')
  },
)

describe('an appointment as iCalendar text', () => {
  const series = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    'UID:from-a-text',
    'DTSTAMP:20260301T000000Z',
    'DTSTART:20260305T090000Z',
    'DTEND:20260305T100000Z',
    'RRULE:FREQ=WEEKLY;COUNT=3',
    'SUMMARY:Choir',
    'LOCATION:Hall',
    'END:VEVENT',
    'BEGIN:VEVENT',
    'UID:from-a-text',
    'RECURRENCE-ID:20260312T090000Z',
    'DTSTAMP:20260301T000000Z',
    'DTSTART:20260312T150000Z',
    'DTEND:20260312T160000Z',
    'SUMMARY:Choir late',
    'LOCATION:Hall',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
  const written = Buffer.from(series).toString('base64')

  test('is made with its exceptions, and given out the same', async () => {
    const made = await bob.create(`<t:CalendarItem><t:MimeContent>${written}</t:MimeContent></t:CalendarItem>`, silent)
    const [id = ''] = idsIn(made.text)
    const { text } = await bob.get(id)
    expect([valuesIn(text, 'UID'), valuesIn(text, 'CalendarItemType')]).toEqual([['from-a-text'], ['RecurringMaster']])
    expect(text).toContain('<t:NumberOfOccurrences>3</t:NumberOfOccurrences>')
    const given = await read(id, '<t:FieldURI FieldURI="item:MimeContent"/>')
    const mime = Buffer.from(valuesIn(given.text, 'MimeContent')[0] ?? '', 'base64').toString()
    expect(mime.match(/BEGIN:VEVENT/g)).toHaveLength(2)
    expect(mime).toMatch(/METHOD:PUBLISH[\s\S]*RRULE:[^\r]*COUNT=3/)
    expect(mime).toMatch(/RECURRENCE-ID[^\r]*20260312T090000/)
    expect(mime).toMatch(/SUMMARY:Choir late/)
  })

  test('without an event is refused', async () => {
    const empty = Buffer.from('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n').toString('base64')
    const made = await bob.create(`<t:CalendarItem><t:MimeContent>${empty}</t:MimeContent></t:CalendarItem>`, silent)
    expect(made.code).toBe('ErrorMimeContentInvalid')
  })
})
