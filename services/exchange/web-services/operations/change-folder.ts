import type { Element } from '@xmldom/xmldom'
import type { Folder } from '../../mailbox/folder.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, m, textOf } from '../elements.ts'
import { findFolder, findPlace, folderClassNames, folderClassOf, folderElement } from '../folders.ts'
import { changePermissionSet } from '../permission-set.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

const idOnly = { idOnly: true, extended: [], folders: [] }

function folderIds(call: Call): readonly Element[] {
  return children(child(call.body, 'FolderIds'))
}

function foldersOf(folder: Folder) {
  return m('Folders', folderElement(folder, idOnly))
}

async function placeId(call: Call, name: string): Promise<string | undefined> {
  const place = await findPlace(call, children(child(call.body, name))[0])
  return place.kind === 'root' ? undefined : place.folder.id
}

/** [MS-OXWSFOLD] 3.1.4.2 */
export const createFolder: Operation = async (call) => {
  const parentId = await placeId(call, 'ParentFolderId')
  const answer = async (each: Element) => {
    const displayName = textOf(each, 'DisplayName') ?? ''
    const folder = { parentId, displayName, folderClass: folderClassOf(each) }
    return foldersOf(await call.parts.mailboxes.createFolder(call.mailboxId, folder))
  }
  return responseMessages(call, 'CreateFolder', children(child(call.body, 'Folders')), answer, m('Folders'))
}

/** [MS-OXWSFOLD] 3.1.4.8: the name and the permissions are what can be set, all or nothing; the class may be said again. */
export const updateFolder: Operation = (call) => {
  const answer = async (change: Element) => {
    const [id] = children(change)
    const folder = await findFolder(call, id)
    const updates = children(child(change, 'Updates'))
    if (updates.length === 0) throw new WebServicesError('ErrorInvalidPropertySet', 'there are no updates')
    return foldersOf(await call.parts.transaction(() => setFields(call, folder, updates)))
  }
  return responseMessages(call, 'UpdateFolder', children(child(call.body, 'FolderChanges')), answer, m('Folders'))
}

async function setFields(call: Call, before: Folder, updates: readonly Element[]): Promise<Folder> {
  let folder = before
  for (const update of updates) folder = await setField(call, folder, update)
  return folder
}

async function setField(call: Call, folder: Folder, update: Element): Promise<Folder> {
  const [path, written] = children(update)
  const displayName = textOf(written, 'DisplayName')
  const permissions = child(written, 'PermissionSet')
  if (update.localName === 'SetFolderField') {
    if (displayName !== undefined) return call.parts.mailboxes.updateFolder(call.mailboxId, folder.id, { displayName })
    if (permissions) return changePermissions(call, folder, permissions)
    if (textOf(written, 'FolderClass') === folderClassNames[folder.folderClass]) return folder
  }
  // Programs that save a folder as a whole take away what they were never shown.
  const uri = attribute(path, 'FieldURI')
  if (update.localName === 'DeleteFolderField' && uri === 'folder:PermissionSet') return changePermissions(call, folder)
  throw new WebServicesError('ErrorInvalidPropertySet', `${uri ?? 'it'} cannot be set`)
}

async function changePermissions(call: Call, folder: Folder, written?: Element): Promise<Folder> {
  if (call.access && !call.access.rightsIn(folder.id).has('FolderOwner'))
    throw new WebServicesError('ErrorAccessDenied', 'only owners of a folder share it')
  await changePermissionSet(call, folder, written)
  return folder
}

/** [MS-OXWSFOLD] 3.1.4.7 */
export const moveFolder: Operation = async (call) => {
  const parentId = (await placeId(call, 'ToFolderId')) ?? null
  const answer = async (each: Element) => {
    const { id } = await findFolder(call, each)
    return foldersOf(await call.parts.mailboxes.updateFolder(call.mailboxId, id, { parentId }))
  }
  return responseMessages(call, 'MoveFolder', folderIds(call), answer, m('Folders'))
}

/** [MS-OXWSFOLD] 3.1.4.1 */
export const copyFolder: Operation = async (call) => {
  const parentId = await placeId(call, 'ToFolderId')
  const answer = async (each: Element) => {
    const { id } = await findFolder(call, each)
    return foldersOf(await call.parts.mailboxes.copyFolder(call.mailboxId, id, parentId))
  }
  return responseMessages(call, 'CopyFolder', folderIds(call), answer, m('Folders'))
}

/** [MS-OXWSFOLD] 3.1.4.4 */
export const deleteFolder: Operation = async (call) => {
  const { mailboxes } = call.parts
  const isMoved = attribute(call.body, 'DeleteType') === 'MoveToDeletedItems'
  const bin = await mailboxes.wellKnownFolder(call.mailboxId, 'deleteditems')
  return responseMessages(call, 'DeleteFolder', folderIds(call), async (each: Element) => {
    const folder = await findFolder(call, each)
    if (isMoved && folder.parentId !== bin.id)
      await mailboxes.updateFolder(call.mailboxId, folder.id, { parentId: bin.id })
    else await mailboxes.deleteFolder(call.mailboxId, folder.id)
    return undefined
  })
}
