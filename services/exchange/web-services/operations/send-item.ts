import type { Element } from '@xmldom/xmldom'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children } from '../elements.ts'
import { findItem } from '../find-item.ts'
import { responseMessages } from '../response-messages.ts'
import { sendMail } from '../send-mail.ts'
import { WebServicesError } from '../web-services-error.ts'

/** [MS-OXWSCORE] 3.1.4.8: the draft goes, and a copy is kept where that is asked. */
export const sendItem: Operation = (call) =>
  responseMessages(call, 'SendItem', children(child(call.body, 'ItemIds')), (each: Element) => send(call, each))

async function send(call: Call, itemId: Element): Promise<undefined> {
  const { mailboxes } = call.parts
  const item = await findItem(call, itemId, { unchanged: true })
  const mime = await mailboxes.readMime(call.mailboxId, item.id)
  if (item.kind !== 'message' || !mime) throw new WebServicesError('ErrorItemNotFound', 'the item is no message')
  const saveInSent = attribute(call.body, 'SaveItemToFolder') === 'true'
  await sendMail(call, mime, saveInSent)
  await mailboxes.deleteItem(call.mailboxId, item.id, 'forGood')
  return undefined
}
