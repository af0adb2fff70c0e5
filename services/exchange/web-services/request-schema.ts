import type { Element } from '@xmldom/xmldom'
import { childElements } from '#shared/xml/elements.ts'
import { attribute } from './elements.ts'
import { messagesNamespace, typesNamespace } from './names.ts'
import { WebServicesError } from './web-services-error.ts'

/** `A B? (C|D)? E+`: `?` may be missing, `|` is one of several, `+` holds at least one element. */
type Sequence = string

const itemIds = 'ItemId OccurrenceItemId RecurringMasterItemId RecurringMasterItemIdRanges'
const folderIds = 'FolderId DistinguishedFolderId AddressListId'

/** What the lists of a request may hold. */
const members: Readonly<Record<string, string>> = {
  ItemIds: itemIds,
  FolderIds: folderIds,
  ParentFolderIds: folderIds,
  ParentFolderId: folderIds,
  ToFolderId: folderIds,
  SyncFolderId: folderIds,
  SavedItemFolderId: folderIds,
  AttachmentIds: 'AttachmentId',
  Attachments: 'ItemAttachment FileAttachment ReferenceAttachment',
  Folders: 'Folder CalendarFolder ContactsFolder SearchFolder TasksFolder',
  FolderChanges: 'FolderChange',
  ItemChanges: 'ItemChange',
  SourceIds: 'AlternateId AlternatePublicFolderId AlternatePublicFolderItemId',
  MailboxDataArray: 'MailboxData',
  Ignore: 'ItemId',
}

const deletes = 'HardDelete SoftDelete MoveToDeletedItems'
const traversals = 'Shallow Deep SoftDeleted'

interface RequestType {
  readonly holds: Sequence
  /** Attributes that have to be there, and what they may say. */
  readonly says?: Readonly<Record<string, string>>
}

/** The request types of messages.xsd ([MS-OXWSCORE] 6, [MS-OXWSFOLD] 6, [MS-OXWSSYNC] 6 and their kin). */
const requests: Readonly<Record<string, RequestType>> = {
  GetFolder: { holds: 'FolderShape FolderIds+' },
  FindFolder: {
    holds: 'FolderShape IndexedPageFolderView|FractionalPageFolderView? Restriction? ParentFolderIds+',
    says: { Traversal: traversals },
  },
  FindItem: {
    holds:
      'ItemShape IndexedPageItemView|FractionalPageItemView|SeekToConditionPageItemView|CalendarView|ContactsView? GroupBy|DistinguishedGroupBy? Restriction? SortOrder? ParentFolderIds+ QueryString?',
    says: { Traversal: 'Shallow SoftDeleted Associated' },
  },
  GetItem: { holds: 'ItemShape ItemIds+' },
  CreateItem: { holds: 'SavedItemFolderId? Items+' },
  SendItem: { holds: 'ItemIds+ SavedItemFolderId?', says: { SaveItemToFolder: 'true false 1 0' } },
  UpdateItem: {
    holds: 'SavedItemFolderId? ItemChanges+',
    says: { ConflictResolution: 'NeverOverwrite AutoResolve AlwaysOverwrite' },
  },
  DeleteItem: { holds: 'ItemIds+', says: { DeleteType: deletes } },
  MoveItem: { holds: 'ToFolderId+ ItemIds+ ReturnNewItemIds?' },
  CopyItem: { holds: 'ToFolderId+ ItemIds+ ReturnNewItemIds?' },
  SyncFolderHierarchy: { holds: 'FolderShape SyncFolderId? SyncState?' },
  SyncFolderItems: { holds: 'ItemShape SyncFolderId+ SyncState? Ignore? MaxChangesReturned SyncScope?' },
  ResolveNames: { holds: 'ParentFolderIds? UnresolvedEntry' },
  ExpandDL: { holds: 'Mailbox' },
  GetAttachment: { holds: 'AttachmentShape? AttachmentIds+' },
  CreateAttachment: { holds: 'ParentItemId Attachments+' },
  DeleteAttachment: { holds: 'AttachmentIds+' },
  CreateFolder: { holds: 'ParentFolderId+ Folders+' },
  UpdateFolder: { holds: 'FolderChanges+' },
  DeleteFolder: { holds: 'FolderIds+', says: { DeleteType: deletes } },
  MoveFolder: { holds: 'ToFolderId+ FolderIds+' },
  CopyFolder: { holds: 'ToFolderId+ FolderIds+' },
  EmptyFolder: { holds: 'FolderIds+', says: { DeleteType: deletes, DeleteSubFolders: 'true false 1 0' } },
  MarkAllItemsAsRead: { holds: 'ReadFlag SuppressReadReceipts FolderIds+' },
  ConvertId: {
    holds: 'SourceIds+',
    says: { DestinationFormat: 'EwsLegacyId EwsId EntryId HexEntryId StoreId OwaId' },
  },
  GetServerTimeZones: { holds: 'Ids?' },
  GetUserAvailabilityRequest: {
    holds: 'TimeZone? MailboxDataArray FreeBusyViewOptions? SuggestionsViewOptions?',
  },
  GetUserOofSettingsRequest: { holds: 'Mailbox' },
  SetUserOofSettingsRequest: { holds: 'Mailbox UserOofSettings' },
  GetDelegate: { holds: 'Mailbox UserIds?', says: { IncludePermissions: 'true false 1 0' } },
  AddDelegate: { holds: 'Mailbox DelegateUsers+ DeliverMeetingRequests?' },
  UpdateDelegate: { holds: 'Mailbox DelegateUsers? DeliverMeetingRequests?' },
  RemoveDelegate: { holds: 'Mailbox UserIds+' },
  GetRoomLists: { holds: '' },
  GetRooms: { holds: 'RoomList' },
  GetUserPhoto: { holds: 'Email SizeRequested TypeRequested?' },
  GetUserConfiguration: { holds: 'UserConfigurationName UserConfigurationProperties' },
  Subscribe: { holds: 'PullSubscriptionRequest|PushSubscriptionRequest|StreamingSubscriptionRequest' },
  Unsubscribe: { holds: 'SubscriptionId' },
  GetEvents: { holds: 'SubscriptionId Watermark' },
  GetStreamingEvents: { holds: 'SubscriptionIds ConnectionTimeout' },
}

/**
 * One code for all that is not built: ErrorInvalidRequest and ErrorInvalidServerVersion make clients try each version
 * of the schema in turn, and blame the version.
 * @throws WebServicesError ErrorInvalidOperation for an operation that Fauxchange does not know.
 */
export function requireKnown({ localName }: Element): void {
  const name = localName ?? ''
  if (Object.hasOwn(requests, name)) return
  throw new WebServicesError('ErrorInvalidOperation', `gap: the operation ${name.slice(0, 60)}`, {
    text: `Fauxchange does not implement the operation ${name.slice(0, 60)}. See services/exchange/README.md.`,
  })
}

/**
 * The outer elements of a request, their order, their lists and the attributes that it has to have; what is inside
 * items is looked at where it is read.
 * @throws WebServicesError ErrorSchemaValidation.
 */
export function checkRequest(operation: Element): void {
  const name = operation.localName ?? ''
  const type = Object.hasOwn(requests, name) ? requests[name] : undefined
  if (!type) return
  for (const [said, values] of Object.entries(type.says ?? {})) {
    const value = attribute(operation, said)
    if (value === undefined) throw invalid(`The required attribute '${said}' is missing.`)
    if (!values.split(' ').includes(value))
      throw invalid(`The '${said}' attribute is invalid - The value '${value.slice(0, 40)}' is invalid.`)
  }
  checkSequence(operation, type.holds)
}

function checkSequence(operation: Element, sequence: Sequence): void {
  const rest = [...childElements(operation)]
  for (const part of sequence.split(' ').filter((each) => each !== '')) {
    const [, names = '', sign = ''] = /^([^?+]+)([?+]?)$/.exec(part) ?? []
    const next = rest[0]
    if (next && isOurs(next) && names.split('|').includes(next.localName ?? '')) {
      rest.shift()
      checkMembers(next, sign === '+')
    } else if (sign !== '?') throw unexpected(operation, next, names)
  }
  if (rest[0]) throw unexpected(operation, rest[0])
}

function checkMembers(list: Element, isNeeded: boolean): void {
  const found = childElements(list)
  const name = list.localName ?? ''
  const allowed = Object.hasOwn(members, name) ? members[name] : undefined
  if (isNeeded && found.length === 0) throw unexpected(list, undefined, allowed)
  if (allowed === undefined) return
  const odd = found.find((each) => !isOurs(each) || !allowed.split(' ').includes(each.localName ?? ''))
  if (odd) throw unexpected(list, odd, allowed)
}

function isOurs({ namespaceURI }: Element): boolean {
  return namespaceURI === messagesNamespace || namespaceURI === typesNamespace
}

function unexpected(parent: Element, found: Element | undefined, expected = ''): WebServicesError {
  const wanted = expected === '' ? '' : ` List of possible elements expected: '${expected.replace(/[ |]/g, ', ')}'.`
  const at = `The element '${parent.localName}'`
  if (!found) return invalid(`${at} has incomplete content.${wanted}`)
  return invalid(`${at} has invalid child element '${(found.localName ?? '').slice(0, 60)}'.${wanted}`)
}

/** The product says what the schema misses in the text of the fault. */
function invalid(what: string): WebServicesError {
  return new WebServicesError('ErrorSchemaValidation', what, { text: `The request failed schema validation: ${what}` })
}
