import { expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Stage } from '../../_stage.ts'
import { Device, dataOf, idOf, openOffice } from '../_device.ts'
import { all, child, textOf } from '../elements.ts'
import { decideFile, filterWithin, limitsOf, noLimits } from './policy-limits.ts'

test.each([
  { what: 'no policy on ages', folderClass: 'mail', most: 0, asked: 5, want: 5 },
  { what: 'all mail asked, a week allowed', folderClass: 'mail', most: 3, asked: 0, want: 3 },
  { what: 'a month asked, a week allowed', folderClass: 'mail', most: 3, asked: 5, want: 3 },
  { what: 'a day asked, a week allowed', folderClass: 'mail', most: 3, asked: 1, want: 1 },
  { what: 'all appointments asked, two weeks allowed', folderClass: 'calendar', most: 4, asked: 0, want: 4 },
  { what: 'six months asked, one allowed', folderClass: 'calendar', most: 5, asked: 7, want: 5 },
  { what: 'contacts have no age', folderClass: 'contacts', most: 3, asked: 0, want: 0 },
] as const)('$what: FilterType $want', ({ folderClass, most, asked, want }) => {
  const limits = { ...noLimits, emailAge: most, calendarAge: most }
  expect(filterWithin(limits, { folderClass }, asked)).toBe(want)
})

test.each([
  { enabled: '1', most: '', size: 10, want: 'allowed' },
  { enabled: '1', most: '10', size: 10, want: 'allowed' },
  { enabled: '1', most: '10', size: 11, want: 'attachmentTooLarge' },
  { enabled: '0', most: '', size: 1, want: 'attachmentsDisabled' },
] as const)(
  'AttachmentsEnabled $enabled, MaxAttachmentSize "$most", $size bytes: $want',
  ({ enabled, most, size, want }) => {
    const limits = limitsOf({ values: { AttachmentsEnabled: enabled, MaxAttachmentSize: most } })
    expect(decideFile(limits, size)).toBe(want)
  },
)

async function withPolicy(values: object): Promise<{ readonly stage: Stage; readonly device: Device }> {
  const stage = await openOffice()
  const cmdlet = async (CmdletName: string, Parameters: object) => {
    const answer = await stage.management.inject({
      method: 'POST',
      url: '/cmdlets',
      payload: { CmdletInput: { CmdletName, Parameters } },
    })
    expect(answer.statusCode).toBe(200)
  }
  await cmdlet('New-MobileDeviceMailboxPolicy', { Name: 'Strict', ...values })
  await cmdlet('Set-CASMailbox', { Identity: 'bob@contoso.com', ActiveSyncMailboxPolicy: 'Strict' })
  return { stage, device: await new Device(stage).connect() }
}

async function deliver(stage: Stage, mime: string): Promise<void> {
  const payload = { mime: Buffer.from(mime).toString('base64') }
  const url = '/mailboxes/bob@contoso.com/messages'
  expect((await stage.management.inject({ method: 'POST', url, payload })).statusCode).toBe(200)
}

const html =
  'From: a@elsewhere.example\r\nTo: bob@contoso.com\r\nSubject: Page\r\nContent-Type: text/html\r\n\r\n<p>Hello <b>there</b>, all of you</p>'
const file = Buffer.alloc(600, 'x').toString('base64')
const withFile = `From: a@elsewhere.example\r\nTo: bob@contoso.com\r\nSubject: File\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file\r\n--b\r\nContent-Type: application/octet-stream; name=x.bin\r\nContent-Disposition: attachment; filename=x.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n${file}\r\n--b--\r\n`

const preferring = (...types: readonly number[]) =>
  `<AirSync:Options><AirSync:MIMESupport>2</AirSync:MIMESupport>${types.map((type) => `<AirSyncBase:BodyPreference><AirSyncBase:Type>${type}</AirSyncBase:Type></AirSyncBase:BodyPreference>`).join('')}</AirSync:Options>`

async function messageOf(device: Device, subject: string, options: string): Promise<WbxmlElement | undefined> {
  return (await device.syncAll(device.folder('2'), options)).find((each) => dataOf(each, 'Email:Subject') === subject)
}

function bodyOf(item: WbxmlElement | undefined): readonly (string | undefined)[] {
  const body = child(child(item, 'AirSync:ApplicationData'), 'AirSyncBase:Body')
  return ['Type', 'Truncated', 'Data'].map((name) => textOf(body, `AirSyncBase:${name}`))
}

test('AllowHTMLEmail off: mail is text, whatever the client would like', async () => {
  const { stage, device } = await withPolicy({ AllowHTMLEmail: false })
  await using _ = stage
  await deliver(stage, html)
  for (const types of [[2], [2, 1], [4]]) {
    const [type, , data] = bodyOf(await messageOf(device, 'Page', preferring(...types)))
    expect([type, data]).toEqual(['1', expect.stringMatching(/^Hello there, all of you\s*$/i)])
  }
})

test('MaxEmailBodyTruncationSize and its HTML sibling cut what Sync brings; ItemOperations brings the rest', async () => {
  const { stage, device } = await withPolicy({ MaxEmailBodyTruncationSize: 5, MaxEmailHTMLBodyTruncationSize: 8 })
  await using _ = stage
  await deliver(stage, html)
  expect(bodyOf(await messageOf(device, 'Page', preferring(1)))).toEqual(['1', '1', 'Hello'])
  const item = await messageOf(device, 'Page', preferring(2))
  expect(bodyOf(item)).toEqual(['2', '1', '<p>Hello'])
  const { root } = await device.send(
    'ItemOperations',
    `<ItemOperations:ItemOperations><ItemOperations:Fetch><ItemOperations:Store>Mailbox</ItemOperations:Store><AirSync:CollectionId>${device.folder('2')}</AirSync:CollectionId><AirSync:ServerId>${idOf(item)}</AirSync:ServerId></ItemOperations:Fetch></ItemOperations:ItemOperations>`,
  )
  const fetch = child(child(root, 'ItemOperations:Response'), 'ItemOperations:Fetch')
  const body = child(child(fetch, 'ItemOperations:Properties'), 'AirSyncBase:Body')
  expect(textOf(body, 'AirSyncBase:Data')).toContain('all of you')
})

test.each([
  { values: { AttachmentsEnabled: false }, status: '16', because: 'attachmentsDisabled' },
  { values: { MaxAttachmentSize: 500 }, status: '11', because: 'attachmentTooLarge' },
  { values: { MaxAttachmentSize: 600 }, status: '1', because: undefined },
])(
  'a file under $values: Status $status, and none beside it in a whole message',
  async ({ values, status, because }) => {
    const { stage, device } = await withPolicy(values)
    await using _ = stage
    await deliver(stage, withFile)
    const item = await messageOf(device, 'File', preferring(4))
    expect(bodyOf(item)[0]).toBe(because === undefined ? '4' : '1')
    const files = child(child(item, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments')
    const reference = textOf(all(files, 'AirSyncBase:Attachment')[0], 'AirSyncBase:FileReference')
    const { root } = await device.send(
      'ItemOperations',
      `<ItemOperations:ItemOperations><ItemOperations:Fetch><ItemOperations:Store>Mailbox</ItemOperations:Store><AirSyncBase:FileReference>${reference}</AirSyncBase:FileReference></ItemOperations:Fetch></ItemOperations:ItemOperations>`,
    )
    const fetch = child(child(root, 'ItemOperations:Response'), 'ItemOperations:Fetch')
    expect(textOf(fetch, 'ItemOperations:Status')).toBe(status)
    if (because) expect(stage.events().at(-1)?.decisions).toContain(because)
    device.version = '12.1'
    const old = await device.send(`GetAttachment&AttachmentName=${reference}`)
    expect(old.status).toBe(because === undefined ? 200 : 403)
  },
)

test('MaxEmailAgeFilter and MaxCalendarAgeFilter bound what Sync, Ping and GetItemEstimate know of', async () => {
  const { stage, device } = await withPolicy({ MaxEmailAgeFilter: 'OneDay', MaxCalendarAgeFilter: 'TwoWeeks' })
  await using _ = stage
  const free = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  for (const type of ['2', '8'] as const) {
    const bounds = (items: readonly WbxmlElement[], name: string) =>
      items.map((each) => dataOf(each, name) ?? '').sort()
    const name = type === '2' ? 'Email:DateReceived' : 'Calendar:StartTime'
    const kept = bounds(await device.syncAll(device.folder(type)), name)
    const asked = await device.syncAll(
      device.folder(type),
      `<AirSync:Options><AirSync:FilterType>${type === '2' ? 1 : 4}</AirSync:FilterType></AirSync:Options>`,
    )
    expect(kept).toEqual(bounds(asked, name))
  }
  const inbox = device.folder('2')
  const everything = await free.syncAll(free.folder('2'))
  expect(everything.length).toBeGreaterThan(0)
  const mail = (await device.syncAll(inbox)).map((each) => dataOf(each, 'Email:DateReceived') ?? '')
  for (const received of mail) expect(Date.parse(received)).toBeGreaterThanOrEqual(Date.parse('2026-03-01T00:00:00Z'))
  const { root } = await device.send(
    'GetItemEstimate',
    `<GetItemEstimate:GetItemEstimate><GetItemEstimate:Collections><GetItemEstimate:Collection><AirSync:SyncKey>${device.keys.get(inbox)}</AirSync:SyncKey><GetItemEstimate:CollectionId>${inbox}</GetItemEstimate:CollectionId></GetItemEstimate:Collection></GetItemEstimate:Collections></GetItemEstimate:GetItemEstimate>`,
  )
  const counted = child(child(root, 'GetItemEstimate:Response'), 'GetItemEstimate:Collection')
  expect(textOf(counted, 'GetItemEstimate:Estimate')).toBe('0')
})
