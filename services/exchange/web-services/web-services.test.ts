import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stage } from '../_stage.ts'
import { openOffice } from '../activesync/_device.ts'

const open = new AsyncDisposableStack()
let stage: Stage
beforeAll(async () => {
  stage = open.use(await openOffice())
})
afterAll(() => open.disposeAsync())

const namespaces =
  'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'

async function post(payload: string, person = 'bob@contoso.com') {
  const authorization = `Basic ${Buffer.from(`${person}:right`).toString('base64')}`
  return stage.app.inject({
    method: 'POST',
    url: '/EWS/Exchange.asmx',
    headers: { host: 'mail.contoso.com', authorization, 'content-type': 'text/xml; charset=utf-8' },
    payload,
  })
}

async function ask(body: string, person?: string, header = '') {
  const { statusCode, body: text } = await post(
    `<soap:Envelope ${namespaces}><soap:Header>${header}</soap:Header><soap:Body>${body}</soap:Body></soap:Envelope>`,
    person,
  )
  return { status: statusCode, text, code: /<(?:m|e):ResponseCode[^>]*>(\w+)</.exec(text)?.[1] }
}

const inbox = '<t:DistinguishedFolderId Id="inbox"/>'
const drafts = '<t:DistinguishedFolderId Id="drafts"/>'
const idIn = (text: string, element = 'ItemId') => new RegExp(`<t:${element} Id="([^"]+)"`).exec(text)?.[1] ?? ''
const itemIds = (id: string) => `<m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds>`

function shape(base = 'Default', more = '') {
  return `<m:ItemShape><t:BaseShape>${base}</t:BaseShape>${more}</m:ItemShape>`
}

function message(subject: string, to = 'dave@contoso.com') {
  return `<m:Items><t:Message><t:Subject>${subject}</t:Subject><t:Body BodyType="Text">b &lt;1</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>${to}</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message></m:Items>`
}

function find(folder = inbox, more = '') {
  return ask(
    `<m:FindItem Traversal="Shallow">${shape()}<m:IndexedPageItemView MaxEntriesReturned="50" Offset="0" BasePoint="Beginning"/>${more}<m:ParentFolderIds>${folder}</m:ParentFolderIds></m:FindItem>`,
  )
}

test('folders by name, by id and below the root, with the version of the server', async () => {
  const got = await ask(
    `<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>${inbox}</m:FolderIds></m:GetFolder>`,
  )
  expect([got.status, got.code]).toEqual([200, 'NoError'])
  expect(got.text).toContain('<t:DisplayName>Inbox</t:DisplayName>')
  expect(got.text).toMatch(/ServerVersionInfo MajorVersion="15" MinorVersion="2"/)
  const below = await ask(
    '<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:ParentFolderIds><t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder>',
  )
  expect(below.text).toContain(idIn(got.text, 'FolderId'))
})

test('a draft is made, changed, sent, and found in Sent Items', async () => {
  const made = await ask(`<m:CreateItem MessageDisposition="SaveOnly">${message('Before')}</m:CreateItem>`)
  expect(made.code).toBe('NoError')
  const id = idIn(made.text)
  const set = (uri: string, element: string) =>
    `<t:SetItemField><t:FieldURI FieldURI="${uri}"/><t:Message>${element}</t:Message></t:SetItemField>`
  const updates = `${set('item:Subject', '<t:Subject>After</t:Subject>')}${set('item:Body', '<t:Body BodyType="HTML">&lt;p&gt;hi&lt;/p&gt;</t:Body>')}`
  const changed = await ask(
    `<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AutoResolve"><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"/><t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
  )
  expect(changed.code).toBe('NoError')
  const read = await ask(
    `<m:GetItem>${shape('AllProperties', '<t:IncludeMimeContent>true</t:IncludeMimeContent>')}${itemIds(id)}</m:GetItem>`,
  )
  expect(read.text).toContain('<t:Subject>After</t:Subject>')
  expect(read.text).toContain('dave@contoso.com')
  const mime = Buffer.from(/<t:MimeContent[^>]*>([^<]+)/.exec(read.text)?.[1] ?? '', 'base64').toString()
  expect(mime).toContain('Subject: After')
  const sent = await ask(`<m:SendItem SaveItemToFolder="true">${itemIds(id)}</m:SendItem>`)
  expect(sent.code).toBe('NoError')
  expect((await find(drafts)).text).not.toContain('After')
  expect((await find('<t:DistinguishedFolderId Id="sentitems"/>')).text).toContain('After')
})

test('a synchronization learns new, read, moved and deleted items once; a state of somebody else is refused', async () => {
  const sync = (state?: string, person?: string) =>
    ask(
      `<m:SyncFolderItems>${shape('IdOnly')}<m:SyncFolderId>${drafts}</m:SyncFolderId>${state ? `<m:SyncState>${state}</m:SyncState>` : ''}<m:MaxChangesReturned>512</m:MaxChangesReturned></m:SyncFolderItems>`,
      person,
    )
  const stateIn = (text: string) => /<m:SyncState>([^<]+)/.exec(text)?.[1] ?? ''
  const first = stateIn((await sync()).text)
  const id = idIn((await ask(`<m:CreateItem MessageDisposition="SaveOnly">${message('Synced')}</m:CreateItem>`)).text)
  const added = await sync(first)
  expect(added.text).toMatch(/<t:Create><t:Message><t:ItemId/)
  const unread = `<t:SetItemField><t:FieldURI FieldURI="message:IsRead"/><t:Message><t:IsRead>false</t:IsRead></t:Message></t:SetItemField>`
  await ask(
    `<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AutoResolve"><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"/><t:Updates>${unread}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
  )
  const flagged = await sync(stateIn(added.text))
  expect(flagged.text).toMatch(/<t:ReadFlagChange><t:ItemId [^>]+\/?>(<\/t:ItemId>)?<t:IsRead>false/)
  await ask(`<m:DeleteItem DeleteType="HardDelete">${itemIds(id)}</m:DeleteItem>`)
  const gone = await sync(stateIn(flagged.text))
  expect(gone.text).toMatch(/<t:Delete><t:ItemId/)
  expect((await sync(stateIn(gone.text))).text).not.toContain('<t:ItemId')
  expect((await sync(first, 'dave@contoso.com')).code).toBe('ErrorInvalidSyncStateData')
  expect((await sync('H4sIbroken')).code).toBe('ErrorInvalidSyncStateData')
})

test('appointments, contacts and tasks are made and read', async () => {
  const create = (items: string) =>
    ask(`<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items>${items}</m:Items></m:CreateItem>`)
  const read = async (made: string) => (await ask(`<m:GetItem>${shape()}${itemIds(idIn(made))}</m:GetItem>`)).text
  const lunch = await create(
    '<t:CalendarItem><t:Subject>Lunch</t:Subject><t:Start>2026-03-05T12:00:00Z</t:Start><t:End>2026-03-05T13:00:00Z</t:End><t:Location>Canteen</t:Location></t:CalendarItem>',
  )
  expect(await read(lunch.text)).toContain('<t:Start>2026-03-05T12:00:00Z</t:Start>')
  const view = '<m:CalendarView StartDate="2026-03-05T00:00:00Z" EndDate="2026-03-06T00:00:00Z"/>'
  const calendar = `<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds>`
  const found = await ask(`<m:FindItem Traversal="Shallow">${shape()}${view}${calendar}</m:FindItem>`)
  expect(found.text).toContain('Canteen')
  const contact = await create(
    '<t:Contact><t:GivenName>Ada</t:GivenName><t:EmailAddresses><t:Entry Key="EmailAddress1">ada@example.com</t:Entry></t:EmailAddresses></t:Contact>',
  )
  expect(await read(contact.text)).toMatch(/<t:GivenName>Ada<.*<t:Entry Key="EmailAddress1">ada@example.com</)
  const task = await create('<t:Task><t:Subject>Do</t:Subject><t:DueDate>2026-03-09T00:00:00Z</t:DueDate></t:Task>')
  expect(await read(task.text)).toContain('<t:DueDate>2026-03-09T00:00:00Z</t:DueDate>')
})

test("nothing of another's mailbox is there, and what is moved or copied has a new id", async () => {
  const id = idIn((await ask(`<m:CreateItem MessageDisposition="SaveOnly">${message('Mine')}</m:CreateItem>`)).text)
  const get = `<m:GetItem>${shape()}${itemIds(id)}</m:GetItem>`
  expect((await ask(get, 'dave@contoso.com')).code).toBe('ErrorItemNotFound')
  const others = `<t:DistinguishedFolderId Id="inbox"><t:Mailbox><t:EmailAddress>dave@contoso.com</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`
  expect((await find(others)).code).toBe('ErrorAccessDenied')
  const moved = await ask(`<m:MoveItem><m:ToFolderId>${inbox}</m:ToFolderId>${itemIds(id)}</m:MoveItem>`)
  expect(idIn(moved.text)).not.toBe(id)
  expect((await ask(get)).code).toBe('ErrorItemNotFound')
  const restriction = `<m:Restriction><t:Contains ContainmentMode="Substring" ContainmentComparison="IgnoreCase"><t:FieldURI FieldURI="item:Subject"/><t:Constant Value="mine"/></t:Contains></m:Restriction>`
  expect((await find(inbox, restriction)).text).toContain('TotalItemsInView="1"')
  const sid =
    '<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>dave@contoso.com</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>'
  const denied = await ask(get, undefined, sid)
  expect([denied.status, denied.code]).toEqual([500, 'ErrorImpersonateUserDenied'])
})

test.each([
  ['no XML', 'hello', 'ErrorSchemaValidation'],
  ['an entity bomb', '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', 'ErrorSchemaValidation'],
  ['depth', '<a>'.repeat(5000), 'ErrorSchemaValidation'],
  ['an empty body', `<soap:Envelope ${namespaces}><soap:Body/></soap:Envelope>`, 'ErrorSchemaValidation'],
  [
    'an operation that is a gap',
    `<soap:Envelope ${namespaces}><soap:Body><m:GetInboxRules/></soap:Body></soap:Envelope>`,
    'ErrorInvalidOperation',
  ],
])('%s is a SOAP fault', async (_what, payload, code) => {
  const { statusCode, body } = await post(payload)
  expect(statusCode).toBe(500)
  expect(body).toContain(`<faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">a:${code}<`)
})

test('a malformed id is refused for itself', async () => {
  const answer = await ask(`<m:GetItem>${shape()}${itemIds('nonsense')}</m:GetItem>`)
  expect([answer.status, answer.code]).toEqual([200, 'ErrorInvalidIdMalformed'])
})

test('folders are made, renamed, moved and deleted; those of the mailbox stay', async () => {
  const root = '<t:DistinguishedFolderId Id="msgfolderroot"/>'
  const made = await ask(
    `<m:CreateFolder><m:ParentFolderId>${inbox}</m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>One</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`,
  )
  const folder = `<t:FolderId Id="${idIn(made.text, 'FolderId')}"/>`
  const renamed = await ask(
    `<m:UpdateFolder><m:FolderChanges><t:FolderChange>${folder}<t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:DisplayName"/><t:Folder><t:DisplayName>Two</t:DisplayName></t:Folder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`,
  )
  expect(renamed.code).toBe('NoError')
  const ids = (id: string) => `<m:FolderIds>${id}</m:FolderIds>`
  expect((await ask(`<m:MoveFolder><m:ToFolderId>${root}</m:ToFolderId>${ids(folder)}</m:MoveFolder>`)).code).toBe(
    'NoError',
  )
  const shown = `<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>${ids(folder)}</m:GetFolder>`
  expect((await ask(shown)).text).toContain('<t:DisplayName>Two</t:DisplayName>')
  const drop = (id: string) => ask(`<m:DeleteFolder DeleteType="HardDelete">${ids(id)}</m:DeleteFolder>`)
  expect((await drop(folder)).code).toBe('NoError')
  expect((await ask(shown)).code).toBe('ErrorFolderNotFound')
  expect((await drop(inbox)).code).toBe('ErrorDeleteDistinguishedFolder')
})

test('attachments of an appointment are added, read and taken away', async () => {
  const made = await ask(
    '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Subject>A</t:Subject></t:CalendarItem></m:Items></m:CreateItem>',
  )
  const content = Buffer.from('hello').toString('base64')
  const added = await ask(
    `<m:CreateAttachment><m:ParentItemId Id="${idIn(made.text)}"/><m:Attachments><t:FileAttachment><t:Name>a.txt</t:Name><t:Content>${content}</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>`,
  )
  const ids = `<m:AttachmentIds><t:AttachmentId Id="${idIn(added.text, 'AttachmentId')}"/></m:AttachmentIds>`
  const get = `<m:GetAttachment>${ids}</m:GetAttachment>`
  expect((await ask(get)).text).toContain(`<t:Content>${content}</t:Content>`)
  expect((await ask(get, 'dave@contoso.com')).code).toBe('ErrorAttachmentNotFound')
  expect((await ask(`<m:DeleteAttachment>${ids}</m:DeleteAttachment>`)).code).toBe('NoError')
  expect((await ask(get)).code).toBe('ErrorAttachmentNotFound')
})

test('names are resolved from the address book', async () => {
  const resolve = (entry: string) =>
    ask(
      `<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>${entry}</m:UnresolvedEntry></m:ResolveNames>`,
    )
  expect((await resolve('dave@contoso.com')).text).toContain('<t:EmailAddress>dave@contoso.com</t:EmailAddress>')
  expect((await resolve('nobody@nowhere')).code).toBe('ErrorNameResolutionNoResults')
})

test('ids are spelled in other formats and back; what is no id is refused', async () => {
  const found = await find()
  const id = idIn(found.text)
  const convert = (from: string, value: string, to: string) =>
    ask(
      `<m:ConvertId DestinationFormat="${to}"><m:SourceIds><t:AlternateId Format="${from}" Id="${value}" Mailbox="bob@contoso.com"/></m:SourceIds></m:ConvertId>`,
    )
  const hex = /Id="([0-9A-F]+)"/.exec((await convert('EwsId', id, 'HexEntryId')).text)?.[1] ?? ''
  expect(hex.length).toBeGreaterThan(20)
  expect((await convert('HexEntryId', hex, 'EwsId')).text).toContain(`Id="${id}"`)
  expect((await convert('EwsId', 'AAMk', 'OwaId')).code).toBe('ErrorInvalidIdMalformed')
  expect((await convert('EwsId', id, 'Nonsense')).status).toBe(500)
})

test('free and busy times of people, without what they do, and the one time zone', async () => {
  const appointment =
    '<m:Items><t:CalendarItem><t:Subject>Secret plan</t:Subject><t:Start>2026-03-03T09:00:00Z</t:Start><t:End>2026-03-03T10:30:00Z</t:End><t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus></t:CalendarItem></m:Items>'
  expect((await ask(`<m:CreateItem SendMeetingInvitations="SendToNone">${appointment}</m:CreateItem>`)).code).toBe(
    'NoError',
  )
  const busy = (address: string, until = '2026-03-04T00:00:00') =>
    ask(
      `<m:GetUserAvailabilityRequest><m:MailboxDataArray><t:MailboxData><t:Email><t:Address>${address}</t:Address></t:Email></t:MailboxData></m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-03-03T00:00:00</t:StartTime><t:EndTime>${until}</t:EndTime></t:TimeWindow></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>`,
      'dave@contoso.com',
    )
  const { text } = await busy('bob@contoso.com')
  expect(text).toContain(
    '<t:StartTime>2026-03-03T09:00:00</t:StartTime><t:EndTime>2026-03-03T10:30:00</t:EndTime><t:BusyType>OOF</t:BusyType>',
  )
  expect(text).not.toContain('Secret')
  expect((await busy('nobody@contoso.com')).code).toBe('ErrorNonExistentMailbox')
  expect((await busy('bob@contoso.com', '2026-02-01T00:00:00')).code).toBe('ErrorInvalidRequest')
  expect((await ask('<m:GetServerTimeZones ReturnFullTimeZoneData="true"/>')).text).toContain(
    'TimeZoneDefinition Id="UTC"',
  )
})
