import type { Element } from '@xmldom/xmldom'
import type { XmlPart } from '#shared/xml/markup.ts'
import type { Item } from '../../mailbox/item.ts'
import { submitMail } from '../../transport/submit-mail.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, flagOf, m, t, textOf } from '../elements.ts'
import { folderIn } from '../folders.ts'
import { itemIdElement } from '../ids.ts'
import { composeDraft, emptyDraft, readDraft } from '../items/draft.ts'
import { readMessageFlags } from '../items/extended-properties.ts'
import { newItemOf } from '../items/new-item.ts'
import { elementNameOf } from '../items/write-item.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

/** [MS-OXWSCORE] 3.1.4.2 */
export const createItem: Operation = (call) =>
  responseMessages(
    call,
    'CreateItem',
    children(child(call.body, 'Items')),
    async (each: Element): Promise<XmlPart> => {
      const item = each.localName === 'Message' ? await createMessage(call, each) : await createOther(call, each)
      return m('Items', item && t(elementNameOf(item), itemIdElement(item)))
    },
    m('Items'),
  )

async function createMessage(call: Call, element: Element): Promise<Item | undefined> {
  const disposition = attribute(call.body, 'MessageDisposition')
  const mime = textOf(element, 'MimeContent')
  const content =
    mime === undefined ? await composeDraft(call, readDraft(element, emptyDraft)) : Buffer.from(mime, 'base64')
  if (disposition === 'SaveOnly') return saveDraft(call, element, content)
  if (disposition !== 'SendOnly' && disposition !== 'SendAndSaveCopy')
    throw new WebServicesError('ErrorMessageDispositionRequired', `MessageDisposition is "${disposition ?? ''}"`)
  const count = await submitMail(call.parts, {
    sender: call.user,
    mime: content,
    saveInSent: disposition === 'SendAndSaveCopy',
  })
  if (count === 0) throw new WebServicesError('ErrorInvalidRecipients', 'To, Cc and Bcc are empty')
  return undefined
}

async function saveDraft(call: Call, element: Element, mime: Buffer): Promise<Item> {
  const { mailboxes } = call.parts
  const named = child(call.body, 'SavedItemFolderId')
  const folder = named ? await folderIn(call, named) : await mailboxes.wellKnownFolder(call.mailboxId, 'drafts')
  const flags = readMessageFlags(element) ?? { isDraft: true, unread: false }
  const isRead = flagOf(element, 'IsRead') ?? !flags.unread
  const categories = children(child(element, 'Categories')).map((each) => each.textContent ?? '')
  const delivery = {
    folderId: folder.id,
    mime,
    receivedAt: call.now,
    unread: !isRead,
    isDraft: flags.isDraft,
    categories,
  }
  return mailboxes.deliver(call.mailboxId, delivery)
}

async function createOther(call: Call, element: Element): Promise<Item> {
  const { mailboxes } = call.parts
  const { place, ...item } = newItemOf(call, element)
  const named = child(call.body, 'SavedItemFolderId')
  const folder = named ? await folderIn(call, named) : await mailboxes.wellKnownFolder(call.mailboxId, place)
  return mailboxes.createItem(call.mailboxId, { ...item, folderId: folder.id })
}
