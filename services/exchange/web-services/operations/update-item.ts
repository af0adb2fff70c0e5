import type { Element } from '@xmldom/xmldom'
import type { Item, ItemPatch } from '../../mailbox/item.ts'
import { submitMail } from '../../transport/submit-mail.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, m, t } from '../elements.ts'
import { findItem } from '../find-item.ts'
import { itemIdElement } from '../ids.ts'
import { applyChanges } from '../items/apply-changes.ts'
import { elementNameOf } from '../items/write-item.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

/** [MS-OXWSCORE] 3.1.4.9 */
export const updateItem: Operation = (call) =>
  responseMessages(
    call,
    'UpdateItem',
    children(child(call.body, 'ItemChanges')),
    async (each: Element) => {
      const item = await update(call, each)
      return [m('Items', item && t(elementNameOf(item), itemIdElement(item))), m('ConflictResults', t('Count', '0'))]
    },
    m('Items'),
  )

async function update(call: Call, change: Element): Promise<Item | undefined> {
  const { mailboxes } = call.parts
  const isCareful = attribute(call.body, 'ConflictResolution') !== 'AlwaysOverwrite'
  const before = await findItem(
    call,
    child(change, 'ItemId'),
    isCareful && attribute(call.body, 'ConflictResolution') === 'NeverOverwrite',
  )
  const patch: ItemPatch = await applyChanges(call, before, children(child(change, 'Updates')))
  const item = await mailboxes.updateItem(call.mailboxId, before.id, patch)
  if (!item) throw new WebServicesError('ErrorItemNotFound', 'the item went while it was changed')
  const disposition = attribute(call.body, 'MessageDisposition')
  if (item.kind !== 'message' || disposition === undefined || disposition === 'SaveOnly') return item
  const mime = (await mailboxes.readMime(call.mailboxId, item.id)) ?? Buffer.alloc(0)
  const count = await submitMail(call.parts, { sender: call.user, mime, saveInSent: disposition === 'SendAndSaveCopy' })
  if (count === 0) throw new WebServicesError('ErrorInvalidRecipients', 'To, Cc and Bcc are empty')
  await mailboxes.deleteItem(call.mailboxId, item.id, 'forGood')
  return undefined
}
