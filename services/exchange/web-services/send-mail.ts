import type { Element } from '@xmldom/xmldom'
import type { Item } from '../mailbox/item.ts'
import { submitMail } from '../transport/submit-mail.ts'
import type { Call } from './call.ts'
import { attribute, child, flagOf, textOf } from './elements.ts'
import { folderIn } from './folders.ts'
import { extendedPatch, readMessageFlags } from './items/extended-properties.ts'
import { keptIn } from './items/kept-properties.ts'
import { categoriesIn } from './items/shared-facts.ts'
import { flagIn } from './items/shared-patch.ts'
import { WebServicesError } from './web-services-error.ts'

/**
 * Sends it, with a copy in `m:SavedItemFolderId` or Sent Items where one is kept.
 * @throws WebServicesError ErrorInvalidRecipients for mail to nobody.
 */
export async function sendMail(call: Call, mime: Buffer, saveInSent: boolean): Promise<void> {
  const named = child(call.body, 'SavedItemFolderId')
  const folder = saveInSent && named ? await folderIn(call, named) : undefined
  const keptIn = folder && { mailboxId: call.mailboxId, folderId: folder.id }
  const count = await submitMail(call.parts, { sender: call.user, mime, saveInSent, keptIn })
  if (count === 0) throw new WebServicesError('ErrorInvalidRecipients', 'To, Cc and Bcc are empty')
}

const dispositions = ['SaveOnly', 'SendOnly', 'SendAndSaveCopy'] as const

/** @throws WebServicesError ErrorMessageDispositionRequired. */
export function readDisposition({ body }: Call): (typeof dispositions)[number] {
  const written = attribute(body, 'MessageDisposition')
  const disposition = dispositions.find((each) => each === written)
  if (disposition) return disposition
  throw new WebServicesError('ErrorMessageDispositionRequired', `MessageDisposition is "${written ?? ''}"`)
}

/** What MessageDisposition wants done with a new message: the draft, or nothing when it was sent. */
export async function keepOrSend(call: Call, element: Element, mime: Buffer): Promise<Item | undefined> {
  const disposition = readDisposition(call)
  if (disposition === 'SaveOnly') return saveDraft(call, element, mime)
  await sendMail(call, mime, disposition === 'SendAndSaveCopy')
  return undefined
}

async function saveDraft(call: Call, element: Element, mime: Buffer): Promise<Item> {
  const { mailboxes } = call.parts
  const named = child(call.body, 'SavedItemFolderId')
  const folder = named ? await folderIn(call, named) : await mailboxes.wellKnownFolder(call.mailboxId, 'drafts')
  const flags = readMessageFlags(element) ?? { isDraft: true, unread: false }
  const { extended, categories, ...own } = extendedPatch(element, call.now)
  const itemClass = textOf(element, 'ItemClass')
  const more = { ...(itemClass !== undefined && { messageClass: itemClass }), ...own }
  const flag = flagIn(call, child(element, 'Flag'))
  const item = await mailboxes.deliver(call.mailboxId, {
    folderId: folder.id,
    mime,
    receivedAt: call.now,
    unread: !(flagOf(element, 'IsRead') ?? !flags.unread),
    isDraft: flags.isDraft,
    categories: categories ?? categoriesIn(element),
    extended: { ...keptIn(call, 'message', element), ...extended },
    ...(flag && { flag }),
  })
  if (Object.keys(more).length === 0) return item
  return (await mailboxes.updateItem(call.mailboxId, item.id, more)) ?? item
}
