import { type Xml, type XmlPart, xml } from '#shared/xml/markup.ts'
import type { FolderRight } from '../../folder-permissions/folder-rights.ts'
import { textOfHtml } from '../../mailbox/body-text.ts'
import type { AttachmentFacts, Item, ItemBody } from '../../mailbox/item.ts'
import { shownFiles } from '../../mailbox/shown-files.ts'
import { field, t } from '../elements.ts'
import { folderIdElement, itemIdElement, writeId } from '../ids.ts'
import { momentIn } from '../zones.ts'
import { cleaned } from './cleaned-text.ts'
import { extendedElements } from './extended-properties.ts'
import type { ItemView } from './item-view.ts'
import { keptElement, keptValues } from './kept-properties.ts'
import { allHeaders, headersElement } from './message-headers.ts'
import { anyExtended } from './property-names.ts'
import { reminderFields } from './reminder-fields.ts'

export interface Field {
  readonly uri: string
  /** The smallest base shape that has it; `asked`: only when it is asked for by name. */
  readonly in: 'Default' | 'AllProperties' | 'asked'
  readonly write: (view: ItemView) => XmlPart | Promise<XmlPart>
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** [MS-OXWSCORE] 2.2.4.24 ItemType, in the order of the schema, up to HasAttachments. */
export const itemFields: readonly Field[] = [
  { uri: 'item:MimeContent', in: 'asked', write: mimeContent },
  { uri: 'item:ItemId', in: 'Default', write: ({ item }) => itemIdElement(item) },
  {
    uri: 'item:ParentFolderId',
    in: 'AllProperties',
    write: ({ item }) => folderIdElement({ id: item.folderId, changeNumber: 0 }, 'ParentFolderId'),
  },
  { uri: 'item:ItemClass', in: 'AllProperties', write: ({ item }) => t('ItemClass', item.messageClass) },
  { uri: 'item:Subject', in: 'Default', write: ({ item }) => t('Subject', item.subject) },
  {
    uri: 'item:Sensitivity',
    in: 'Default',
    write: ({ item }) => t('Sensitivity', sensitivityOf(item)),
  },
  { uri: 'item:Body', in: 'Default', write: bodyElement },
  { uri: 'item:Attachments', in: 'Default', write: attachmentsElement },
  {
    uri: 'item:DateTimeReceived',
    in: 'AllProperties',
    write: ({ item, call }) => t('DateTimeReceived', momentIn(call.zone, arrivedAt(item))),
  },
  { uri: 'item:Size', in: 'Default', write: ({ item }) => t('Size', String(item.size)) },
  { uri: 'item:Categories', in: 'AllProperties', write: ({ item }) => categoriesElement(item.categories) },
  { uri: 'item:Importance', in: 'AllProperties', write: ({ item }) => t('Importance', capital(item.importance)) },
  {
    uri: 'item:InReplyTo',
    in: 'AllProperties',
    write: ({ item }) => item.kind === 'message' && field('InReplyTo', item.properties.inReplyTo),
  },
  { uri: 'item:IsSubmitted', in: 'AllProperties', write: () => t('IsSubmitted', 'false') },
  { uri: 'item:IsDraft', in: 'AllProperties', write: ({ item }) => t('IsDraft', String(item.isDraft)) },
  { uri: 'item:IsFromMe', in: 'AllProperties', write: ({ item, call }) => t('IsFromMe', String(isFromMe(item, call))) },
  { uri: 'item:IsResend', in: 'AllProperties', write: () => t('IsResend', 'false') },
  { uri: 'item:IsUnmodified', in: 'AllProperties', write: ({ item }) => t('IsUnmodified', String(isUnmodified(item))) },
  { uri: allHeaders, in: 'AllProperties', write: headersElement },
  {
    uri: 'item:DateTimeSent',
    in: 'Default',
    write: ({ item, call }) => t('DateTimeSent', momentIn(call.zone, arrivedAt(item))),
  },
  {
    uri: 'item:DateTimeCreated',
    in: 'Default',
    write: ({ item, call }) => t('DateTimeCreated', momentIn(call.zone, arrivedAt(item))),
  },
  ...reminderFields,
  { uri: 'item:DisplayCc', in: 'AllProperties', write: ({ item }) => display('DisplayCc', item, 'cc') },
  { uri: 'item:DisplayTo', in: 'AllProperties', write: ({ item }) => display('DisplayTo', item, 'to') },
  { uri: 'item:HasAttachments', in: 'Default', write: ({ item }) => t('HasAttachments', String(item.hasAttachments)) },
  { uri: 'item:Culture', in: 'AllProperties', write: ({ item }) => keptElement(item, 'item:Culture') },
  { uri: anyExtended, in: 'asked', write: ({ item, shape }) => extendedElements(item, shape.extended) },
  { uri: 'item:EffectiveRights', in: 'AllProperties', write: rightsElement },
  { uri: 'item:IsAssociated', in: 'AllProperties', write: () => t('IsAssociated', 'false') },
  {
    uri: 'item:ConversationId',
    in: 'AllProperties',
    write: ({ item }) =>
      item.conversationId !== '' && xml`<t:ConversationId Id="${writeId('item', item.conversationId)}"/>`,
  },
  { uri: 'item:Flag', in: 'AllProperties', write: flagElement },
  { uri: 'item:Preview', in: 'AllProperties', write: ({ item }) => t('Preview', item.preview) },
  { uri: 'item:TextBody', in: 'asked', write: textBodyElement },
]

/** What the owner of the mailbox sent, or is about to. */
function isFromMe({ senderAddress }: Item, { owner }: ItemView['call']): boolean {
  return senderAddress.toLowerCase() === owner.emailAddress.toLowerCase()
}

/** Whether nothing but its mark of being read changed since it came. */
function isUnmodified({ numbers: { arrived, content, flag, categories } }: Item): boolean {
  return Math.max(content, flag, categories) <= arrived
}

/** What the user may do with the item: everything in a mailbox that is open to them, else what they may in its folder. */
function rightsElement({ item, call: { access } }: ItemView): Xml {
  const rights = access?.rightsIn(item.folderId)
  return t(
    'EffectiveRights',
    Object.entries(itemRights).map(([name, right]) => t(name, String(right !== null && (rights?.has(right) ?? true)))),
  )
}

/** [MS-OXWSCDATA] 2.2.4.29, in the order of the schema; an item has nothing below it. */
const itemRights = {
  CreateAssociated: null,
  CreateContents: null,
  CreateHierarchy: null,
  Delete: 'DeleteAllItems',
  Modify: 'EditAllItems',
  Read: 'ReadItems',
  ViewPrivateItems: 'ReadItems',
} as const satisfies Readonly<Record<string, FolderRight | null>>

/** Lists keep an appointment at its start, and it was made when its organizer said so. */
function arrivedAt(item: Item): Date | string {
  return item.kind === 'appointment' ? item.properties.stamp : item.receivedAt
}

function mimeContent({ mime }: ItemView): XmlPart {
  return mime && xml`<t:MimeContent CharacterSet="UTF-8">${mime.toString('base64')}</t:MimeContent>`
}

function sensitivityOf(item: Item): string {
  if (item.kind === 'note' || item.kind === 'contact') return keptValues(item, 'item:Sensitivity')?.[0] ?? 'Normal'
  return capital(item.properties.sensitivity ?? 'normal')
}

async function bodyElement({ body, shape }: ItemView): Promise<XmlPart> {
  if (!body) return undefined
  const { html, text } = body
  if (shape.bodyType === 'Text' || (shape.bodyType === 'Best' && html === undefined)) {
    return xml`<t:Body BodyType="Text">${cleaned(await plainTextOf(body))}</t:Body>`
  }
  return xml`<t:Body BodyType="HTML">${cleaned(html ?? htmlOf(text ?? ''))}</t:Body>`
}

async function textBodyElement({ body }: ItemView): Promise<XmlPart> {
  return body && xml`<t:TextBody BodyType="Text">${cleaned(await plainTextOf(body))}</t:TextBody>`
}

export async function plainTextOf({ html, text }: ItemBody): Promise<string> {
  return text ?? (html === undefined ? '' : await textOfHtml(html))
}

function htmlOf(text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  return `<html><body><pre>${escaped}</pre></body></html>`
}

function attachmentsElement({ item, body }: ItemView): XmlPart {
  const files = shownFiles(item, body?.attachments ?? [])
  if (files.length === 0) return undefined
  return t(
    'Attachments',
    files.map((each) => t(attachmentName(each), attachmentFacts(item.id, each))),
  )
}

export function attachmentName({ contentType }: Pick<AttachmentFacts, 'contentType'>): string {
  return contentType === 'message/rfc822' ? 'ItemAttachment' : 'FileAttachment'
}

export function attachmentFacts(itemId: string, facts: AttachmentFacts): XmlPart {
  return [
    xml`<t:AttachmentId Id="${writeId('attachment', itemId, facts.id)}"/>`,
    t('Name', cleaned(facts.name)),
    t('ContentType', facts.contentType),
    field('ContentId', facts.contentId),
    t('Size', String(facts.size)),
    t('IsInline', String(facts.isInline)),
  ]
}

function categoriesElement(categories: readonly string[]): XmlPart {
  if (categories.length === 0) return undefined
  return t(
    'Categories',
    categories.map((each) => t('String', each)),
  )
}

function display(name: string, item: Item, list: 'to' | 'cc'): Xml | undefined {
  if (item.kind !== 'message') return undefined
  return t(name, item.properties[list].map((each) => each.name || each.address).join('; '))
}

function flagElement({ call, item: { kind, flag } }: ItemView): XmlPart {
  if (kind !== 'message') return undefined
  const day = (name: string, at: string | undefined) => at && t(name, momentIn(call.zone, at))
  const status = flag === undefined ? 'NotFlagged' : flag.status === 'complete' ? 'Complete' : 'Flagged'
  return t('Flag', [
    t('FlagStatus', status),
    day('StartDate', flag?.utcStart ?? flag?.start),
    day('DueDate', flag?.utcDue ?? flag?.due),
    day('CompleteDate', flag?.completedAt),
  ])
}
