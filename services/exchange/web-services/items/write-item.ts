import type { Xml, XmlPart } from '#shared/xml/markup.ts'
import type { Item } from '../../mailbox/item.ts'
import type { ItemKind } from '../../mailbox/item-properties.ts'
import { t } from '../elements.ts'
import { appointmentFields } from './appointment-fields.ts'
import { contactFields } from './contact-fields.ts'
import { listNames } from './contact-names.ts'
import { type Field, itemFields } from './item-fields.ts'
import type { ItemShape, ItemView } from './item-view.ts'
import { meetingFields } from './meeting-fields.ts'
import { messageFields } from './message-fields.ts'
import { allHeaders, oneHeader } from './message-headers.ts'
import { anyExtended } from './property-names.ts'
import { taskFields } from './task-fields.ts'

const fieldsOf: Readonly<Record<ItemKind, readonly Field[]>> = {
  message: [...itemFields, ...messageFields],
  appointment: [...itemFields, ...appointmentFields],
  contact: [...itemFields, ...contactFields],
  task: [...itemFields, ...taskFields],
  note: itemFields,
}

const elementNames: Readonly<Record<Exclude<ItemKind, 'message'>, string>> = {
  appointment: 'CalendarItem',
  contact: 'Contact',
  task: 'Task',
  note: 'Item',
}

function fieldsFor(item: Item): readonly Field[] {
  const meeting = item.kind === 'message' ? meetingFields[elementNameOf(item)] : undefined
  return meeting ? [...fieldsOf.message, ...meeting] : fieldsOf[item.kind]
}

/** The element of the item's type with what the shape wants, in the order of the schema. */
export async function itemElement(view: ItemView): Promise<Xml> {
  const content: XmlPart[] = []
  for (const field of fieldsFor(view.item)) if (isWanted(field, view.shape)) content.push(await field.write(view))
  return t(elementNameOf(view.item), content)
}

export function elementNameOf(item: Pick<Item, 'kind' | 'messageClass'>): string {
  if (item.kind !== 'message') return elementNames[item.kind]
  if (item.messageClass === 'IPM.Schedule.Meeting.Request') return 'MeetingRequest'
  if (item.messageClass === 'IPM.Schedule.Meeting.Canceled') return 'MeetingCancellation'
  return item.messageClass.startsWith('IPM.Schedule.Meeting.Resp') ? 'MeetingResponse' : 'Message'
}

const placed = new Set([
  ...['item:ItemId', 'item:ParentFolderId', 'item:IsDraft', 'item:Flag'],
  ...['item:EffectiveRights', 'item:IsUnmodified', 'item:IsFromMe'],
])

function isWanted(field: Field, shape: ItemShape): boolean {
  if (shape.embedded && placed.has(field.uri)) return false
  if (field.uri === 'item:ItemId' || isAsked(field.uri, shape.fields)) return true
  if (field.uri === 'item:MimeContent') return shape.mime
  if (shape.base === 'Default') return field.in === 'Default'
  return shape.base === 'AllProperties' && field.in !== 'asked'
}

/** By its name, by an entry of its list, or as any property of MAPI. */
function isAsked(uri: string, fields: ReadonlySet<string>): boolean {
  if (fields.has(uri)) return true
  const entries = uri === anyExtended ? anyExtended : uri === allHeaders ? oneHeader : listNames[uri]
  return entries !== undefined && [...fields].some((each) => each.startsWith(entries))
}
