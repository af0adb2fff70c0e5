import type { Element } from '@xmldom/xmldom'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, m, textOf } from '../elements.ts'
import { findPlace, placeElement, readFolderShape } from '../folders.ts'
import { permissionSet } from '../permission-set.ts'
import { responseMessages } from '../response-messages.ts'

/** [MS-OXWSFOLD] 3.1.4.6 */
export const getFolder: Operation = async (call) => {
  const shape = await readFolderShape(call)
  const wanted = wantsPermissions(call)
  const answer = async (each: Element) => {
    const place = await findPlace(call, each)
    const isOwned = place.kind === 'folder' && (call.access?.rightsIn(place.folder.id).has('FolderOwner') ?? true)
    return m('Folders', placeElement(place, shape, wanted && isOwned ? await permissionSet(call, place.folder) : []))
  }
  return responseMessages(call, 'GetFolder', children(child(call.body, 'FolderIds')), answer, m('Folders'))
}

/** To owners of the folder only. */
function wantsPermissions({ body }: Call): boolean {
  const shape = child(body, 'FolderShape')
  const asked = children(child(shape, 'AdditionalProperties')).map((each) => attribute(each, 'FieldURI'))
  return textOf(shape, 'BaseShape') === 'AllProperties' || asked.includes('folder:PermissionSet')
}
