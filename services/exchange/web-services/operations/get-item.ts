import type { Element } from '@xmldom/xmldom'
import type { Operation } from '../call.ts'
import { child, children, m } from '../elements.ts'
import { findItem } from '../find-item.ts'
import { readItemShape, viewItem } from '../items/item-view.ts'
import { itemElement } from '../items/write-item.ts'
import { responseMessages } from '../response-messages.ts'

/** [MS-OXWSCORE] 3.1.4.4 */
export const getItem: Operation = async (call) => {
  const shape = readItemShape(call)
  const answer = async (each: Element) => {
    const view = await viewItem(call, await findItem(call, each), shape)
    return m('Items', await itemElement(view))
  }
  return responseMessages(call, 'GetItem', children(child(call.body, 'ItemIds')), answer, m('Items'))
}
