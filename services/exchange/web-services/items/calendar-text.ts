import type { Element } from '@xmldom/xmldom'
import { propertiesOf } from '../../calendar/answer-meeting.ts'
import { appointmentCalendar } from '../../calendar/meeting-calendar.ts'
import type { ItemBody } from '../../mailbox/item.ts'
import type { AppointmentException, AppointmentProperties } from '../../mailbox/item-properties.ts'
import { type MeetingText, readEvents } from '../../mailbox/meeting-text.ts'
import type { Call } from '../call.ts'
import type { ShownItem } from '../shown-item.ts'
import { WebServicesError } from '../web-services-error.ts'
import { plainTextOf } from './item-fields.ts'
import { appointmentFacts } from './read-appointment.ts'

/**
 * A new appointment from an iCalendar text in `t:MimeContent`; what its elements say besides goes before.
 * @throws WebServicesError ErrorMimeContentInvalid for a text without an event.
 */
export async function appointmentOfText(call: Call, element: Element, text: string) {
  const events = readEvents(text)
  const main = events.find(({ occurrence }) => occurrence === undefined) ?? events[0]
  if (!main) throw new WebServicesError('ErrorMimeContentInvalid', 'the text holds no event with a start')
  const { exceptions, reminderMinutes: _, ...read } = await propertiesOf(main)
  const changed = events.filter((each) => each !== main && each.occurrence !== undefined).map(exceptionOf)
  const properties: AppointmentProperties = {
    ...read,
    uid: main.uid || call.parts.context.random.uuid(),
    ...roleOf(call, main),
    ...(main.reminderMinutes !== undefined && { reminderMinutes: main.reminderMinutes }),
    exceptions: read.recurrence ? [...exceptions, ...changed] : [],
    ...appointmentFacts(call, element, read),
  }
  const described = { subject: main.subject, text: main.description }
  return { kind: 'appointment', place: 'calendar', ...described, properties } as const
}

function exceptionOf(text: MeetingText): AppointmentException {
  const { occurrence, start, end, location, subject, description, busyStatus } = text
  const own = { start, end, location, subject, busyStatus, ...(description !== '' && { bodyText: description }) }
  return { originalStart: occurrence ?? start, deleted: false, ...own }
}

/** Whether the owner organizes it, or has been invited and what they answered. */
function roleOf({ owner }: Call, { organizer, attendees }: MeetingText) {
  const own = owner.emailAddress.toLowerCase()
  const isOwn = organizer === undefined || organizer.address.toLowerCase() === own
  const status = attendees.find(({ address }) => address.toLowerCase() === own)?.status ?? 'notResponded'
  const response = isOwn ? 'organizer' : status === 'unknown' ? 'notResponded' : status
  return {
    organizer: isOwn || !organizer ? { name: owner.displayName, address: owner.emailAddress } : organizer,
    attendees: attendees.filter(({ address }) => address.toLowerCase() !== organizer?.address.toLowerCase()),
    isMeeting: attendees.length > 0,
    isReceived: !isOwn,
    response,
  } as const
}

/** The appointment as iCalendar text, for `t:MimeContent`. */
export async function textOfAppointment(
  { now }: Call,
  { subject, properties: kept, occurrence }: Extract<ShownItem, { kind: 'appointment' }>,
  body: ItemBody | undefined,
): Promise<Buffer> {
  const { recurrence, ...single } = kept
  const properties = recurrence && !occurrence ? kept : { ...single, exceptions: [] }
  const text = body ? await plainTextOf(body) : ''
  return Buffer.from(await appointmentCalendar({ subject, properties, text, now }))
}
