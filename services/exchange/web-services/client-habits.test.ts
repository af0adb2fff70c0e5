import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stage } from '../_stage.ts'
import { openOffice } from '../activesync/_device.ts'

/* What exchangelib and DavMail ask for, as they write it. */

const open = new AsyncDisposableStack()
let stage: Stage
beforeAll(async () => {
  stage = open.use(await openOffice())
})
afterAll(() => open.disposeAsync())

const namespaces =
  'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'

async function ask(body: string) {
  const { body: text } = await stage.app.inject({
    method: 'POST',
    url: '/EWS/Exchange.asmx',
    headers: {
      host: 'mail.contoso.com',
      authorization: `Basic ${Buffer.from('bob@contoso.com:right').toString('base64')}`,
      'content-type': 'text/xml; charset=utf-8',
    },
    payload: `<s:Envelope ${namespaces}><s:Body>${body}</s:Body></s:Envelope>`,
  })
  return { text, code: /<(?:m|e):ResponseCode[^>]*>(\w+)</.exec(text)?.[1] }
}

const idIn = (text: string, element = 'ItemId') => new RegExp(`<t:${element} Id="([^"]+)"`).exec(text)?.[1] ?? ''
const tag = (name: string, type = 'Integer') => `<t:ExtendedFieldURI PropertyTag="${name}" PropertyType="${type}"/>`
const keywords =
  '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="Keywords" PropertyType="StringArray"/>'
const isEqual = (path: string, value: string) =>
  `<m:Restriction><t:IsEqualTo>${path}<t:FieldURIOrConstant><t:Constant Value="${value}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`
const asked = (fields: string) =>
  `<t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${fields}</t:AdditionalProperties>`

/** With PidTagMessageFlags, which says whether it is a draft, and read. */
async function store(subject: string, flags: number, folder = 'inbox') {
  const mime = Buffer.from(`From: dave@contoso.com\r\nSubject: ${subject}\r\n\r\nhello\r\n`).toString('base64')
  const property = `<t:ExtendedProperty>${tag('0xe07')}<t:Value>${flags}</t:Value></t:ExtendedProperty>`
  const { text } = await ask(
    `<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId><t:DistinguishedFolderId Id="${folder}"/></m:SavedItemFolderId><m:Items><t:Message><t:MimeContent>${mime}</t:MimeContent>${property}</t:Message></m:Items></m:CreateItem>`,
  )
  return idIn(text)
}

function find(fields: string, more = '', folder = 'inbox') {
  return ask(
    `<m:FindItem Traversal="Shallow"><m:ItemShape>${asked(fields)}</m:ItemShape>${more}<m:ParentFolderIds><t:DistinguishedFolderId Id="${folder}"/></m:ParentFolderIds></m:FindItem>`,
  )
}

describe('restrictions', () => {
  test.each(['false', '0', 'False'])('unread is IsRead equal to %s', async (value) => {
    const unread = await store(`unread ${value}`, 0)
    const read = await store(`read ${value}`, 1)
    const { text } = await find('', isEqual('<t:FieldURI FieldURI="message:IsRead"/>', value))
    expect(text).toContain(unread)
    expect(text).not.toContain(read)
  })

  test('a folder by its name, and not the first one that is there', async () => {
    await ask(
      '<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>Projects</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>',
    )
    const named = (restriction: string) =>
      ask(
        `<m:FindFolder Traversal="Shallow"><m:FolderShape>${asked('<t:FieldURI FieldURI="folder:DisplayName"/>')}</m:FolderShape>${restriction}<m:ParentFolderIds><t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder>`,
      )
    const name = '<t:FieldURI FieldURI="folder:DisplayName"/>'
    const { text } = await named(isEqual(name, 'projects'))
    expect(text.match(/<t:DisplayName>[^<]*/g)).toEqual(['<t:DisplayName>Projects'])
    expect((await named(isEqual(name, 'Nothing'))).text).toContain('TotalItemsInView="0"')
    const calendars = await named(isEqual(tag('0x3613', 'String'), 'IPF.Appointment'))
    expect(calendars.text.match(/<t:DisplayName>[^<]*/g)).toEqual(['<t:DisplayName>Calendar'])
    const refused = await named(isEqual('<t:FieldURI FieldURI="folder:SearchParameters"/>', 'x'))
    expect(refused).toMatchObject({ code: 'ErrorInvalidRequest' })
  })
})

describe('properties of MAPI', () => {
  test('of messages, in the order of their article numbers', async () => {
    const ids = [await store('article 1', 1), await store('article 2', 9)]
    const order = `<m:SortOrder><t:FieldOrder Order="Ascending">${tag('0x0E23')}</t:FieldOrder></m:SortOrder>`
    const { text } = await find([tag('0xe23'), tag('0xe07'), tag('0x37', 'String'), tag('0x6656')].join(''), order)
    expect(text.indexOf(ids[0] ?? '')).toBeLessThan(text.indexOf(ids[1] ?? ''))
    const [first, second] = ids.map((id) => text.slice(text.indexOf(id)).split('</t:Message>')[0] ?? '')
    const value = (item: string | undefined, name: string) =>
      new RegExp(`PropertyTag="${name}"[^>]*/?>(?:</t:ExtendedFieldURI>)?<t:Value>([^<]*)`).exec(item ?? '')?.[1]
    expect(Number(value(second, '0xe23'))).toBeGreaterThan(Number(value(first, '0xe23')))
    expect([value(first, '0xe07'), value(second, '0xe07')]).toEqual(['1', '9'])
    expect(value(first, '0x37')).toBe('article 1')
    expect(text).not.toContain('0x6656')
  })

  test('flag, categories and last verb are set; what nobody keeps is refused', async () => {
    const id = await store('to change', 1)
    const change = (path: string, value: string) =>
      ask(
        `<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite"><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"/><t:Updates><t:SetItemField>${path}<t:Message><t:ExtendedProperty>${path}${value}</t:ExtendedProperty></t:Message></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
      )
    expect((await change(tag('0x1090'), '<t:Value>2</t:Value>')).code).toBe('NoError')
    expect((await change(tag('0x1081'), '<t:Value>104</t:Value>')).code).toBe('NoError')
    expect((await change(keywords, '<t:Values><t:Value>Blue</t:Value></t:Values>')).code).toBe('NoError')
    expect((await change(tag('0xe08'), '<t:Value>1</t:Value>')).code).toBe('ErrorInvalidPropertySet')
    const fields = `<t:FieldURI FieldURI="item:Flag"/>${keywords}${tag('0x1081')}${tag('0x1090')}`
    const { text } = await ask(
      `<m:GetItem><m:ItemShape>${asked(fields)}</m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
    )
    expect(text).toContain('<t:FlagStatus>Flagged</t:FlagStatus>')
    expect(text).toContain('<t:Values><t:Value>Blue</t:Value></t:Values>')
    expect(text).toContain('<t:Value>104</t:Value>')
    expect(text).toContain('<t:Value>2</t:Value>')
  })

  test('of folders: counts, class and the next article number', async () => {
    const fields = ['0x3602', '0x3603', '0x6751'].map((name) => tag(name)).join('') + tag('0x3613', 'String')
    const { text } = await ask(
      `<m:GetFolder><m:FolderShape>${asked(fields)}</m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder>`,
    )
    const [, unread] = /<t:UnreadCount>(\d+)/.exec(text) ?? []
    expect(text).toMatch(new RegExp(`0x3603[^>]*/?>(</t:ExtendedFieldURI>)?<t:Value>${unread}<`))
    expect(text).toContain('<t:Value>IPF.Note</t:Value>')
  })
})

test('an entry of a list is asked for by its key, and contacts have a name to show', async () => {
  await ask(
    '<m:CreateItem><m:Items><t:Contact><t:GivenName>Ada</t:GivenName><t:EmailAddresses><t:Entry Key="EmailAddress1">ada@example.com</t:Entry></t:EmailAddresses><t:Surname>Okafor</t:Surname></t:Contact></m:Items></m:CreateItem>',
  )
  const path = '<t:IndexedFieldURI FieldURI="contacts:EmailAddress" FieldIndex="EmailAddress1"/>'
  const { text } = await find(`${path}<t:FieldURI FieldURI="contacts:DisplayName"/>`, '', 'contacts')
  expect(text).toContain('<t:DisplayName>Ada Okafor</t:DisplayName>')
  expect(text).toContain('<t:Entry Key="EmailAddress1">ada@example.com</t:Entry>')
})

test('a contact that is saved whole stays as it was; what else it says is kept', async () => {
  const made = await ask(
    '<m:CreateItem><m:Items><t:Contact><t:GivenName>Grace</t:GivenName><t:Surname>Hop</t:Surname></t:Contact></m:Items></m:CreateItem>',
  )
  const [, id] = /<t:ItemId Id="([^"]+)"/.exec(made.text) ?? []
  const set = (uri: string, value: string) =>
    `<t:SetItemField><t:FieldURI FieldURI="${uri}"/><t:Contact><t:${uri.replace(/.*:/, '')}>${value}</t:${uri.replace(/.*:/, '')}></t:Contact></t:SetItemField>`
  const save = (updates: string) =>
    ask(
      `<m:UpdateItem ConflictResolution="AlwaysOverwrite"><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"/><t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
    )
  const unchanged = `${set('item:Sensitivity', 'Normal')}${set('item:ReminderIsSet', '0')}${set('item:ReminderMinutesBeforeStart', '0')}${set('contacts:PostalAddressIndex', 'None')}`
  expect((await save(`${unchanged}${set('contacts:JobTitle', 'Admiral')}`)).code).toBe('NoError')
  expect((await find('<t:FieldURI FieldURI="contacts:JobTitle"/>', '', 'contacts')).text).toContain('>Admiral<')
  expect((await save(`${set('item:Sensitivity', 'Private')}${set('item:ReminderIsSet', 'true')}`)).code).toBe('NoError')
  const { text } = await find('<t:FieldURI FieldURI="item:Sensitivity"/>', '', 'contacts')
  expect(text).toContain('<t:Sensitivity>Private<')
})

test('the text of a message beside its body', async () => {
  const id = await store('with text', 1)
  const { text } = await ask(
    `<m:GetItem><m:ItemShape>${asked('<t:FieldURI FieldURI="item:TextBody"/>')}</m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
  )
  expect(text).toMatch(/<t:TextBody BodyType="Text">hello/)
})

test('the address that a client guesses for an id is corrected', async () => {
  const id = await store('whose', 1)
  const { text } = await ask(
    `<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="EwsId" Id="${id}" Mailbox="blah@blah.com"/></m:SourceIds></m:ConvertId>`,
  )
  expect(text).toContain('Mailbox="bob@contoso.com"')
})

test('names are resolved with what the directory knows of the person', async () => {
  const { text } = await ask(
    '<m:ResolveNames ReturnFullContactData="true" SearchScope="ActiveDirectory"><m:UnresolvedEntry>dave</m:UnresolvedEntry></m:ResolveNames>',
  )
  expect(text).toContain('<t:Entry Key="EmailAddress1">SMTP:dave@contoso.com</t:Entry>')
  expect(text).toContain('<t:ContactSource>ActiveDirectory</t:ContactSource>')
})

describe('automatic replies', () => {
  const mailbox = (address: string) => `<t:Mailbox><t:Address>${address}</t:Address></t:Mailbox>`
  const get = (address = 'bob@contoso.com') =>
    ask(`<m:GetUserOofSettingsRequest>${mailbox(address)}</m:GetUserOofSettingsRequest>`)
  const set = (state: string, end: string) =>
    ask(
      `<m:SetUserOofSettingsRequest>${mailbox('bob@contoso.com')}<t:UserOofSettings><t:OofState>${state}</t:OofState><t:ExternalAudience>Known</t:ExternalAudience><t:Duration><t:StartTime>2026-05-01T08:00:00+02:00</t:StartTime><t:EndTime>${end}</t:EndTime></t:Duration><t:InternalReply><t:Message>&lt;p&gt;away&lt;/p&gt;</t:Message></t:InternalReply><t:ExternalReply><t:Message>gone</t:Message></t:ExternalReply></t:UserOofSettings></m:SetUserOofSettingsRequest>`,
    )

  test('are read, set and read again ([MS-OXWOOF] 3.1.4)', async () => {
    expect((await get()).text).toContain('<t:OofState>Disabled</t:OofState><t:ExternalAudience>None')
    const done = await set('Scheduled', '2026-05-04T08:00:00Z')
    expect([done.code, done.text.includes('SetUserOofSettingsResponse')]).toEqual(['NoError', true])
    const { text } = await get()
    expect(text).toContain('<t:OofState>Scheduled</t:OofState><t:ExternalAudience>Known</t:ExternalAudience>')
    expect(text).toContain('<t:StartTime>2026-05-01T06:00:00Z</t:StartTime><t:EndTime>2026-05-04T08:00:00Z')
    expect(text).toContain('<t:InternalReply><t:Message>&lt;p&gt;away&lt;/p&gt;</t:Message></t:InternalReply>')
    expect(text).toContain('<t:ExternalReply><t:Message>gone</t:Message></t:ExternalReply>')
  })

  test('that end before they start, and those of somebody else, are refused', async () => {
    expect((await set('Scheduled', '2026-04-04T08:00:00Z')).code).toBe('ErrorInvalidRequest')
    expect((await get('dave@contoso.com')).code).toBe('ErrorAccessDenied')
  })
})

test.each([
  ['subject:properties', 1],
  ['properties', 1],
  ['subject:"query properties" isread:false', 1],
  ['subject:properties isread:true', 0],
  ['from:dave subject:properties received>=2020-01-01', 1],
  ['from:carol subject:properties', 0],
  ['subject:properties received<2020-01-01', 0],
])('the query %s finds %i', async (query, count) => {
  const folder = `query ${query}`
  const { text: made } = await ask(
    `<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>${folder.replaceAll(/[<>"]/g, '')}</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`,
  )
  const id = idIn(made, 'FolderId')
  const mime = Buffer.from('From: dave@contoso.com\r\nSubject: Query properties\r\n\r\nhello\r\n').toString('base64')
  await ask(
    `<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId><t:FolderId Id="${id}"/></m:SavedItemFolderId><m:Items><t:Message><t:MimeContent>${mime}</t:MimeContent><t:IsRead>false</t:IsRead></t:Message></m:Items></m:CreateItem>`,
  )
  const { text } = await ask(
    `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds><t:FolderId Id="${id}"/></m:ParentFolderIds><m:QueryString>${query.replaceAll('<', '&lt;')}</m:QueryString></m:FindItem>`,
  )
  expect([...text.matchAll(/<t:ItemId /g)]).toHaveLength(count)
})

test.each(['Low', 'Normal', 'High'])('a draft of importance %s says so in its MIME too', async (importance) => {
  const { text } = await ask(
    `<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Subject>i</t:Subject><t:Importance>${importance}</t:Importance></t:Message></m:Items></m:CreateItem>`,
  )
  const shape = '<t:BaseShape>Default</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent>'
  const got = await ask(
    `<m:GetItem><m:ItemShape>${shape}</m:ItemShape><m:ItemIds><t:ItemId Id="${idIn(text)}"/></m:ItemIds></m:GetItem>`,
  )
  const mime = Buffer.from(/<t:MimeContent[^>]*>([^<]*)/.exec(got.text)?.[1] ?? '', 'base64').toString()
  expect(/^Importance: (\w+)/m.exec(mime)?.[1] ?? 'normal').toBe(importance.toLowerCase())
})
