import type { Xml } from '#shared/xml/markup.ts'
import type { Message } from '../../mailbox/item.ts'
import { parseMessage } from '../../mailbox/parse-message.ts'
import { shownFiles } from '../../mailbox/shown-files.ts'
import type { Call } from '../call.ts'
import { readItemShape } from './item-view.ts'
import { itemElement } from './write-item.ts'

/** A message inside an attachment: it is in no folder, so that it has no id. */
export async function embeddedElement(call: Call, mime: Buffer): Promise<Xml> {
  const parsed = await parseMessage(mime)
  const shape = { ...readItemShape(call, 'AttachmentShape'), base: 'AllProperties' as const, embedded: true }
  const { text, html, attachments } = parsed
  const body = { ...(text !== undefined && { text }), ...(html !== undefined && { html }), attachments: [] }
  const item: Message = {
    ...parsed,
    kind: 'message',
    id: '',
    folderId: '',
    numbers: { arrived: 0, read: 0, flag: 0, categories: 0, content: 0 },
    changeNumber: 0,
    receivedAt: call.now,
    unread: false,
    hasAttachments: shownFiles(parsed, attachments).length > 0,
    isDraft: false,
    categories: [],
    conversationId: '',
    conversationIndex: '',
    lastVerb: 'none',
  }
  return itemElement({ call, item, body, mime: shape.mime ? mime : undefined, head: mime, shape })
}
