import type { Element } from '@xmldom/xmldom'
import type { Item } from '../mailbox/item.ts'
import type { Call } from './call.ts'
import { attribute } from './elements.ts'
import { changeKeyOf, itemIdOf } from './ids.ts'
import { WebServicesError } from './web-services-error.ts'

/** @throws WebServicesError for an id that is malformed or of another mailbox, or an item that changed meanwhile. */
export async function findItem(call: Call, itemId: Element | undefined, unchanged = false): Promise<Item> {
  const id = itemIdOf(itemId)
  const item = await call.parts.mailboxes.findItem(call.mailboxId, id)
  if (!item)
    throw new WebServicesError('ErrorItemNotFound', `no item ${id} in the mailbox of ${call.user.emailAddress}`)
  const key = attribute(itemId, 'ChangeKey')
  if (unchanged && key !== undefined && key !== changeKeyOf(item.changeNumber))
    throw new WebServicesError('ErrorIrresolvableConflict', 'the item has changed since the client read it')
  return item
}
