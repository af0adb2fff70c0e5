import type { Element } from '@xmldom/xmldom'
import type { XmlPart } from '#shared/xml/markup.ts'
import type { Item } from '../../mailbox/item.ts'
import type { Call, Operation } from '../call.ts'
import { child, children, m, t, textOf } from '../elements.ts'
import { folderIn } from '../folders.ts'
import { itemIdElement } from '../ids.ts'
import { composeDraft } from '../items/draft.ts'
import { requireKept } from '../items/kept-properties.ts'
import { newItemOf } from '../items/new-item.ts'
import { readWhole } from '../items/read-attachments.ts'
import { elementNameOf } from '../items/write-item.ts'
import { responses } from '../meetings/responses.ts'
import { inviteAttendees, readInvitations, requireToTell } from '../meetings/tell-attendees.ts'
import { responseMessages } from '../response-messages.ts'
import { keepOrSend } from '../send-mail.ts'
import type { ShownItem } from '../shown-item.ts'

/** [MS-OXWSCORE] 3.1.4.2 */
export const createItem: Operation = (call) =>
  responseMessages(
    call,
    'CreateItem',
    children(child(call.body, 'Items')),
    async (each: Element): Promise<XmlPart> => {
      const items = await createOne(call, each)
      return m(
        'Items',
        items.map((item) => t(elementNameOf(item), itemIdElement(item))),
      )
    },
    m('Items'),
  )

async function createOne(call: Call, element: Element): Promise<readonly ShownItem[]> {
  const name = element.localName ?? ''
  const respond = Object.hasOwn(responses, name) ? responses[name] : undefined
  if (respond) return respond(call, element)
  requireKept(element)
  if (name !== 'Message') return [await createOther(call, element)]
  const item = await createMessage(call, element)
  return item ? [item] : []
}

async function createMessage(call: Call, element: Element): Promise<Item | undefined> {
  const mime = textOf(element, 'MimeContent')
  const content =
    mime === undefined ? await composeDraft(call, await readWhole(call, element)) : Buffer.from(mime, 'base64')
  return keepOrSend(call, element, content)
}

async function createOther(call: Call, element: Element): Promise<Item> {
  const { mailboxes } = call.parts
  const { place, ...item } = await newItemOf(call, element)
  const invitations = item.kind === 'appointment' ? readInvitations(call, 'SendMeetingInvitations') : undefined
  const named = child(call.body, 'SavedItemFolderId')
  const folder = named ? await folderIn(call, named) : await mailboxes.wellKnownFolder(call.mailboxId, place)
  if (invitations && 'isMeeting' in item.properties) await requireToTell(call, item.properties, invitations)
  const created = await mailboxes.createItem(call.mailboxId, { ...item, folderId: folder.id })
  if (created.kind === 'appointment' && invitations) await inviteAttendees(call, created, invitations)
  return created
}
