import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Item, Note } from '../../mailbox/item.ts'
import { optional, text, textOf } from '../elements.ts'
import { compactDateTime } from '../moments.ts'
import { bodyElement } from './item-bodies.ts'
import type { Adding, Changing, ItemClass, Writing } from './item-class.ts'
import { ItemProblem } from './item-problem.ts'
import { categoriesElement, readCategories } from './message.ts'
import { readBody } from './read-body.ts'

/** [MS-ASNOTE]. */
export const noteClass: ItemClass = { name: 'Notes', write, add, change }

async function write({ item, body, options }: Writing): Promise<readonly WbxmlElement[]> {
  const note = item as Note
  return [
    optional('Notes:Subject', note.subject),
    text('Notes:MessageClass', note.messageClass),
    text('Notes:LastModifiedDate', compactDateTime(note.properties.modifiedAt)),
    categoriesElement('Notes', note.categories),
    await bodyElement({ body, mime: async () => undefined, isSigned: false }, options),
  ].filter((each): each is WbxmlElement => each !== undefined)
}

async function add({ call, folder, data }: Adding): Promise<Item> {
  const body = await readBody(data)
  return call.parts.mailboxes.createItem(call.mailboxId, {
    kind: 'note',
    folderId: folder.id,
    subject: textOf(data, 'Notes:Subject') ?? '',
    messageClass: readMessageClass(data) ?? 'IPM.StickyNote',
    categories: readCategories(data, 'Notes') ?? [],
    ...body,
    properties: { modifiedAt: call.now.toISOString() },
    createdAt: call.now,
  })
}

async function change({ call, item, data }: Changing): Promise<Item | undefined> {
  const body = await readBody(data)
  const messageClass = readMessageClass(data)
  return call.parts.mailboxes.updateItem(call.mailboxId, item.id, {
    subject: textOf(data, 'Notes:Subject') ?? '',
    categories: readCategories(data, 'Notes') ?? [],
    ...(messageClass && { messageClass }),
    ...(body && { body }),
    properties: { modifiedAt: call.now.toISOString() },
  })
}

function readMessageClass(data: WbxmlElement): string | undefined {
  const name = textOf(data, 'Notes:MessageClass')
  if (name === undefined || /^IPM\.StickyNote(\.|$)/i.test(name)) return name
  throw new ItemProblem(6, `"${name}" is no class of notes`)
}
