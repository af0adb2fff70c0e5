import type { Element } from '@xmldom/xmldom'
import { xml } from '#shared/xml/markup.ts'
import type { Operation } from '../call.ts'
import { attribute, child, children, t } from '../elements.ts'
import { fits } from '../folder-restriction.ts'
import { findPlace, folderElement, foldersBelow, readFolderShape } from '../folders.ts'
import { responseMessages } from '../response-messages.ts'

/** [MS-OXWSSRCH] 3.1.4.1 */
export const findFolder: Operation = async (call) => {
  const shape = await readFolderShape(call)
  const deep = attribute(call.body, 'Traversal') === 'Deep'
  const [restriction] = children(child(call.body, 'Restriction'))
  const view = child(call.body, 'IndexedPageFolderView')
  const offset = Number(attribute(view, 'Offset') ?? 0) || 0
  const most = Number(attribute(view, 'MaxEntriesReturned') ?? Number.MAX_SAFE_INTEGER) || 0
  return responseMessages(call, 'FindFolder', children(child(call.body, 'ParentFolderIds')), async (each: Element) => {
    const below = foldersBelow(await findPlace(call, each), shape.folders, deep)
    const all = restriction ? below.filter((folder) => fits(restriction, folder)) : below
    const shown = all.slice(offset, offset + most)
    const next = offset + shown.length
    return xml`<m:RootFolder IndexedPagingOffset="${String(next)}" TotalItemsInView="${String(all.length)}" IncludesLastItemInRange="${String(next >= all.length)}">${t(
      'Folders',
      shown.map((folder) => folderElement(folder, shape)),
    )}</m:RootFolder>`
  })
}
