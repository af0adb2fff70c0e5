import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stage } from '../_stage.ts'
import { openOffice } from '../activesync/_device.ts'
import { idsIn, Soap } from './_client.ts'
import { writeId } from './ids.ts'
import { operations } from './operations/registry.ts'

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
let ids: Ids
let others: Ids
beforeAll(async () => {
  stage = open.use(await openOffice())
  bob = new Soap(stage, 'bob')
  ids = await idsOf(bob)
  others = await idsOf(new Soap(stage, 'dave'))
})
afterAll(() => open.disposeAsync())

interface Ids {
  readonly item: string
  readonly folder: string
  readonly file: string
}

const draft = '<t:Message><t:Subject>Kept</t:Subject><t:Body BodyType="Text">b</t:Body></t:Message>'

async function idsOf(soap: Soap, called = 'Own'): Promise<Ids> {
  const item = idsIn((await soap.create(draft, 'MessageDisposition="SaveOnly"')).text)[0] ?? ''
  const name = `<t:Folder><t:DisplayName>${called}</t:DisplayName></t:Folder>`
  const made = await soap.ask(
    `<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderId><m:Folders>${name}</m:Folders></m:CreateFolder>`,
  )
  const file = '<t:FileAttachment><t:Name>a.txt</t:Name><t:Content>YQ==</t:Content></t:FileAttachment>'
  const added = await soap.ask(
    `<m:CreateAttachment><m:ParentItemId Id="${item}"/><m:Attachments>${file}</m:Attachments></m:CreateAttachment>`,
  )
  return {
    item,
    folder: idsIn(made.text, 'FolderId')[0] ?? '',
    file: idsIn(added.text, 'AttachmentId')[0] ?? '',
  }
}

const items = ({ item }: Ids) => `<m:ItemIds><t:ItemId Id="${item}"/></m:ItemIds>`
const folders = ({ folder }: Ids) => `<m:FolderIds><t:FolderId Id="${folder}"/></m:FolderIds>`
const files = ({ file }: Ids) => `<m:AttachmentIds><t:AttachmentId Id="${file}"/></m:AttachmentIds>`
const inside = (name: string, { folder }: Ids) => `<m:${name}><t:FolderId Id="${folder}"/></m:${name}>`
const shape = (of: string) => `<m:${of}Shape><t:BaseShape>AllProperties</t:BaseShape></m:${of}Shape>`
const window =
  '<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-03-01T00:00:00</t:StartTime><t:EndTime>2026-03-02T00:00:00</t:EndTime></t:TimeWindow></t:FreeBusyViewOptions>'
const rename = `<t:SetFolderField><t:FieldURI FieldURI="folder:DisplayName"/><t:Folder><t:DisplayName>New</t:DisplayName></t:Folder></t:SetFolderField>`
const retitle = `<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:Message><t:Subject>New</t:Subject></t:Message></t:SetItemField>`
const address = (of: string) => `<t:Mailbox><t:Address>${of}</t:Address></t:Mailbox>`

const principal = ({ item }: Ids) => `<m:Mailbox><t:EmailAddress>${item}</t:EmailAddress></m:Mailbox>`
const userId = ({ item }: Ids) => `<t:UserId><t:PrimarySmtpAddress>${item}</t:PrimarySmtpAddress></t:UserId>`
const delegateUsers = (on: Ids) => `<m:DelegateUsers><t:DelegateUser>${userId(on)}</t:DelegateUser></m:DelegateUsers>`

/** The attributes and the content of a request that is good when its ids are. */
type Request = (ids: Ids) => readonly [attributes: string, ...elements: readonly string[]]

const requests: Readonly<Record<string, Request>> = {
  GetFolder: (on) => ['', shape('Folder'), folders(on)],
  FindFolder: (on) => ['Traversal="Deep"', shape('Folder'), inside('ParentFolderIds', on)],
  FindItem: (on) => ['Traversal="Shallow"', shape('Item'), inside('ParentFolderIds', on)],
  GetItem: (on) => ['', shape('Item'), items(on)],
  CreateItem: (on) => ['MessageDisposition="SaveOnly"', inside('SavedItemFolderId', on), `<m:Items>${draft}</m:Items>`],
  SendItem: (on) => ['SaveItemToFolder="true"', items(on), inside('SavedItemFolderId', on)],
  UpdateItem: (on) => [
    'MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite"',
    `<m:ItemChanges><t:ItemChange><t:ItemId Id="${on.item}"/><t:Updates>${retitle}</t:Updates></t:ItemChange></m:ItemChanges>`,
  ],
  DeleteItem: (on) => ['DeleteType="HardDelete"', items(on)],
  MoveItem: (on) => ['', inside('ToFolderId', on), items(on)],
  CopyItem: (on) => ['', inside('ToFolderId', on), items(on)],
  SyncFolderHierarchy: (on) => ['', shape('Folder'), inside('SyncFolderId', on), '<m:SyncState>H4sI</m:SyncState>'],
  SyncFolderItems: (on) => [
    '',
    shape('Item'),
    inside('SyncFolderId', on),
    '<m:MaxChangesReturned>9</m:MaxChangesReturned>',
  ],
  ResolveNames: (on) => ['', inside('ParentFolderIds', on), '<m:UnresolvedEntry>\u{1f4a3}</m:UnresolvedEntry>'],
  ExpandDL: (on) => ['', principal(on)],
  GetAttachment: (on) => ['', files(on)],
  CreateAttachment: (on) => [
    '',
    `<m:ParentItemId Id="${on.item}"/>`,
    '<m:Attachments><t:FileAttachment><t:Name>b</t:Name><t:Content>Yg==</t:Content></t:FileAttachment></m:Attachments>',
  ],
  DeleteAttachment: (on) => ['', files(on)],
  CreateFolder: (on) => [
    '',
    inside('ParentFolderId', on),
    '<m:Folders><t:Folder><t:DisplayName>Below</t:DisplayName></t:Folder></m:Folders>',
  ],
  UpdateFolder: (on) => [
    '',
    `<m:FolderChanges><t:FolderChange><t:FolderId Id="${on.folder}"/><t:Updates>${rename}</t:Updates></t:FolderChange></m:FolderChanges>`,
  ],
  DeleteFolder: (on) => ['DeleteType="HardDelete"', folders(on)],
  MoveFolder: (on) => ['', inside('ToFolderId', on), folders(on)],
  CopyFolder: (on) => ['', inside('ToFolderId', on), folders(on)],
  EmptyFolder: (on) => ['DeleteType="HardDelete" DeleteSubFolders="true"', folders(on)],
  MarkAllItemsAsRead: (on) => [
    '',
    '<m:ReadFlag>true</m:ReadFlag>',
    '<m:SuppressReadReceipts>true</m:SuppressReadReceipts>',
    folders(on),
  ],
  ConvertId: (on) => [
    'DestinationFormat="OwaId"',
    `<m:SourceIds><t:AlternateId Format="EwsId" Id="${on.item}" Mailbox="x"/></m:SourceIds>`,
  ],
  GetServerTimeZones: () => ['', '<m:Ids><t:Id>No Such Zone</t:Id></m:Ids>'],
  GetUserAvailabilityRequest: (on) => [
    '',
    `<m:MailboxDataArray><t:MailboxData><t:Email><t:Address>${on.item}</t:Address></t:Email></t:MailboxData></m:MailboxDataArray>`,
    window,
  ],
  GetUserOofSettingsRequest: (on) => ['', address(on.item)],
  SetUserOofSettingsRequest: (on) => ['', address(on.item), '<t:UserOofSettings/>'],
  GetDelegate: (on) => ['IncludePermissions="true"', principal(on)],
  AddDelegate: (on) => ['', principal(on), delegateUsers(on)],
  UpdateDelegate: (on) => ['', principal(on), delegateUsers(on)],
  RemoveDelegate: (on) => ['', principal(on), `<m:UserIds>${userId(on)}</m:UserIds>`],
  GetRoomLists: () => [''],
  GetRooms: (on) => ['', `<m:RoomList><t:EmailAddress>${on.item}</t:EmailAddress></m:RoomList>`],
  GetUserPhoto: (on) => ['', `<m:Email>${on.item}</m:Email>`, '<m:SizeRequested>HR48x48</m:SizeRequested>'],
  GetUserConfiguration: (on) => [
    '',
    `<m:UserConfigurationName Name="x"><t:FolderId Id="${on.folder}"/></m:UserConfigurationName>`,
    '<m:UserConfigurationProperties>All</m:UserConfigurationProperties>',
  ],
  Subscribe: (on) => [
    '',
    `<m:PullSubscriptionRequest>${folders(on).replaceAll('m:', 't:')}<t:EventTypes><t:EventType>NewMailEvent</t:EventType></t:EventTypes><t:Timeout>10</t:Timeout></m:PullSubscriptionRequest>`,
  ],
  Unsubscribe: (on) => ['', `<m:SubscriptionId>${on.item}</m:SubscriptionId>`],
  GetEvents: (on) => ['', `<m:SubscriptionId>${on.item}</m:SubscriptionId>`, `<m:Watermark>${on.item}</m:Watermark>`],
  GetStreamingEvents: (on) => [
    '',
    `<m:SubscriptionIds><t:SubscriptionId>${on.item}</t:SubscriptionId></m:SubscriptionIds>`,
    '<m:ConnectionTimeout>1</m:ConnectionTimeout>',
  ],
}

test('the table has every operation', () => {
  expect(Object.keys(requests).toSorted()).toEqual([...operations.keys(), 'GetStreamingEvents'].toSorted())
})

function written(name: string, attributes: string, ...elements: readonly string[]): string {
  return `<m:${name} ${attributes}>${elements.join('')}</m:${name}>`
}

/** Of another mailbox, of another kind, of nothing, or no ids at all. */
const hostile: Readonly<Record<string, () => Ids>> = {
  'of another mailbox': () => others,
  'of folders for items, and of items for folders': () => ({ item: ids.folder, folder: ids.item, file: ids.folder }),
  'of nothing': () => every((kind) => writeId(kind, crypto.randomUUID(), 'x')),
  'with NUL': () => every((kind) => writeId(kind, 'a\0b', 'a\0b')),
  'with bytes that are no UTF-8': () => every(() => Buffer.from([0, 3, 36, 105, 255, 254, 0]).toString('base64')),
  'with letters of SQL': () => every((kind) => writeId(kind, `' OR 1=1 --`)),
  'of occurrences of nothing': () => every(() => writeId('occurrence', crypto.randomUUID(), 'never')),
  'that are empty': () => every(() => ''),
  'that are no base64': () => every(() => '../../etc/passwd'),
  'of 100 000 letters': () => every(() => 'A'.repeat(100_000)),
}

function every(id: (kind: 'item' | 'folder' | 'attachment') => string): Ids {
  return { item: id('item'), folder: id('folder'), file: id('attachment') }
}

/** Those that look at no id. */
const innocent = ['ConvertId', 'GetRoomLists', 'GetServerTimeZones', 'SyncFolderHierarchy', 'ResolveNames']
const refused =
  /^Error(InvalidIdMalformed|ItemNotFound|FolderNotFound|AttachmentNotFound|AccessDenied|NonExistentMailbox)$/
const otherwise =
  /^Error(SchemaValidation|NameResolutionNoResults|InvalidSubscription|SubscriptionNotFound|InvalidWatermark)$/

describe.each(Object.keys(requests))('%s', (name) => {
  const request = requests[name] as Request

  test.each(Object.keys(hostile))('refuses ids %s', async (kind) => {
    const answer = await bob.ask(written(name, ...request(hostile[kind]?.() ?? ids)))
    expect(answer.text).toMatch(/ResponseCode|MessageXml/)
    if (answer.status !== 200) expect(answer.text).toContain('<s:Fault>')
    if (!innocent.includes(name))
      for (const code of answer.codes) expect(refused.test(code) || otherwise.test(code) ? '' : code, kind).toBe('')
  })

  test('refuses elements that are unknown, missing or in another order', async () => {
    const [attributes, ...elements] = request(ids)
    const wrong = [
      [...elements, '<m:Nonsense/>'],
      ['<x xmlns="urn:x"/>', ...elements],
    ]
    if (elements.length > 0 && name !== 'GetServerTimeZones') wrong.push([])
    if (elements.length > 1) wrong.push(elements.toReversed())
    for (const each of wrong) {
      const { status, code } = await bob.ask(written(name, attributes, ...each))
      expect([status, code], each.join('')).toEqual([500, 'ErrorSchemaValidation'])
    }
  })

  test('goes no deeper than the schema does', async () => {
    const [attributes] = request(ids)
    const { status, code } = await bob.ask(written(name, attributes, '<m:a>'.repeat(70), '</m:a>'.repeat(70)))
    expect([status, code]).toEqual([500, 'ErrorSchemaValidation'])
  })
})

const envelope = (body: string) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><s:Body>${body}</s:Body></s:Envelope>`

test.each([
  ['is cut off', envelope('<m:GetRoomLists/>').slice(0, -4), 'ErrorSchemaValidation'],
  ['has a document type', `<!DOCTYPE s:Envelope>${envelope('<m:GetRoomLists/>')}`, 'ErrorSchemaValidation'],
  [
    'reads a file',
    `<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>${envelope('<m:GetUserPhoto>&f;</m:GetUserPhoto>')}`,
    'ErrorSchemaValidation',
  ],
  ['names an entity of nobody', envelope('<m:GetUserPhoto>&f;</m:GetUserPhoto>'), 'ErrorSchemaValidation'],
  ['has a NUL', envelope('<m:GetRoomLists>\0</m:GetRoomLists>'), 'ErrorSchemaValidation'],
  ['has 60 000 elements', envelope(`<m:GetItem>${'<m:a/>'.repeat(60_000)}</m:GetItem>`), 'ErrorSchemaValidation'],
  ['asks for an operation of nobody', envelope('<m:FormatDisk/>'), 'ErrorInvalidOperation'],
  ['asks for a member of objects', envelope('<m:constructor/>'), 'ErrorInvalidOperation'],
  ['has no operation', envelope(''), 'ErrorSchemaValidation'],
  ['is empty', '', 'ErrorSchemaValidation'],
])('an envelope that %s is a SOAP fault', async (_what, payload, expected) => {
  const { status, code, text } = await bob.post(payload)
  expect([status, code]).toEqual([500, expected])
  expect(text).not.toContain('root:')
})

test('a body of more than 35 MB is not read', async () => {
  const { status } = await bob.post(envelope(`<m:GetUserPhoto>${'A'.repeat(36 * 1024 * 1024)}</m:GetUserPhoto>`))
  expect(status).toBe(413)
})

test('an element of a million letters is kept as it is', async () => {
  const subject = 'A'.repeat(1_000_000)
  const made = await bob.create(draft.replace('>b<', `>${subject}<`), 'MessageDisposition="SaveOnly"')
  expect((await bob.get(idsIn(made.text)[0] ?? '')).text).toContain(subject)
})

describe('one bad item', () => {
  const bad = { item: 'bad', folder: 'bad', file: 'bad' }
  const lists =
    /(<m:(?:ItemIds|FolderIds|ParentFolderIds|AttachmentIds|ItemChanges|FolderChanges|SourceIds)>)(.*?)(<\/m:)/
  const batched = Object.keys(requests).filter((name) => lists.test(requests[name]?.(bad).join('') ?? ''))
  const plain = batched.filter((name) => name !== 'ResolveNames' && !name.endsWith('Streams'))

  test.each(plain)('does not sink the batch of %s', async (name) => {
    const fresh = await idsOf(bob, crypto.randomUUID())
    const good = { ...fresh, folder: /^(Move|Copy)Item$|^SendItem$/.test(name) ? ids.folder : fresh.folder }
    const one = (on: Ids) => lists.exec(requests[name]?.(on).join('') ?? '')?.[2] ?? ''
    const [attributes, ...elements] = requests[name]?.(good) ?? ['']
    const target = name.endsWith('Folder') ? 'archive' : 'inbox'
    const body = elements
      .map((each) => each.replace(lists, `$1${one(bad)}${one(good)}${one(bad)}$3`))
      .map((each) => each.replace(/(<m:ToFolderId>).*(<\/m:)/, `$1<t:DistinguishedFolderId Id="${target}"/>$2`))
    const { status, codes } = await bob.ask(written(name, attributes, ...body))
    const wrong = 'ErrorInvalidIdMalformed'
    const middle = name === 'SendItem' ? 'ErrorInvalidRecipients' : 'NoError'
    expect([status, ...codes]).toEqual([200, wrong, middle, wrong])
  })
})

test('a stale change key is an irresolvable conflict, for changes that ask and for sending', async () => {
  const { item } = await idsOf(bob, 'Stale')
  const key = /<t:ItemId Id="[^"]+" ChangeKey="([^"]+)"/.exec((await bob.get(item)).text)?.[1]
  await bob.update(item, retitle)
  const stale = `<t:ItemId Id="${item}" ChangeKey="${key}"/>`
  const change = (resolution: string) =>
    bob.ask(
      `<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="${resolution}"><m:ItemChanges><t:ItemChange>${stale}<t:Updates>${retitle}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
    )
  expect((await change('NeverOverwrite')).code).toBe('ErrorIrresolvableConflict')
  expect((await change('AlwaysOverwrite')).code).toBe('NoError')
  const send = `<m:SendItem SaveItemToFolder="false"><m:ItemIds>${stale}</m:ItemIds></m:SendItem>`
  expect((await bob.ask(send)).code).toBe('ErrorIrresolvableConflict')
})

test('after all of that, what was there is there', async () => {
  expect((await bob.get(ids.item)).code).toBe('NoError')
  expect((await new Soap(stage, 'dave').get(others.item)).code).toBe('NoError')
})
