import type { Element } from '@xmldom/xmldom'
import type { Xml, XmlPart } from '#shared/xml/markup.ts'
import type { FolderAccess } from '../folder-permissions/folder-access.ts'
import type { FolderRight, FolderRights } from '../folder-permissions/folder-rights.ts'
import { type Folder, type FolderClass, wellKnownFolders } from '../mailbox/folder.ts'
import type { Call } from './call.ts'
import { attribute, child, children, t, textOf } from './elements.ts'
import { folderProperties } from './folder-properties.ts'
import { folderIdElement, readId } from './ids.ts'
import { extendedIn } from './items/item-view.ts'
import type { NamedProperty } from './items/property-names.ts'
import { WebServicesError } from './web-services-error.ts'

/** The root of the hierarchy, which the mailbox store does not keep: every folder without a parent is below it. */
const rootId = 'msgfolderroot'

/** A place that a request names: the root, or a folder. */
export type Place = { readonly kind: 'root' } | { readonly kind: 'folder'; readonly folder: Folder }

/** @throws WebServicesError when it is not there, or is in somebody else's mailbox. */
export async function findPlace(call: Call, element: Element | undefined): Promise<Place> {
  const { mailboxes } = call.parts
  const id = attribute(element, 'Id') ?? ''
  if (element?.localName === 'DistinguishedFolderId') {
    await checkOwner(call, textOf(element, 'Mailbox', 'EmailAddress'))
    if (id === rootId || id === 'root') return { kind: 'root' }
    const name = wellKnownFolders.find((each) => each === id)
    if (!name) throw new WebServicesError('ErrorFolderNotFound', `no folder "${id.slice(0, 40)}" is kept here`)
    return { kind: 'folder', folder: await mailboxes.wellKnownFolder(call.mailboxId, name) }
  }
  if (element?.localName !== 'FolderId') throw new WebServicesError('ErrorSchemaValidation', 'a folder is not named')
  const [folderId] = readId('folder', id)
  if (folderId === rootId) return { kind: 'root' }
  const folder = await mailboxes.findFolder(call.mailboxId, folderId)
  if (!folder) throw new WebServicesError('ErrorFolderNotFound', `no folder ${folderId} in ${call.user.emailAddress}`)
  return { kind: 'folder', folder }
}

async function checkOwner({ parts, user, owner }: Call, address: string | undefined): Promise<void> {
  if (address === undefined || address.toLowerCase() === owner.emailAddress.toLowerCase()) return
  const other = await parts.recipients.findRecipient('emailAddress', address)
  if (other?.objectGuid === owner.objectGuid) return
  if (!other) throw new WebServicesError('ErrorNonExistentMailbox', `nobody here has the address ${address}`)
  throw new WebServicesError('ErrorAccessDenied', `${user.emailAddress} has no rights in the mailbox of ${address}`)
}

export async function findFolder(call: Call, element: Element | undefined): Promise<Folder> {
  const place = await findPlace(call, element)
  if (place.kind === 'folder') return place.folder
  throw new WebServicesError('ErrorFolderNotFound', 'the root of the mailbox holds no items')
}

/** The one folder inside an element such as `m:ToFolderId`. */
export function folderIn(call: Call, parent: Element | undefined): Promise<Folder> {
  return findFolder(call, children(parent)[0])
}

export interface FolderShape {
  readonly idOnly: boolean
  /** What AdditionalProperties name. */
  readonly extended: readonly NamedProperty[]
  readonly folders: readonly Folder[]
  readonly access?: FolderAccess | undefined
}

export async function readFolderShape(call: Call, name = 'FolderShape'): Promise<FolderShape> {
  const shape = child(call.body, name)
  const asked = children(child(shape, 'AdditionalProperties'))
  const isIdOnly = textOf(shape, 'BaseShape') === 'IdOnly' && !child(shape, 'AdditionalProperties')
  const folders = await call.parts.mailboxes.listFolders(call.mailboxId)
  return { idOnly: isIdOnly, extended: extendedIn(asked), folders, access: call.access }
}

const elementNames: Readonly<Record<FolderClass, string>> = {
  mail: 'Folder',
  calendar: 'CalendarFolder',
  contacts: 'ContactsFolder',
  tasks: 'TasksFolder',
  notes: 'Folder',
}

export const folderClassNames: Readonly<Record<FolderClass, string>> = {
  mail: 'IPF.Note',
  calendar: 'IPF.Appointment',
  contacts: 'IPF.Contact',
  tasks: 'IPF.Task',
  notes: 'IPF.StickyNote',
}

export function folderClassOf(element: Element): FolderClass {
  const written = textOf(element, 'FolderClass')
  const byClass = Object.entries(folderClassNames).find(([, name]) => written?.startsWith(name))?.[0]
  const byElement = Object.entries(elementNames).find(([, name]) => name === element.localName)?.[0]
  return (byClass ?? byElement ?? 'mail') as FolderClass
}

/** [MS-OXWSFOLD] 2.2.4: the elements in the order of the schema. */
export function folderElement(
  folder: Folder,
  { idOnly, extended, folders, access }: FolderShape,
  permissions: XmlPart = [],
): Xml {
  const id = folderIdElement(folder)
  if (idOnly) return t(elementNames[folder.folderClass], id)
  const below = folders.filter(({ parentId }) => parentId === folder.id).length
  const hasUnread = folder.folderClass === 'mail' || folder.folderClass === 'notes' || folder.folderClass === 'tasks'
  return t(elementNames[folder.folderClass], [
    id,
    folderIdElement({ id: folder.parentId ?? rootId, changeNumber: 0 }, 'ParentFolderId'),
    t('FolderClass', folderClassNames[folder.folderClass]),
    t('DisplayName', folder.displayName),
    t('TotalCount', String(folder.totalCount)),
    t('ChildFolderCount', String(below)),
    folderProperties({ ...folder, className: folderClassNames[folder.folderClass], childCount: below }, extended),
    rightsElement(access?.rightsIn(folder.id)),
    folder.wellKnown && t('DistinguishedFolderId', folder.wellKnown),
    permissions,
    hasUnread && t('UnreadCount', String(folder.unreadCount)),
  ])
}

const effectiveRights: Readonly<Record<string, FolderRight>> = {
  CreateAssociated: 'FolderOwner',
  CreateContents: 'CreateItems',
  CreateHierarchy: 'CreateSubfolders',
  Delete: 'FolderOwner',
  Modify: 'FolderOwner',
  Read: 'ReadItems',
  ViewPrivateItems: 'FolderOwner',
}

/** Of somebody with these rights; of whoever may do everything when they are left out. */
function rightsElement(rights?: FolderRights): Xml {
  const isGranted = (right: FolderRight) => String(rights === undefined || rights.has(right))
  return t(
    'EffectiveRights',
    Object.entries(effectiveRights).map(([name, right]) => t(name, isGranted(right))),
  )
}

export function placeElement(place: Place, shape: FolderShape, permissions?: XmlPart): XmlPart {
  if (place.kind === 'folder') return folderElement(place.folder, shape, permissions)
  const id = folderIdElement({ id: rootId, changeNumber: 0 })
  if (shape.idOnly) return t('Folder', id)
  const below = shape.folders.filter(({ parentId }) => parentId === undefined).length
  return t('Folder', [
    id,
    t('DisplayName', 'Top of Information Store'),
    t('TotalCount', '0'),
    t('ChildFolderCount', String(below)),
    rightsElement(shape.access && new Set()),
    t('DistinguishedFolderId', rootId),
    t('UnreadCount', '0'),
  ])
}

/** Those right below a place, or everything below it: parents come before children. */
export function foldersBelow(place: Place, folders: readonly Folder[], deep: boolean): readonly Folder[] {
  const parentId = place.kind === 'root' ? undefined : place.folder.id
  const direct = folders.filter((each) => each.parentId === parentId)
  if (!deep) return direct
  return direct.flatMap((folder) => [folder, ...foldersBelow({ kind: 'folder', folder }, folders, true)])
}
