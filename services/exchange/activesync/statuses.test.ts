import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { added, changed, Device, openOffice, ping, removed } from './_device.ts'
import { type Targets, targetsOf } from './_requests.ts'

/*
 * What each command answers when something is wrong, by the tables of [MS-ASCMD] 2.2.2 and 2.2.3.177: every Status of
 * the answer in the order in which they stand there. What needs another world (wipes, blocks, quotas) has its own test.
 */
const open = new AsyncDisposableStack()
let device: Device
let targets: Targets

beforeAll(async () => {
  const stage = open.use(await openOffice())
  device = new Device(stage)
  device.version = '16.1'
  await device.connect()
  targets = await targetsOf(device)
  for (const type of ['3', '8', '10'] as const) await device.syncAll(device.folder(type))
})
afterAll(() => open.disposeAsync())

function statuses({ name, value, children }: WbxmlElement): readonly string[] {
  if (name.endsWith(':Status')) return [String(value)]
  return children.flatMap(statuses)
}

interface Row {
  readonly what: string
  readonly command: string
  readonly body: () => string | Buffer | undefined
  readonly status: string
  readonly version?: string
  readonly headers?: Record<string, string>
}

const tag = (name: string, value: string) => `<${name}>${value}</${name}>`
const inside = (page: string, command: string, inner: string) => `<${page}:${command}>${inner}</${page}:${command}>`

function rows(
  command: string,
  list: readonly (readonly [what: string, body: Row['body'], status: string, version?: string])[],
) {
  return list.map(
    ([what, body, status, version]): Row => ({ command, what, body, status, ...(version && { version }) }),
  )
}

const folders =
  (command: string, inner: () => string, key = () => device.keys.get('folders') ?? '') =>
  () =>
    inside('FolderHierarchy', command, `${tag('FolderHierarchy:SyncKey', key())}${inner()}`)
const id = (serverId: string) => tag('FolderHierarchy:ServerId', serverId)
const place = (name: string, parent = '0') =>
  `${tag('FolderHierarchy:ParentId', parent)}${tag('FolderHierarchy:DisplayName', name)}`
const type = (number: number) => tag('FolderHierarchy:Type', String(number))

const folderRows = [
  ...rows('FolderSync', [
    [
      'an unknown key',
      folders(
        'FolderSync',
        () => '',
        () => '77',
      ),
      '9',
    ],
    ['no key', () => '<FolderHierarchy:FolderSync/>', '10'],
  ]),
  ...rows('FolderCreate', [
    ['a name that is taken', folders('FolderCreate', () => place('Inbox') + type(12)), '2'],
    ['a parent that is not there', folders('FolderCreate', () => place('New', 'nowhere') + type(12)), '5'],
    [
      'an unknown key',
      folders(
        'FolderCreate',
        () => place('New') + type(12),
        () => '77',
      ),
      '9',
    ],
    ['no key', () => inside('FolderHierarchy', 'FolderCreate', place('New') + type(12)), '10'],
    ['the type of the Inbox', folders('FolderCreate', () => place('New') + type(2)), '10'],
    ['the type of the recipient cache', folders('FolderCreate', () => place('New') + type(19)), '10'],
    ['a name of 257 characters', folders('FolderCreate', () => place('n'.repeat(257)) + type(12)), '10'],
    ['no name', folders('FolderCreate', () => tag('FolderHierarchy:ParentId', '0') + type(12)), '10'],
  ]),
  ...rows('FolderUpdate', [
    ['a name that is taken', folders('FolderUpdate', () => id(targets.folder) + place('Inbox')), '2'],
    ['a folder of the mailbox itself', folders('FolderUpdate', () => id(targets.inbox) + place('Mine')), '2'],
    ['a folder that is not there', folders('FolderUpdate', () => id('nowhere') + place('New')), '4'],
    ['a parent that is not there', folders('FolderUpdate', () => id(targets.folder) + place('Own', 'nowhere')), '5'],
    ['itself as parent', folders('FolderUpdate', () => id(targets.folder) + place('Own', targets.folder)), '5'],
    [
      'an unknown key',
      folders(
        'FolderUpdate',
        () => id(targets.folder) + place('New'),
        () => '77',
      ),
      '9',
    ],
    ['no parent', folders('FolderUpdate', () => id(targets.folder) + tag('FolderHierarchy:DisplayName', 'New')), '10'],
  ]),
  ...rows('FolderDelete', [
    ['a folder of the mailbox itself', folders('FolderDelete', () => id(targets.inbox)), '3'],
    ['a folder that is not there', folders('FolderDelete', () => id('nowhere')), '4'],
    [
      'an unknown key',
      folders(
        'FolderDelete',
        () => id(targets.folder),
        () => '77',
      ),
      '9',
    ],
    ['no folder', folders('FolderDelete', () => ''), '10'],
  ]),
]

const sync =
  (inner: string, folder: () => string = () => targets.contacts, outer = '') =>
  () =>
    device.syncBody(folder(), inner, undefined, outer)
const options = (inner: string) => tag('AirSync:Options', inner)
const preference = (inner: string) => tag('AirSyncBase:BodyPreference', inner)
const bodyType = (number: number) => tag('AirSyncBase:Type', String(number))
const inbox = () => targets.inbox

const syncRows = rows('Sync', [
  ['an unknown key', () => device.syncBody(targets.contacts, '', '77'), '3'],
  ['another collection’s key', () => device.syncBody(targets.contacts, '', device.keys.get(targets.bin)), '3'],
  ['GetChanges under key 0', () => device.syncBody(targets.contacts, '<AirSync:GetChanges/>', '0'), '4'],
  ['no collection', () => '<AirSync:Sync/>', '4'],
  [
    'Wait and HeartbeatInterval',
    sync('', undefined, '<AirSync:Wait>5</AirSync:Wait><AirSync:HeartbeatInterval>90</AirSync:HeartbeatInterval>'),
    '4',
  ],
  ['two preferences of a type', sync(options(preference(bodyType(1)) + preference(bodyType(1))), inbox), '4'],
  [
    'a preference out of order',
    sync(options(preference(tag('AirSyncBase:TruncationSize', '5') + bodyType(1))), inbox),
    '4',
  ],
  ['two Options of mail', sync(options('') + options(''), inbox), '4'],
  ['conversations of contacts', sync('<AirSync:ConversationMode/>'), '4'],
  ['mail by what is done', sync(options(tag('AirSync:FilterType', '8')), inbox), '4'],
  [
    'an Add without ClientId',
    sync('<AirSync:Commands><AirSync:Add><AirSync:ApplicationData/></AirSync:Add></AirSync:Commands>'),
    '1,4',
  ],
  ['an Add of mail', sync(added('m', '<Email:Subject>x</Email:Subject>'), inbox), '1,6'],
  ['a Change of what is not there', sync(changed('nothing', '<Contacts:FirstName>x</Contacts:FirstName>')), '1,8'],
  ['a Delete of what is not there', sync(removed('nothing')), '1,8'],
  [
    'a Fetch of what is not there',
    sync(
      '<AirSync:Commands><AirSync:Fetch><AirSync:ServerId>nothing</AirSync:ServerId></AirSync:Fetch></AirSync:Commands>',
    ),
    '1,8',
  ],
  ['a folder that is not there', sync('', () => 'nowhere'), '12'],
  ['a wait of no minute', sync('', undefined, '<AirSync:Wait>0</AirSync:Wait>'), '14'],
  ['a wait of an hour', sync('', undefined, '<AirSync:Wait>60</AirSync:Wait>'), '14'],
  ['an interval of 59 seconds', sync('', undefined, '<AirSync:HeartbeatInterval>59</AirSync:HeartbeatInterval>'), '14'],
  ['a filter of 9', sync(options(tag('AirSync:FilterType', '9')), inbox), '103'],
  ['a part of a conversation as text', sync(options(tag('AirSyncBase:BodyPartPreference', bodyType(1))), inbox), '164'],
  [
    'a draft to nobody',
    sync(
      '<AirSync:Commands><AirSync:Add><AirSync:ClientId>d</AirSync:ClientId><Email2:Send/><AirSync:ApplicationData><Email:Subject>x</Email:Subject></AirSync:ApplicationData></AirSync:Add></AirSync:Commands>',
      () => device.folder('3'),
    ),
    '1,183',
  ],
  [
    'a note of another class',
    sync(added('n', '<Notes:Subject>x</Notes:Subject><Notes:MessageClass>IPM.Note</Notes:MessageClass>'), () =>
      device.folder('10'),
    ),
    '1,6',
  ],
  [
    'an EndTime without a StartTime',
    sync(added('e', '<Calendar:EndTime>20260310T100000Z</Calendar:EndTime>'), () => device.folder('8')),
    '1,6',
  ],
  [
    'a new series whose exception names no occurrence',
    sync(
      added(
        's',
        '<Calendar:StartTime>20260310T100000Z</Calendar:StartTime><Calendar:EndTime>20260310T110000Z</Calendar:EndTime><Calendar:Recurrence><Calendar:Type>0</Calendar:Type></Calendar:Recurrence><Calendar:Exceptions><Calendar:Exception><Calendar:Subject>x</Calendar:Subject></Calendar:Exception></Calendar:Exceptions>',
      ),
      () => device.folder('8'),
    ),
    '1,184',
  ],
  [
    'a new series whose exception is of a day that it does not have',
    sync(
      added(
        's',
        '<Calendar:StartTime>20260310T100000Z</Calendar:StartTime><Calendar:EndTime>20260310T110000Z</Calendar:EndTime><Calendar:Recurrence><Calendar:Type>1</Calendar:Type><Calendar:DayOfWeek>4</Calendar:DayOfWeek></Calendar:Recurrence><Calendar:Exceptions><Calendar:Exception><AirSyncBase:InstanceId>20260311T100000Z</AirSyncBase:InstanceId><Calendar:Subject>x</Calendar:Subject></Calendar:Exception></Calendar:Exceptions>',
      ),
      () => device.folder('8'),
    ),
    '1,184',
  ],
])

const heartbeat = (seconds: number) => tag('Ping:HeartbeatInterval', String(seconds))
const pinged = (count: number) =>
  ping(
    Array.from({ length: count }, (_, index) => `f${index}`),
    600,
  )
const pingRows = rows('Ping', [
  ['only an interval, at first', () => inside('Ping', 'Ping', heartbeat(90)), '3'],
  ['an interval that is no number', () => ping([targets.inbox]).replace('600', 'long'), '4'],
  ['an interval of 59 seconds', () => ping([targets.inbox], 59), '5'],
  ['an interval of more than 59 minutes', () => ping([targets.inbox], 3541), '5'],
  ['201 folders', () => pinged(201), '6'],
  ['a folder that is not there', () => ping(['nowhere']), '7'],
  ['a folder without an id', () => ping(['']), '4'],
  ['a class that there is not', () => ping([targets.inbox]).replace('>Email<', '>Post<'), '4'],
])

const estimate =
  (key: () => string, collection: () => string, more = '') =>
  () =>
    inside(
      'GetItemEstimate',
      'GetItemEstimate',
      tag(
        'GetItemEstimate:Collections',
        tag(
          'GetItemEstimate:Collection',
          `${tag('AirSync:SyncKey', key())}${tag('GetItemEstimate:CollectionId', collection())}${more}`,
        ),
      ),
    )
const inboxKey = () => device.keys.get(targets.inbox) ?? ''
const many = (count: number, one: string) => one.repeat(count)
const estimateRows = rows('GetItemEstimate', [
  ['a folder that is not there', estimate(inboxKey, () => 'nowhere'), '2'],
  [
    'a folder that was never synchronized',
    estimate(
      () => '1',
      () => targets.folder,
    ),
    '3',
  ],
  ['key 0', estimate(() => '0', inbox), '3'],
  ['an unknown key', estimate(() => '77', inbox), '4'],
  ['a filter of 9', estimate(inboxKey, inbox, options(tag('AirSync:FilterType', '9'))), '103'],
  ['a filter that is no number', estimate(inboxKey, inbox, options(tag('AirSync:FilterType', 'all'))), '110'],
  [
    '1001 collections',
    () =>
      inside(
        'GetItemEstimate',
        'GetItemEstimate',
        tag('GetItemEstimate:Collections', many(1001, '<GetItemEstimate:Collection/>')),
      ),
    '103',
  ],
])

const operation = (inner: () => string) => () => inside('ItemOperations', 'ItemOperations', inner())
const fetch = (inner: string, store = 'Mailbox') =>
  tag('ItemOperations:Fetch', tag('ItemOperations:Store', store) + inner)
const operationRows = rows('ItemOperations', [
  ['nothing to do', operation(() => ''), '2'],
  ['an operation that there is not', operation(() => '<ItemOperations:Schema/>'), '2'],
  ['two files at once', operation(() => fetch(many(2, tag('AirSyncBase:FileReference', targets.file)))), '1,2'],
  [
    'preferences out of order',
    operation(() =>
      fetch(
        tag('Search:LongId', targets.items[0]) +
          tag('ItemOperations:Options', preference(tag('AirSyncBase:TruncationSize', '5') + bodyType(1))),
      ),
    ),
    '1,2',
  ],
  [
    'a document',
    operation(() => fetch('<DocumentLibrary:LinkId>\\\\a\\b</DocumentLibrary:LinkId>', 'DocumentLibrary')),
    '1,5',
  ],
  ['an item that is not there', operation(() => fetch(tag('Search:LongId', 'nothing'))), '1,6'],
  [
    'an item of another folder',
    operation(() => fetch(tag('AirSync:CollectionId', targets.bin) + tag('AirSync:ServerId', targets.items[0]))),
    '1,6',
  ],
  [
    'a range beyond the file',
    operation(() =>
      fetch(
        tag('AirSyncBase:FileReference', targets.file) +
          tag('ItemOperations:Options', tag('ItemOperations:Range', '9999999-10000000')),
      ),
    ),
    '1,8',
  ],
  [
    'a range that is none',
    operation(() =>
      fetch(
        tag('AirSyncBase:FileReference', targets.file) +
          tag('ItemOperations:Options', tag('ItemOperations:Range', '9-0')),
      ),
    ),
    '1,8',
  ],
  ['a store that is none', operation(() => fetch('', 'Attic')), '1,9'],
  ['101 operations', operation(() => many(101, fetch(''))), '11'],
  ['a file that is not there', operation(() => fetch(tag('AirSyncBase:FileReference', 'nothing'))), '1,15'],
  ['a file without a name', operation(() => fetch('<AirSyncBase:FileReference/>')), '1,15'],
  [
    'a folder to empty that is not there',
    operation(() => tag('ItemOperations:EmptyFolderContents', tag('AirSync:CollectionId', 'nowhere'))),
    '1,2',
  ],
  [
    'a conversation to move once',
    operation(() =>
      tag(
        'ItemOperations:Move',
        `<ItemOperations:ConversationId opaque="1">c</ItemOperations:ConversationId>${tag('ItemOperations:DstFldId', targets.bin)}`,
      ),
    ),
    '1,155',
  ],
  [
    'a part of a conversation as text',
    operation(() =>
      fetch(
        tag('Search:LongId', targets.items[0]) +
          tag('ItemOperations:Options', tag('AirSyncBase:BodyPartPreference', bodyType(1))),
      ),
    ),
    '164',
  ],
])

const move = (source: () => string, from: () => string, to: () => string) => () =>
  inside(
    'Move',
    'MoveItems',
    tag('Move:Move', `${tag('Move:SrcMsgId', source())}${tag('Move:SrcFldId', from())}${tag('Move:DstFldId', to())}`),
  )
const first = () => targets.items[0]
const nowhere = () => 'nowhere'
const moveRows = rows('MoveItems', [
  ['an item that is not there', move(nowhere, inbox, () => targets.bin), '1'],
  ['an item of another folder', move(first, () => targets.bin, inbox), '1'],
  ['a folder that is not there', move(first, inbox, nowhere), '2'],
  ['the same folder', move(first, inbox, inbox), '4'],
  ['a message to the calendar, where nobody would see it', move(first, inbox, () => device.folder('8')), '2'],
  ['no move', () => inside('Move', 'MoveItems', ''), '103'],
  ['1001 moves', () => inside('Move', 'MoveItems', many(1001, '<Move:Move/>')), '103'],
])

const respond = (inner: () => string) => () =>
  inside('MeetingResponse', 'MeetingResponse', tag('MeetingResponse:Request', inner()))
const request = (answer: number, item: string, more = '') =>
  `${tag('MeetingResponse:UserResponse', String(answer))}${tag('MeetingResponse:CollectionId', targets.inbox)}${tag('MeetingResponse:RequestId', item)}${more}`
const meetingRows = rows('MeetingResponse', [
  ['a message that is no invitation', respond(() => request(1, targets.items[0])), '2'],
  ['an item that is not there', respond(() => request(1, 'nothing')), '2'],
  ['an answer that there is not', respond(() => request(4, targets.items[0])), '2'],
  [
    'an occurrence that is no time',
    respond(() => request(1, targets.items[0], tag('MeetingResponse:InstanceId', 'soon'))),
    '104',
  ],
  ['no request', () => inside('MeetingResponse', 'MeetingResponse', ''), '103'],
  ['101 requests', () => inside('MeetingResponse', 'MeetingResponse', many(101, '<MeetingResponse:Request/>')), '103'],
])

const mail = tag('ComposeMail:ClientId', 'x')
const mime = '<ComposeMail:Mime opaque="1">To: dave@contoso.com\n\nx</ComposeMail:Mime>'
const forward =
  (source: () => string, rest = mime) =>
  () =>
    inside('ComposeMail', 'SmartForward', `${mail}${tag('ComposeMail:Source', source())}${rest}`)
const named = (name: string, value: string) => tag(`ComposeMail:${name}`, value)
const forwardees = (address: string) => named('Forwardees', named('Forwardee', named('ForwardeeEmail', address)))
const smartRows = [
  ...rows('SendMail', [
    ['no ClientId', () => inside('ComposeMail', 'SendMail', mime), '103'],
    [
      'a ClientId of 41 characters',
      () => inside('ComposeMail', 'SendMail', named('ClientId', 'x'.repeat(41)) + mime),
      '103',
    ],
    ['no message', () => inside('ComposeMail', 'SendMail', mail), '107'],
    [
      'nobody to send to',
      () =>
        inside(
          'ComposeMail',
          'SendMail',
          `${named('ClientId', 'n')}<ComposeMail:Mime opaque="1">Subject: x\n\nx</ComposeMail:Mime>`,
        ),
      '119',
    ],
    [
      'an account that is not there',
      () => inside('ComposeMail', 'SendMail', `${mail}${named('AccountId', 'a')}${mime}`),
      '166',
    ],
  ]),
  ...rows('SmartForward', [
    ['a time that is none', forward(() => named('ItemId', targets.items[0]) + named('InstanceId', 'soon')), '104'],
    [
      'two ways to name the source',
      forward(() => named('ItemId', targets.items[0]) + named('LongId', targets.items[0])),
      '105',
    ],
    ['a folder without an item', forward(() => named('FolderId', targets.inbox)), '106'],
    [
      'an occurrence of what does not recur',
      forward(() => named('ItemId', targets.items[0]) + named('InstanceId', '2026-03-16T18:00:00.000Z')),
      '146',
    ],
    ['an item that is not there', forward(() => named('ItemId', 'nothing')), '150'],
    ['a message and people', forward(() => named('ItemId', targets.items[0]), forwardees('a@b.example') + mime), '178'],
    ['a mail without a message', forward(() => named('ItemId', targets.items[0]), forwardees('a@b.example')), '179'],
    ['somebody without an address', forward(() => named('ItemId', targets.items[0]), forwardees('a')), '179'],
  ]),
]

const search =
  (name: string, query: () => string, more = '') =>
  () =>
    inside(
      'Search',
      'Search',
      tag('Search:Store', `${tag('Search:Name', name)}${tag('Search:Query', query())}${tag('Search:Options', more)}`),
    )
const range = (span: string) => tag('Search:Range', span)
const text = (words: string) => tag('Search:And', tag('Search:FreeText', words))
const searchRows = rows('Search', [
  ['a store that is none', search('Attic', () => 'x'), '1,2'],
  ['a range that is none', search('GAL', () => 'd', range('5-1')), '1,2'],
  ['what mail is not searched by', search('Mailbox', () => tag('Search:And', '<Search:EqualTo/>')), '1,2'],
  ['a document', search('DocumentLibrary', () => 'x'), '1,6'],
  [
    'a folder that is not there',
    search('Mailbox', () => tag('Search:And', tag('AirSync:CollectionId', 'nowhere') + tag('Search:FreeText', 'x'))),
    '1,11',
  ],
  ['a page beyond the people', search('GAL', () => 'dave', range('5-9')), '1,12'],
  ['a page beyond the mail', search('Mailbox', () => text('quarter'), range('50-60')), '1,12'],
  ['more than can be had', search('Mailbox', () => text('quarter'), range('100-199')), '1,12'],
  ['a picture of nobody', search('GAL', () => 'dave', '<Search:Picture/>'), '1,1,173'],
])

const find =
  (searchId: string, span: string, criterion = 'MailBoxSearchCriterion') =>
  () =>
    inside(
      'Find',
      'Find',
      `${tag('Find:SearchId', searchId)}${tag('Find:ExecuteSearch', tag(`Find:${criterion}`, `<Find:Query><Find:FreeText>x</Find:FreeText></Find:Query>${tag('Find:Options', tag('Find:Range', span))}`))}`,
    )
const findRows = rows('Find', [
  ['no criterion', () => inside('Find', 'Find', tag('Find:SearchId', 'a')), '2'],
  ['no SearchId', find('', '0-9'), '2'],
  ['a range that is none', find('a', '9-0'), '2'],
  ['a range beyond 999', find('a', '0-1000'), '2'],
  [
    'a folder that is not there',
    () => find('f', '0-9')().replace('<Find:Query>', `<Find:Query>${tag('AirSync:CollectionId', 'nowhere')}`),
    '3',
  ],
  ['a search that begins with its second page', find('never', '10-19'), '1,4'],
  ['its first page', find('a', '0-9'), '1,1'],
  ['the next page of it', find('a', '10-19'), '1,1'],
  ['a page of another search', find('b', '10-19'), '1,4'],
])

const settings = (inner: string) => () => inside('Settings', 'Settings', inner)
const oof = (inner: string) => settings(tag('Settings:Oof', inner))
const settingsRows = rows('Settings', [
  ['a property that there is not', settings('<Settings:Nothing/>'.replace('Nothing', 'Model')), '2'],
  ['replies in no format', oof('<Settings:Get/>'), '1,2'],
  ['a state that there is not', oof(tag('Settings:Set', tag('Settings:OofState', '3'))), '1,5'],
  [
    'a time without an end',
    oof(
      tag('Settings:Set', `${tag('Settings:OofState', '2')}${tag('Settings:StartTime', '2026-03-10T00:00:00.000Z')}`),
    ),
    '1,5',
  ],
  [
    'a time that ends before it begins',
    oof(
      tag(
        'Settings:Set',
        `${tag('Settings:OofState', '2')}${tag('Settings:StartTime', '2026-03-10T00:00:00.000Z')}${tag('Settings:EndTime', '2026-03-09T00:00:00.000Z')}`,
      ),
    ),
    '1,5',
  ],
  ['nothing to set of the device', settings('<Settings:DeviceInformation/>'), '1,2'],
  [
    'a password of 256 characters',
    settings(tag('Settings:DevicePassword', tag('Settings:Set', tag('Settings:Password', 'p'.repeat(256))))),
    '1,5',
  ],
  [
    'a password that no policy keeps',
    settings(tag('Settings:DevicePassword', tag('Settings:Set', tag('Settings:Password', '1234')))),
    '1,7',
  ],
  [
    'rights management',
    settings('<Settings:RightsManagementInformation><Settings:Get/></Settings:RightsManagementInformation>'),
    '1,168',
  ],
])

const resolve =
  (to: string, more = '') =>
  () =>
    inside('ResolveRecipients', 'ResolveRecipients', `${to}${tag('ResolveRecipients:Options', more)}`)
const to = (name: string) => tag('ResolveRecipients:To', name)
const availability = (start: string, end: string) =>
  tag(
    'ResolveRecipients:Availability',
    `${tag('ResolveRecipients:StartTime', start)}${tag('ResolveRecipients:EndTime', end)}`,
  )
const resolveRows = rows('ResolveRecipients', [
  ['nobody', resolve(''), '5'],
  ['101 people', resolve(many(101, to('a'))), '5'],
  ['more than 42 days', resolve(to('dave'), availability('2026-03-01T00:00:00.000Z', '2026-04-13T00:00:00.000Z')), '5'],
  [
    'an end before the start',
    resolve(to('dave'), availability('2026-03-02T00:00:00.000Z', '2026-03-01T00:00:00.000Z')),
    '5',
  ],
  ['a time that is none', resolve(to('dave'), availability('soon', 'later')), '104'],
  ['a name that nobody has', resolve(to('zzz')), '1,4'],
  [
    'somebody in the other place, whose calendar is not here',
    resolve(to('alice@contoso.com'), availability('2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z')),
    '1,1,163',
  ],
  [
    'certificates and a picture that nobody has',
    resolve(to('dave'), `${tag('ResolveRecipients:CertificateRetrieval', '2')}<ResolveRecipients:Picture/>`),
    '1,1,7,173',
  ],
])

const provisionRows = rows('Provision', [
  ['nothing to ask', () => '<Provision:Provision/>', '1'],
  [
    'another kind of policy',
    () =>
      inside(
        'Provision',
        'Provision',
        tag('Provision:Policies', tag('Provision:Policy', tag('Provision:PolicyType', 'MS-WAP-Provisioning-XML'))),
      ),
    '1,3',
  ],
  [
    'an acknowledgement of another key',
    () =>
      inside(
        'Provision',
        'Provision',
        tag(
          'Provision:Policies',
          tag(
            'Provision:Policy',
            `${tag('Provision:PolicyType', 'MS-EAS-Provisioning-WBXML')}${tag('Provision:PolicyKey', '5')}${tag('Provision:Status', '1')}`,
          ),
        ),
      ),
    '1,5',
  ],
  [
    'an acknowledgement that says nothing',
    () =>
      inside(
        'Provision',
        'Provision',
        tag(
          'Provision:Policies',
          tag(
            'Provision:Policy',
            `${tag('Provision:PolicyType', 'MS-EAS-Provisioning-WBXML')}${tag('Provision:PolicyKey', '5')}`,
          ),
        ),
      ),
    '2',
  ],
  [
    'a wipe that nobody ordered',
    () => inside('Provision', 'Provision', tag('Provision:RemoteWipe', tag('Provision:Status', '1'))),
    '2',
  ],
  [
    'what the device is, before 14.1',
    () => inside('Provision', 'Provision', '<Settings:DeviceInformation/>'),
    '103',
    '14.0',
  ],
])

const otherRows: readonly Row[] = [
  ...rows('ValidateCert', [
    ['no certificate', () => '<ValidateCert:ValidateCert/>', '2'],
    [
      'what is no certificate',
      () =>
        inside(
          'ValidateCert',
          'ValidateCert',
          tag('ValidateCert:Certificates', tag('ValidateCert:Certificate', 'QUJD')),
        ),
      '1,17',
    ],
  ]),
  { command: 'FolderSync', what: 'no body', body: () => undefined, status: '101' },
  {
    command: 'FolderSync',
    what: 'another content type',
    body: () => '<FolderHierarchy:FolderSync/>',
    headers: { 'content-type': 'text/xml' },
    status: '101',
  },
  { command: 'FolderSync', what: 'what is no WBXML', body: () => Buffer.from('<xml/>'), status: '102' },
  { command: 'GetItemEstimate', what: 'another command’s document', body: () => '<Ping:Ping/>', status: '103' },
  { command: 'Find', what: 'a version before it', body: () => '<Find:Find/>', version: '16.0', status: '138' },
]

const table = [
  ...folderRows,
  ...syncRows,
  ...pingRows,
  ...estimateRows,
  ...operationRows,
  ...moveRows,
  ...meetingRows,
  ...smartRows,
  ...searchRows,
  ...findRows,
  ...settingsRows,
  ...resolveRows,
  ...provisionRows,
  ...otherRows,
]

test.each(table)('$command, $what: $status', async ({ command, body, status, version = '16.1', headers }) => {
  device.version = version
  const answer = await device.send(command, body(), headers)
  expect([answer.status, answer.root && statuses(answer.root).join()]).toEqual([200, status])
  device.version = '16.1'
})

/** Before 14.0 what goes wrong as a whole is an HTTP status ([MS-ASCMD] 2.2.2). */
test.each([
  { what: 'no body', command: 'FolderSync', body: undefined, http: 400 },
  { what: 'what is no WBXML', command: 'FolderSync', body: Buffer.from('<xml/>'), http: 400 },
  { what: 'mail as WBXML', command: 'SendMail', body: '<ComposeMail:SendMail/>', http: 400 },
  { what: 'a filter that is no number', command: 'GetItemEstimate', body: 'filter', http: 500 },
  { what: 'a file that is not there', command: 'GetAttachment&AttachmentName=nothing', body: undefined, http: 500 },
  { what: 'a command of later versions', command: 'Find', body: '<Find:Find/>', http: 501 },
  { what: 'a command that there is not', command: 'Nothing', body: undefined, http: 501 },
])('12.1: $command, $what: $http', async ({ command, body, http }) => {
  device.version = '12.1'
  const shown = body === 'filter' ? estimate(inboxKey, inbox, tag('AirSync:FilterType', 'all'))() : body
  const { status, raw } = await device.send(command, shown)
  expect([status, raw.length]).toEqual([http, 0])
  device.version = '16.1'
})

test.each([
  { version: '1.0', http: 505 },
  { version: '2.5', http: 400 },
  { version: '17.0', http: 400 },
  { version: 'x', http: 400 },
])('version $version is not spoken: $http', async ({ version, http }) => {
  device.version = version
  expect((await device.send('Ping')).status).toBe(http)
  device.version = '16.1'
})
