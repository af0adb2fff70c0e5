import type { Element } from '@xmldom/xmldom'
import type { WellKnownFolder } from '../../mailbox/folder.ts'
import type { NewItem } from '../../mailbox/item.ts'
import type { TaskProperties } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'
import { child, children, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { readAttachments, readBody, readImportance } from './draft.ts'
import { newAppointment } from './read-appointment.ts'
import { contactFacts } from './read-contact.ts'
import { taskFacts } from './read-task.ts'
import { categoriesIn } from './shared-facts.ts'

type Made = Omit<NewItem, 'folderId'> & { readonly place: WellKnownFolder }

/** An appointment, contact or task from its element. */
export function newItemOf(call: Call, element: Element): Made {
  const { text, html } = readBody(element)
  const importance = readImportance(element)
  const shared = {
    subject: textOf(element, 'Subject') ?? '',
    createdAt: call.now,
    categories: categoriesIn(element),
    attachments: readAttachments(children(child(element, 'Attachments'))),
    ...(importance && { importance }),
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
  }
  if (element.localName === 'CalendarItem') return { ...shared, ...appointmentOf(call, element) }
  if (element.localName === 'Contact') return { ...shared, ...contactOf(element) }
  if (element.localName === 'Task') return { ...shared, ...taskOf(call, element) }
  throw new WebServicesError('ErrorInvalidRequest', `gap: creating ${element.localName}`, {
    text: `Fauxchange does not create items of the type ${element.localName}. See services/exchange/README.md.`,
  })
}

function appointmentOf(call: Call, element: Element) {
  return { kind: 'appointment', place: 'calendar', properties: newAppointment(call, element) } as const
}

function contactOf(element: Element) {
  const { fields, ...more } = contactFacts(element)
  const fileAs = fields.fileAs ?? textOf(element, 'DisplayName')
  const named = fileAs === undefined ? fields : { ...fields, fileAs }
  return { kind: 'contact', place: 'contacts', properties: { children: [], ...more, fields: named } } as const
}

function taskOf(call: Call, element: Element) {
  const properties: TaskProperties = { complete: false, sensitivity: 'normal', ...taskFacts(call, element) }
  return { kind: 'task', place: 'tasks', properties } as const
}
