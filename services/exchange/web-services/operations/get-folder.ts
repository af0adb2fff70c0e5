import type { Element } from '@xmldom/xmldom'
import type { Operation } from '../call.ts'
import { child, children, m } from '../elements.ts'
import { findPlace, placeElement, readFolderShape } from '../folders.ts'
import { responseMessages } from '../response-messages.ts'

/** [MS-OXWSFOLD] 3.1.4.6 */
export const getFolder: Operation = async (call) => {
  const shape = await readFolderShape(call)
  const answer = async (each: Element) => m('Folders', placeElement(await findPlace(call, each), shape))
  return responseMessages(call, 'GetFolder', children(child(call.body, 'FolderIds')), answer, m('Folders'))
}
