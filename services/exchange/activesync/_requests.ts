import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { encodeWbxml } from '#shared/wbxml/encode.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { added, type Device, dataOf, folderSync, fromXml, idOf, ping } from './_device.ts'
import { all, child, textOf } from './elements.ts'

/** Where a request of a command points to. */
export interface Targets {
  readonly inbox: string
  readonly bin: string
  readonly contacts: string
  /** A message, a second one, an invitation. */
  readonly items: readonly [string, string, string]
  /** A folder of the device's own. */
  readonly folder: string
  readonly file: string
}

export type CommandName = keyof typeof templates

const wrap = (page: string, name: string, inner: string) => `<${page}:${name}>${inner}</${page}:${name}>`
const tag = (name: string, value: string) => `<${name}>${value}</${name}>`
const mime = (subject: string) =>
  `<ComposeMail:Mime opaque="1">To: dave@contoso.com\nSubject: ${subject}\n\nHello</ComposeMail:Mime>`
const smart = (name: string, { inbox, items }: Targets) =>
  wrap(
    'ComposeMail',
    name,
    `${tag('ComposeMail:ClientId', name)}<ComposeMail:Source>${tag('ComposeMail:FolderId', inbox)}${tag('ComposeMail:ItemId', items[0])}</ComposeMail:Source>${mime(name)}`,
  )
const folderKey = (device: Device) => tag('FolderHierarchy:SyncKey', device.keys.get('folders') ?? '')
const place = (name: string) => `${tag('FolderHierarchy:ParentId', '0')}${tag('FolderHierarchy:DisplayName', name)}`

/** A request of each command that a device in good order would send; each changes something where the command can. */
const templates = {
  Sync: (device: Device, { contacts }: Targets) =>
    device.syncBody(contacts, added('c1', '<Contacts:FirstName>Nina</Contacts:FirstName>')),
  SendMail: () => wrap('ComposeMail', 'SendMail', `${tag('ComposeMail:ClientId', 'SendMail')}${mime('SendMail')}`),
  SmartReply: (_: Device, targets: Targets) => smart('SmartReply', targets),
  SmartForward: (_: Device, targets: Targets) => smart('SmartForward', targets),
  FolderSync: (device: Device) => folderSync(device.keys.get('folders') ?? ''),
  FolderCreate: (device: Device) =>
    wrap('FolderHierarchy', 'FolderCreate', `${folderKey(device)}${place('Made')}${tag('FolderHierarchy:Type', '12')}`),
  FolderUpdate: (device: Device, { folder }: Targets) =>
    wrap(
      'FolderHierarchy',
      'FolderUpdate',
      `${folderKey(device)}${tag('FolderHierarchy:ServerId', folder)}${place('Renamed')}`,
    ),
  FolderDelete: (device: Device, { folder }: Targets) =>
    wrap('FolderHierarchy', 'FolderDelete', `${folderKey(device)}${tag('FolderHierarchy:ServerId', folder)}`),
  MoveItems: (_: Device, { inbox, bin, items }: Targets) =>
    wrap(
      'Move',
      'MoveItems',
      `<Move:Move>${tag('Move:SrcMsgId', items[1])}${tag('Move:SrcFldId', inbox)}${tag('Move:DstFldId', bin)}</Move:Move>`,
    ),
  GetItemEstimate: (device: Device, { inbox }: Targets) =>
    wrap(
      'GetItemEstimate',
      'GetItemEstimate',
      `<GetItemEstimate:Collections><GetItemEstimate:Collection>${tag('AirSync:SyncKey', device.keys.get(inbox) ?? '')}${tag('GetItemEstimate:CollectionId', inbox)}</GetItemEstimate:Collection></GetItemEstimate:Collections>`,
    ),
  MeetingResponse: (_: Device, { inbox, items }: Targets) =>
    wrap(
      'MeetingResponse',
      'MeetingResponse',
      `<MeetingResponse:Request>${tag('MeetingResponse:UserResponse', '1')}${tag('MeetingResponse:CollectionId', inbox)}${tag('MeetingResponse:RequestId', items[2])}<MeetingResponse:SendResponse/></MeetingResponse:Request>`,
    ),
  Search: (_: Device, { inbox }: Targets) =>
    wrap(
      'Search',
      'Search',
      `<Search:Store><Search:Name>Mailbox</Search:Name><Search:Query><Search:And>${tag('AirSync:CollectionId', inbox)}<Search:FreeText>review</Search:FreeText></Search:And></Search:Query><Search:Options><Search:Range>0-9</Search:Range></Search:Options></Search:Store>`,
    ),
  Find: (_: Device, { inbox }: Targets) =>
    wrap(
      'Find',
      'Find',
      `${tag('Find:SearchId', '48A20C8D')}<Find:ExecuteSearch><Find:MailBoxSearchCriterion><Find:Query>${tag('AirSync:CollectionId', inbox)}<Find:FreeText>review</Find:FreeText></Find:Query><Find:Options><Find:Range>0-9</Find:Range></Find:Options></Find:MailBoxSearchCriterion></Find:ExecuteSearch>`,
    ),
  Settings: () =>
    wrap(
      'Settings',
      'Settings',
      '<Settings:Oof><Settings:Set><Settings:OofState>1</Settings:OofState><Settings:OofMessage><Settings:AppliesToInternal/><Settings:Enabled>1</Settings:Enabled><Settings:ReplyMessage>Away</Settings:ReplyMessage><Settings:BodyType>Text</Settings:BodyType></Settings:OofMessage></Settings:Set></Settings:Oof>',
    ),
  Ping: (_: Device, { inbox }: Targets) => ping([inbox], 60),
  ItemOperations: (_: Device, { folder, file }: Targets) =>
    wrap(
      'ItemOperations',
      'ItemOperations',
      `<ItemOperations:Fetch><ItemOperations:Store>Mailbox</ItemOperations:Store>${tag('AirSyncBase:FileReference', file)}</ItemOperations:Fetch><ItemOperations:EmptyFolderContents>${tag('AirSync:CollectionId', folder)}</ItemOperations:EmptyFolderContents>`,
    ),
  Provision: () =>
    wrap(
      'Provision',
      'Provision',
      '<Settings:DeviceInformation><Settings:Set><Settings:Model>Test</Settings:Model></Settings:Set></Settings:DeviceInformation><Provision:Policies><Provision:Policy><Provision:PolicyType>MS-EAS-Provisioning-WBXML</Provision:PolicyType></Provision:Policy></Provision:Policies>',
    ),
  ResolveRecipients: () =>
    wrap(
      'ResolveRecipients',
      'ResolveRecipients',
      `${tag('ResolveRecipients:To', 'dave@contoso.com')}<ResolveRecipients:Options><ResolveRecipients:Availability>${tag('ResolveRecipients:StartTime', '2026-03-02T08:00:00.000Z')}${tag('ResolveRecipients:EndTime', '2026-03-02T10:00:00.000Z')}</ResolveRecipients:Availability></ResolveRecipients:Options>`,
    ),
  ValidateCert: () =>
    wrap(
      'ValidateCert',
      'ValidateCert',
      '<ValidateCert:Certificates><ValidateCert:Certificate>QUJD</ValidateCert:Certificate></ValidateCert:Certificates><ValidateCert:CheckCRL>1</ValidateCert:CheckCRL>',
    ),
}

export const commandNames = Object.keys(templates) as readonly CommandName[]

export function requestOf(command: CommandName, device: Device, targets: Targets): WbxmlElement {
  return fromXml(templates[command](device, targets))
}

export function encoded(root: WbxmlElement): Buffer {
  return Buffer.from(encodeWbxml(activeSyncCodePages, root))
}

/** Synchronizes what the requests are about; needs an invitation, and a message with a file, in the Inbox. */
export async function targetsOf(device: Device): Promise<Targets> {
  const [inbox, bin, contacts] = [device.folder('2'), device.folder('4'), device.folder('9')]
  const items = await device.syncAll(inbox)
  for (const id of [bin, contacts]) await device.syncAll(id)
  const invitation = items.find((each) => dataOf(each, 'Email:MessageClass') === 'IPM.Schedule.Meeting.Request')
  const plain = items.filter((each) => each !== invitation)
  const files = plain.flatMap((each) =>
    all(child(child(each, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments'), 'AirSyncBase:Attachment'),
  )
  return {
    ...{ inbox, bin, contacts, folder: await ownFolder(device) },
    items: [idOf(plain[0]), idOf(plain[1]), idOf(invitation)],
    file: textOf(files[0], 'AirSyncBase:FileReference') ?? '',
  }
}

/** Under another name when there is one from before. */
async function ownFolder(device: Device, name = 'Own'): Promise<string> {
  const inner = `${folderKey(device)}${place(name)}${tag('FolderHierarchy:Type', '12')}`
  const { root } = await device.send('FolderCreate', wrap('FolderHierarchy', 'FolderCreate', inner))
  const key = textOf(root, 'FolderHierarchy:SyncKey')
  if (key === undefined) return ownFolder(device, `${name} again`)
  device.keys.set('folders', key)
  return textOf(root, 'FolderHierarchy:ServerId') ?? ''
}
