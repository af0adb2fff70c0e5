import type { Element } from '@xmldom/xmldom'
import { type Xml, xml } from '#shared/xml/markup.ts'
import type { AttachmentFacts, Item, ItemPatch } from '../../mailbox/item.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, m, t } from '../elements.ts'
import { findWholeItem } from '../find-item.ts'
import { changeKeyOf, readId, writeId } from '../ids.ts'
import { composeDraft, draftOf } from '../items/draft.ts'
import { embeddedElement } from '../items/embedded-message.ts'
import { attachmentFacts, attachmentName } from '../items/item-fields.ts'
import { embeddedMessage, readAttachments } from '../items/read-attachments.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

function attachmentIds(call: Call): readonly Element[] {
  return children(child(call.body, 'AttachmentIds'))
}

/** [MS-OXWSATT] 3.1.4.3 */
export const getAttachment: Operation = (call) => {
  const answer = async (each: Element) => {
    const { itemId, found } = await findAttachment(call, each)
    const facts = attachmentFacts(itemId, { ...found, size: found.content.length })
    const content =
      found.contentType === embeddedMessage
        ? await embeddedElement(call, found.content)
        : t('Content', found.content.toString('base64'))
    return m('Attachments', t(attachmentName(found), facts, content))
  }
  return responseMessages(call, 'GetAttachment', attachmentIds(call), answer, m('Attachments'))
}

async function findAttachment(call: Call, element: Element) {
  const [itemId, id = ''] = readId('attachment', attribute(element, 'Id'))
  const found = await call.parts.mailboxes.readAttachment(call.mailboxId, itemId, id)
  if (found) return { itemId, id, found }
  throw new WebServicesError('ErrorAttachmentNotFound', `no attachment ${id} of an item ${itemId}`)
}

/** [MS-OXWSATT] 3.1.4.1 */
export const createAttachment: Operation = async (call) => {
  const parent = await findWholeItem(call, child(call.body, 'ParentItemId'))
  const answer = async (each: Element) => {
    const before = (await attachmentsOf(call, parent)).map(({ id }) => id)
    const item = await added(call, parent, each)
    const after = await attachmentsOf(call, parent)
    const last = after.findLast(({ id }) => !before.includes(id))
    if (!item || !last) throw new WebServicesError('ErrorItemNotFound', 'the item is not there')
    return m('Attachments', t(attachmentName(last), rootedId(item, last.id)))
  }
  const asked = children(child(call.body, 'Attachments'))
  return responseMessages(call, 'CreateAttachment', asked, answer, m('Attachments'))
}

async function added(call: Call, parent: Item, element: Element): Promise<Item | undefined> {
  const files = await readAttachments(call, [element])
  const { mailboxes } = call.parts
  if (parent.kind !== 'message') return mailboxes.updateItem(call.mailboxId, parent.id, { addAttachments: files })
  const draft = await draftOf(call, requireDraft(parent))
  const mime = await composeDraft(call, { ...draft, attachments: [...draft.attachments, ...files] })
  return mailboxes.updateItem(call.mailboxId, parent.id, { mime })
}

function requireDraft(item: Extract<Item, { kind: 'message' }>) {
  if (item.isDraft) return item
  throw new WebServicesError('ErrorInvalidRequest', 'gap: files of a message that is no draft', {
    text: 'Fauxchange changes the attachments of drafts only. See services/exchange/README.md.',
  })
}

async function attachmentsOf({ parts, mailboxId }: Call, item: Item): Promise<readonly AttachmentFacts[]> {
  const body = await parts.mailboxes.readBody(mailboxId, item.id)
  return body?.attachments ?? []
}

function rootedId(item: Item, id: string): Xml {
  const root = { id: writeId('item', item.id), key: changeKeyOf(item.changeNumber) }
  return xml`<t:AttachmentId Id="${writeId('attachment', item.id, id)}" RootItemId="${root.id}" RootItemChangeKey="${root.key}"/>`
}

/** [MS-OXWSATT] 3.1.4.2 */
export const deleteAttachment: Operation = (call) =>
  responseMessages(call, 'DeleteAttachment', attachmentIds(call), async (each: Element) => {
    const { itemId, id } = await findAttachment(call, each)
    const item = await call.parts.mailboxes.updateItem(call.mailboxId, itemId, await without(call, itemId, id))
    const key = changeKeyOf(item?.changeNumber ?? 0)
    return xml`<m:RootItemId RootItemId="${writeId('item', itemId)}" RootItemChangeKey="${key}"/>`
  })

async function without(call: Call, itemId: string, id: string): Promise<ItemPatch> {
  const item = await call.parts.mailboxes.findItem(call.mailboxId, itemId)
  if (item?.kind !== 'message') return { removeAttachments: [id] }
  const place = (await attachmentsOf(call, item)).findIndex((each) => each.id === id)
  const draft = await draftOf(call, requireDraft(item))
  const attachments = draft.attachments.filter((_, index) => index !== place)
  return { mime: await composeDraft(call, { ...draft, attachments }) }
}
