import type { Element } from '@xmldom/xmldom'
import type { NewAttachment } from '../../mailbox/item.ts'
import type { Call } from '../call.ts'
import { child, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { composeDraft, emptyDraft, readDraft } from './draft.ts'

/** Items that are attached are messages, and travel as message/rfc822. */
export const embeddedMessage = 'message/rfc822'

/** [MS-OXWSATT] 2.2.4.6, 2.2.4.7: files and messages. */
export async function readAttachments(call: Call, list: readonly Element[]): Promise<readonly NewAttachment[]> {
  const read: NewAttachment[] = []
  for (const each of list) read.push(each.localName === 'FileAttachment' ? fileOf(each) : await messageOf(call, each))
  return read
}

function fileOf(element: Element): NewAttachment {
  const contentId = textOf(element, 'ContentId')
  return {
    name: textOf(element, 'Name') ?? '',
    contentType: textOf(element, 'ContentType') ?? 'application/octet-stream',
    ...(contentId !== undefined && { contentId }),
    isInline: textOf(element, 'IsInline') === 'true',
    content: Buffer.from(textOf(element, 'Content') ?? '', 'base64'),
  }
}

async function messageOf(call: Call, element: Element): Promise<NewAttachment> {
  const message = child(element, 'Message')
  if (element.localName !== 'ItemAttachment' || !message)
    throw new WebServicesError('ErrorInvalidRequest', 'gap: attached items that are no messages', {
      text: 'Fauxchange attaches files and messages. See services/exchange/README.md.',
    })
  const written = textOf(message, 'MimeContent')
  const content =
    written === undefined ? await composeDraft(call, await readWhole(call, message)) : Buffer.from(written, 'base64')
  const name = textOf(element, 'Name') || textOf(message, 'Subject') || 'message'
  return { name, contentType: embeddedMessage, isInline: false, content }
}

/** A message as its element describes it, attachments and all. */
export async function readWhole(call: Call, element: Element, before = emptyDraft, appends = false) {
  const draft = readDraft(element, before, appends)
  const added = await readAttachments(call, attachmentsIn(element))
  return { ...draft, attachments: [...draft.attachments, ...added] }
}

export function attachmentsIn(element: Element): readonly Element[] {
  const list = child(element, 'Attachments')
  return list ? [...list.childNodes].filter((each): each is Element => each.nodeType === 1) : []
}
