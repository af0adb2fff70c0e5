import type { Element } from '@xmldom/xmldom'
import type { Call, Operation } from '../call.ts'
import { child, children, m, t } from '../elements.ts'
import { findWholeItem } from '../find-item.ts'
import { folderIn } from '../folders.ts'
import { itemIdElement } from '../ids.ts'
import { elementNameOf } from '../items/write-item.ts'
import { responseMessages } from '../response-messages.ts'

/** [MS-OXWSCORE] 3.1.4.7 */
export const moveItem: Operation = (call) => relocate(call, 'MoveItem', 'moveItem')

/** [MS-OXWSCORE] 3.1.4.1 */
export const copyItem: Operation = (call) => relocate(call, 'CopyItem', 'copyItem')

async function relocate(call: Call, operation: string, how: 'moveItem' | 'copyItem') {
  const folder = await folderIn(call, child(call.body, 'ToFolderId'))
  const answer = async (each: Element) => {
    const { id } = await findWholeItem(call, each)
    const item = await call.parts.mailboxes[how](call.mailboxId, id, folder.id)
    return m('Items', t(elementNameOf(item), itemIdElement(item)))
  }
  return responseMessages(call, operation, children(child(call.body, 'ItemIds')), answer, m('Items'))
}
