import type { Element } from '@xmldom/xmldom'
import type { WellKnownFolder } from '../../mailbox/folder.ts'
import type { NewItem } from '../../mailbox/item.ts'
import type { AppointmentProperties, ContactField, Sensitivity, TaskProperties } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'
import { attribute, child, children, flagOf, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { busyNames } from './appointment-fields.ts'
import { contactTexts, laterContactTexts, mailKeys, phoneKeys } from './contact-fields.ts'
import { readAttachments, readBody, readImportance } from './draft.ts'

type Made = Omit<NewItem, 'folderId'> & { readonly place: WellKnownFolder }

/** An appointment, contact or task from its element. */
export function newItemOf(call: Call, element: Element): Made {
  const { text, html } = readBody(element)
  const importance = readImportance(element)
  const shared = {
    subject: textOf(element, 'Subject') ?? '',
    createdAt: call.now,
    categories: children(child(element, 'Categories')).map((each) => each.textContent ?? ''),
    attachments: readAttachments(children(child(element, 'Attachments'))),
    ...(importance && { importance }),
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
  }
  if (element.localName === 'CalendarItem') return { ...shared, ...appointmentOf(call, element) }
  if (element.localName === 'Contact') return { ...shared, ...contactOf(element) }
  if (element.localName === 'Task') return { ...shared, ...taskOf(element) }
  throw new WebServicesError('ErrorInvalidRequest', `gap: creating ${element.localName}`, {
    text: `Fauxchange does not create items of the type ${element.localName}. See services/exchange/README.md.`,
  })
}

export function readMoment(element: Element, name: string): string | undefined {
  const written = textOf(element, name)
  if (written === undefined) return undefined
  // Without a zone, a moment is one of UTC, as the product reads it without TimeZoneContext.
  const zoned = /Z$|[+-]\d\d:\d\d$/.test(written) ? written : `${written}Z`
  const at = new Date(zoned)
  if (Number.isNaN(at.getTime())) throw new WebServicesError('ErrorSchemaValidation', `${name} is no moment`)
  return at.toISOString()
}

function sensitivityIn(element: Element): Sensitivity | undefined {
  const written = textOf(element, 'Sensitivity')?.toLowerCase()
  return written === 'normal' || written === 'personal' || written === 'private' || written === 'confidential'
    ? written
    : undefined
}

/** What an element says of an appointment; it may say one thing only. */
export function appointmentFacts(element: Element): Partial<AppointmentProperties> {
  const busy = Object.entries(busyNames).find(([, name]) => name === textOf(element, 'LegacyFreeBusyStatus'))?.[0]
  const facts = {
    start: readMoment(element, 'Start'),
    end: readMoment(element, 'End'),
    allDay: flagOf(element, 'IsAllDayEvent'),
    location: textOf(element, 'Location'),
    busyStatus: busy as AppointmentProperties['busyStatus'] | undefined,
    sensitivity: sensitivityIn(element),
    uid: textOf(element, 'UID'),
  }
  return withoutAbsent(facts) as Partial<AppointmentProperties>
}

function withoutAbsent(facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

function appointmentOf({ user, now, parts }: Call, element: Element) {
  for (const name of ['Recurrence', 'RequiredAttendees', 'OptionalAttendees', 'Resources'])
    if (child(element, name))
      throw new WebServicesError('ErrorInvalidRequest', `gap: ${name} of a new appointment`, {
        text: `Fauxchange does not make appointments with ${name} here. See services/exchange/README.md.`,
      })
  const facts = appointmentFacts(element)
  const start = facts.start ?? now.toISOString()
  const end = facts.end ?? new Date(Date.parse(start) + 30 * 60_000).toISOString()
  if (end < start) throw new WebServicesError('ErrorItemSave', 'the appointment ends before it starts')
  const properties: AppointmentProperties = {
    uid: parts.context.random.uuid(),
    allDay: false,
    location: '',
    busyStatus: 'busy',
    sensitivity: 'normal',
    attendees: [],
    organizer: { name: user.displayName, address: user.emailAddress },
    isMeeting: false,
    isReceived: false,
    isCancelled: false,
    response: 'organizer',
    responseRequested: true,
    disallowNewTimeProposal: false,
    stamp: now.toISOString(),
    exceptions: [],
    ...facts,
    start,
    end,
  }
  return { kind: 'appointment', place: 'calendar', properties } as const
}

export function contactTextsOf(element: Element): Partial<Record<ContactField, string>> {
  const plain = [...contactTexts, ...laterContactTexts].map(([name, kept]) => [kept, textOf(element, name)] as const)
  const entries = (name: string, keys: readonly (readonly [string, ContactField])[]) =>
    children(child(element, name)).map((entry) => {
      const kept = keys.find(([key]) => key === attribute(entry, 'Key'))?.[1]
      return [kept, kept && (entry.textContent ?? '')] as const
    })
  const all = [...plain, ...entries('EmailAddresses', mailKeys), ...entries('PhoneNumbers', phoneKeys)]
  return Object.fromEntries(all.filter(([name, text]) => name !== undefined && text !== undefined))
}

function contactOf(element: Element) {
  const fields = contactTextsOf(element)
  const fileAs = fields.fileAs ?? textOf(element, 'DisplayName')
  const named = fileAs === undefined ? fields : { ...fields, fileAs }
  return { kind: 'contact', place: 'contacts', properties: { fields: named, children: [] } } as const
}

export function taskFacts(element: Element): Partial<TaskProperties> {
  const [start, due] = [readMoment(element, 'StartDate'), readMoment(element, 'DueDate')]
  const status = textOf(element, 'Status')
  const percent = textOf(element, 'PercentComplete')
  const complete =
    status === undefined && percent === undefined ? undefined : status === 'Completed' || percent === '100'
  const facts = { start, utcStart: start, due, utcDue: due, complete, sensitivity: sensitivityIn(element) }
  return withoutAbsent({ ...facts, completedAt: readMoment(element, 'CompleteDate') }) as Partial<TaskProperties>
}

function taskOf(element: Element) {
  const properties: TaskProperties = { complete: false, sensitivity: 'normal', ...taskFacts(element) }
  return { kind: 'task', place: 'tasks', properties } as const
}
