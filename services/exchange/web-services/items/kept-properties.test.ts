import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stage } from '../../_stage.ts'
import { openOffice } from '../../activesync/_device.ts'
import { idsIn, Soap, setField } from '../_client.ts'

/* What a program sets is what it gets: by creation, in a copy, after a change, and gone after its removal. */

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
beforeAll(async () => {
  stage = open.use(await openOffice())
  bob = new Soap(stage, 'bob')
})
afterAll(() => open.disposeAsync())

const silent = 'SendMeetingInvitations="SendToNone" MessageDisposition="SaveOnly"'
const texts = (name: string, ...values: readonly string[]) =>
  `<t:${name}>${values.map((each) => `<t:String>${each}</t:String>`).join('')}</t:${name}>`
const one = (name: string, value: string) => `<t:${name}>${value}</t:${name}>`
const phone = (key: string, number: string) =>
  `<t:PhoneNumbers><t:Entry Key="${key}">${number}</t:Entry></t:PhoneNumbers>`
const day = '2026-03-09T10:00:00Z'

interface Row {
  readonly kind: 'Message' | 'CalendarItem' | 'Contact' | 'Task'
  readonly uri: string
  readonly given: string
  readonly later: string
  /** What cannot be removed has none. */
  readonly gone: string | null
}

function row(
  kind: Row['kind'],
  prefix: string,
  name: string,
  [given, later]: readonly string[],
  gone: Row['gone'] = '',
): Row {
  return { kind, uri: `${prefix}:${name}`, given: one(name, given ?? ''), later: one(name, later ?? ''), gone }
}

const message = (name: string, values: readonly string[], gone = '') => row('Message', 'message', name, values, gone)
const contact = (name: string, values: readonly string[]) => row('Contact', 'contacts', name, values)
const task = (name: string, values: readonly string[]) => row('Task', 'task', name, values)
const calendar = (name: string, values: readonly string[], gone = '') =>
  row('CalendarItem', 'calendar', name, values, gone)

const rows: readonly Row[] = [
  message('IsReadReceiptRequested', ['true', 'false'], one('IsReadReceiptRequested', 'false')),
  message('IsDeliveryReceiptRequested', ['true', 'false'], one('IsDeliveryReceiptRequested', 'false')),
  message('IsResponseRequested', ['true', 'false']),
  message('References', ['&lt;a@x.example&gt;', '&lt;a@x.example&gt; &lt;b@x.example&gt;']),
  row('Message', 'item', 'InReplyTo', ['a@x.example', 'b@x.example']),
  row('Message', 'item', 'ReminderDueBy', [day, '2026-03-10T10:00:00Z']),
  row('Message', 'item', 'ItemClass', ['IPM.Note.Custom', 'IPM.Note.Other'], null),
  ...(['Message', 'Contact', 'Task', 'CalendarItem'] as const).flatMap((kind) => [
    row(kind, 'item', 'Sensitivity', ['Confidential', 'Personal'], one('Sensitivity', 'Normal')),
    row(kind, 'item', 'Culture', ['de-AT', 'fr']),
  ]),
  contact('Initials', ['A.B.', 'C.']),
  contact('Mileage', ['12 km', '13']),
  contact('PostalAddressIndex', ['Home', 'Other']),
  contact('Profession', ['Baker', 'Miller']),
  contact('FileAsMapping', ['LastCommaFirst', 'Company']),
  task('ActualWork', ['480', '0']),
  task('TotalWork', ['960', '1']),
  task('BillingInformation', ['cost centre &amp; 7', '8']),
  task('Mileage', ['12 km', '13']),
  calendar('ConferenceType', ['2', '0']),
  calendar('IsOnlineMeeting', ['true', 'false'], one('IsOnlineMeeting', 'false')),
  calendar('MeetingWorkspaceUrl', ['https://a.example/', 'https://b.example/']),
  calendar('NetShowUrl', ['https://a.example/', 'https://b.example/']),
  ...(
    [
      ['Contact', 'contacts:Companies'],
      ['Task', 'task:Companies'],
      ['Task', 'task:Contacts'],
    ] as const
  ).map(([kind, uri]) => {
    const name = uri.split(':')[1] ?? ''
    return { kind, uri, given: texts(name, 'A', 'B &amp; C'), later: texts(name, 'D'), gone: '' }
  }),
]

/** A reminder is a moment only for what reminds. */
const needed = (uri: string) => (uri === 'item:ReminderDueBy' ? one('ReminderIsSet', 'true') : '')

function shown(text: string, uri: string): string {
  const name = uri.split(':')[1] ?? ''
  return new RegExp(`<t:${name}>.*?</t:${name}>`).exec(text)?.[0] ?? ''
}

async function copyOf(id: string, kind: Row['kind']): Promise<string> {
  const folder = { Message: 'drafts', CalendarItem: 'calendar', Contact: 'contacts', Task: 'tasks' }[kind]
  const { text } = await bob.ask(
    `<m:CopyItem><m:ToFolderId><t:DistinguishedFolderId Id="${folder}"/></m:ToFolderId><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:CopyItem>`,
  )
  return idsIn(text)[0] ?? ''
}

test.each(rows)('$kind keeps $uri', async ({ kind, uri, given, later, gone }) => {
  const made = await bob.create(`<t:${kind}>${needed(uri)}${given}</t:${kind}>`, silent)
  expect(made.code).toBe('NoError')
  const [id = ''] = idsIn(made.text)
  expect(shown((await bob.get(id)).text, uri)).toBe(given)
  expect(shown((await bob.get(await copyOf(id, kind))).text, uri)).toBe(given)
  expect((await bob.update(id, setField(uri, later, kind))).code).toBe('NoError')
  expect(shown((await bob.get(id)).text, uri)).toBe(later)
  if (gone === null) return
  const removal = `<t:DeleteItemField><t:FieldURI FieldURI="${uri}"/></t:DeleteItemField>`
  expect((await bob.update(id, removal)).code).toBe('NoError')
  expect(shown((await bob.get(id)).text, uri)).toBe(gone)
})

test('telephone numbers of every kind are kept, found by their entry, and removed', async () => {
  const made = await bob.create(`<t:Contact>${phone('Callback', '+43 1')}</t:Contact>`, silent)
  const [id = ''] = idsIn(made.text)
  const path = '<t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="OtherFax"/>'
  const set = `<t:SetItemField>${path}<t:Contact>${phone('OtherFax', '+43 2')}</t:Contact></t:SetItemField>`
  expect((await bob.update(id, set)).code).toBe('NoError')
  const { text } = await bob.get(id)
  expect(text).toContain('<t:Entry Key="Callback">+43 1</t:Entry><t:Entry Key="OtherFax">+43 2</t:Entry>')
  await bob.update(id, `<t:DeleteItemField>${path}</t:DeleteItemField>`)
  expect((await bob.get(id)).text).not.toContain('OtherFax')
})

test('a contact is filed as its mapping says', async () => {
  const names = one('GivenName', 'Ada') + one('Surname', 'Okafor')
  const made = await bob.create(`<t:Contact>${one('FileAsMapping', 'LastCommaFirst')}${names}</t:Contact>`, silent)
  expect((await bob.get(idsIn(made.text)[0] ?? '')).text).toContain('<t:FileAs>Okafor, Ada</t:FileAs>')
})

test('a flag keeps its dates from the first day of its message on', async () => {
  const flag = `<t:Flag>${one('FlagStatus', 'Flagged')}${one('StartDate', day)}${one('DueDate', day)}</t:Flag>`
  const made = await bob.create(`<t:Message>${flag}</t:Message>`, silent)
  expect((await bob.get(idsIn(made.text)[0] ?? '')).text).toContain(flag)
})

test('the receiver sees how private a message is, and which receipts its sender wants', async () => {
  const wishes = `${one('Sensitivity', 'Private')}<t:ToRecipients><t:Mailbox><t:EmailAddress>bob@contoso.com</t:EmailAddress></t:Mailbox></t:ToRecipients>${one('IsReadReceiptRequested', 'true')}${one('IsDeliveryReceiptRequested', 'true')}`
  const made = await bob.create(`<t:Message>${one('Subject', 'wishes')}${wishes}</t:Message>`)
  expect(made.code).toBe('NoError')
  const { text } = await bob.find('inbox')
  for (const each of ['Sensitivity>Private', 'IsReadReceiptRequested>true', 'IsDeliveryReceiptRequested>true'])
    expect(text).toContain(`<t:${each}<`)
})

test.each(['ArchiveTag', 'PolicyTag', 'UserSMIMECertificate'])('%s is refused rather than lost', async (name) => {
  expect((await bob.create(`<t:Contact>${one(name, 'x')}</t:Contact>`, silent)).code).toBe('ErrorInvalidPropertySet')
})

test.each([
  ['Task', 'ActualWork', 'long'],
  ['Contact', 'PostalAddressIndex', 'Elsewhere'],
  ['Message', 'IsResponseRequested', 'perhaps'],
])('%s with %s "%s" does not fit the schema', async (kind, name, value) => {
  expect((await bob.create(`<t:${kind}>${one(name, value)}</t:${kind}>`, silent)).code).toBe('ErrorSchemaValidation')
})
