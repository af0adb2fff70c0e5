import type { Element } from '@xmldom/xmldom'
import { xml } from '#shared/xml/markup.ts'
import type { Item } from '../../mailbox/item.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, m, t } from '../elements.ts'
import { findWholeItem } from '../find-item.ts'
import { changeKeyOf, readId, writeId } from '../ids.ts'
import { readAttachments } from '../items/draft.ts'
import { attachmentFacts } from '../items/item-fields.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

function attachmentIds(call: Call): readonly Element[] {
  return children(child(call.body, 'AttachmentIds'))
}

/** [MS-OXWSATT] 3.1.4.3 */
export const getAttachment: Operation = (call) => {
  const { mailboxes } = call.parts
  const answer = async (each: Element) => {
    const [itemId, id = ''] = readId('attachment', attribute(each, 'Id'))
    const found = await mailboxes.readAttachment(call.mailboxId, itemId, id)
    if (!found) throw new WebServicesError('ErrorAttachmentNotFound', `no attachment ${id} of an item ${itemId}`)
    const facts = attachmentFacts(itemId, { ...found, size: found.content.length })
    return m('Attachments', t('FileAttachment', facts, t('Content', found.content.toString('base64'))))
  }
  return responseMessages(call, 'GetAttachment', attachmentIds(call), answer, m('Attachments'))
}

/** [MS-OXWSATT] 3.1.4.1 */
export const createAttachment: Operation = async (call) => {
  const { mailboxes } = call.parts
  const parent = await findWholeItem(call, child(call.body, 'ParentItemId'))
  const answer = async (each: Element) => {
    const before = await idsOf(call, parent)
    const item = await mailboxes.updateItem(call.mailboxId, parent.id, { addAttachments: readAttachments([each]) })
    const added = (await idsOf(call, parent)).find((id) => !before.includes(id))
    if (!item || added === undefined) throw new WebServicesError('ErrorItemNotFound', 'the item is not there')
    const id = writeId('attachment', parent.id, added)
    const root = { id: writeId('item', item.id), key: changeKeyOf(item.changeNumber) }
    const written = xml`<t:AttachmentId Id="${id}" RootItemId="${root.id}" RootItemChangeKey="${root.key}"/>`
    return m('Attachments', t('FileAttachment', written))
  }
  const asked = children(child(call.body, 'Attachments'))
  return responseMessages(call, 'CreateAttachment', asked, answer, m('Attachments'))
}

async function idsOf({ parts, mailboxId }: Call, item: Item): Promise<readonly string[]> {
  const body = await parts.mailboxes.readBody(mailboxId, item.id)
  return (body?.attachments ?? []).map(({ id }) => id)
}

/** [MS-OXWSATT] 3.1.4.2 */
export const deleteAttachment: Operation = (call) =>
  responseMessages(call, 'DeleteAttachment', attachmentIds(call), async (each: Element) => {
    const [itemId, id = ''] = readId('attachment', attribute(each, 'Id'))
    const found = await call.parts.mailboxes.readAttachment(call.mailboxId, itemId, id)
    if (!found) throw new WebServicesError('ErrorAttachmentNotFound', `no attachment ${id} of an item ${itemId}`)
    const item = await call.parts.mailboxes.updateItem(call.mailboxId, itemId, { removeAttachments: [id] })
    const key = changeKeyOf(item?.changeNumber ?? 0)
    return xml`<m:RootItemId RootItemId="${writeId('item', itemId)}" RootItemChangeKey="${key}"/>`
  })
