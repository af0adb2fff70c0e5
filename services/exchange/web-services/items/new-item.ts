import type { Element } from '@xmldom/xmldom'
import type { WellKnownFolder } from '../../mailbox/folder.ts'
import type { ExtendedProperties, NewItem } from '../../mailbox/item.ts'
import type { TaskProperties } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'
import { textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { appointmentOfText } from './calendar-text.ts'
import { readBody, readImportance } from './draft.ts'
import { extendedPatch } from './extended-properties.ts'
import { keptIn, mappedFileAs } from './kept-properties.ts'
import { newAppointment } from './read-appointment.ts'
import { attachmentsIn, readAttachments } from './read-attachments.ts'
import { contactFacts } from './read-contact.ts'
import { taskFacts } from './read-task.ts'
import { categoriesIn } from './shared-facts.ts'

type Made = Omit<NewItem, 'folderId'> & { readonly place: WellKnownFolder }

/** An appointment, contact or task from its element. */
export async function newItemOf(call: Call, element: Element): Promise<Made> {
  const { text, html } = readBody(element)
  const importance = readImportance(element)
  const shared = {
    subject: textOf(element, 'Subject') ?? '',
    createdAt: call.now,
    categories: categoriesIn(element),
    attachments: await readAttachments(call, attachmentsIn(element)),
    ...pick(extendedPatch(element, call.now), textOf(element, 'ItemClass'), keptIn(call, kindOf(element), element)),
    ...(importance && { importance }),
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
  }
  if (element.localName === 'CalendarItem') return { ...shared, ...(await appointmentOf(call, element)) }
  if (element.localName === 'Contact') return { ...shared, ...contactOf(element) }
  if (element.localName === 'Task') return { ...shared, ...taskOf(call, element) }
  throw new WebServicesError('ErrorInvalidRequest', `gap: creating ${element.localName}`, {
    text: `Fauxchange does not create items of the type ${element.localName}. See services/exchange/README.md.`,
  })
}

const kinds = { CalendarItem: 'appointment', Contact: 'contact', Task: 'task' } as const

function kindOf({ localName }: Element) {
  return kinds[localName as keyof typeof kinds] ?? 'note'
}

function pick(given: ReturnType<typeof extendedPatch>, itemClass: string | undefined, kept: ExtendedProperties) {
  const { subject, messageClass = itemClass, categories } = given
  const extended = { ...kept, ...given.extended }
  return {
    ...(subject !== undefined && { subject }),
    ...(messageClass !== undefined && { messageClass }),
    ...(categories && { categories }),
    ...(Object.keys(extended).length > 0 && { extended }),
  }
}

async function appointmentOf(call: Call, element: Element) {
  const written = textOf(element, 'MimeContent')
  if (written !== undefined) return appointmentOfText(call, element, Buffer.from(written, 'base64').toString())
  return { kind: 'appointment', place: 'calendar', properties: newAppointment(call, element) } as const
}

function contactOf(element: Element) {
  const { fields, ...more } = contactFacts(element)
  const fileAs = fields.fileAs ?? mappedFileAs(element) ?? textOf(element, 'DisplayName')
  const named = fileAs === undefined ? fields : { ...fields, fileAs }
  return { kind: 'contact', place: 'contacts', properties: { children: [], ...more, fields: named } } as const
}

function taskOf(call: Call, element: Element) {
  const properties: TaskProperties = { complete: false, sensitivity: 'normal', ...taskFacts(call, element) }
  return { kind: 'task', place: 'tasks', properties } as const
}
