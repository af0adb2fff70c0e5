import { sendCancellation, sendInvitation } from '../../calendar/organize-meeting.ts'
import type { Appointment } from '../../mailbox/item.ts'
import type { AppointmentException, AppointmentProperties, Attendee } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'

/**
 * From 16.0 on the server tells attendees what the organizer did on the device; up to 14.1 the device mails
 * ([MS-ASCMD] 2.2.1.21, [MS-ASCAL] 3.1.5): a second mail would be one too many (SOGo 4022).
 */
export interface OrganizerChange {
  /** Absent for a new appointment. */
  readonly before?: Appointment | undefined
  readonly after: Appointment
  /** Of the text, or the one occurrence: what an attendee would want to know. */
  readonly isNews: boolean
  /** The start that the pattern gives the one occurrence it is about. */
  readonly occurrence?: string | undefined
}

export function isServerTelling({ version }: Pick<Call, 'version'>, properties: AppointmentProperties): boolean {
  return version >= 160 && properties.isMeeting && !properties.isReceived
}

/** New attendees are invited, those who stay hear what is different for them, and those who are left out that it is off. */
export async function tellOfChange(call: Call, { before, after, isNews, occurrence }: OrganizerChange): Promise<void> {
  const wasMeeting = before !== undefined && isServerTelling(call, before.properties)
  if (!isServerTelling(call, after.properties) && !wasMeeting) return
  const known = before ? attendeesOf(before.properties, occurrence) : []
  const invited = attendeesOf(after.properties, occurrence)
  const meeting = { organizer: call.user, appointment: after, text: await textOf(call, after), occurrence }
  await sendInvitation(call.parts, meeting, isNews ? invited : without(invited, known))
  await sendCancellation(call.parts, meeting, without(known, invited))
  call.request.recording.note({ decision: 'attendeesTold', detail: { invited: invited.length } })
}

/** The meeting, or the one occurrence, does not take place. */
export async function tellOfRemoval(call: Call, appointment: Appointment, occurrence?: string): Promise<void> {
  const { properties } = appointment
  if (!isServerTelling(call, properties)) return
  const cancelled = { ...appointment, properties: { ...properties, sequence: (properties.sequence ?? 0) + 1 } }
  await sendCancellation(call.parts, { organizer: call.user, appointment: cancelled, text: '', occurrence })
  call.request.recording.note({ decision: 'meetingCancelled' })
}

/** What numbers and dates the next invitation (RFC 5545 §3.8.7.4); nothing where the device itself mails it. */
export function nextInvitation(
  call: Pick<Call, 'version' | 'now'>,
  { properties }: Pick<Appointment, 'properties'>,
): Pick<AppointmentProperties, 'sequence' | 'stamp'> | undefined {
  if (!isServerTelling(call, properties)) return undefined
  return { sequence: (properties.sequence ?? 0) + 1, stamp: call.now.toISOString() }
}

async function textOf(call: Call, { id }: Appointment): Promise<string> {
  return (await call.parts.mailboxes.readBody(call.mailboxId, id))?.text ?? ''
}

function attendeesOf({ attendees, exceptions }: AppointmentProperties, occurrence: string | undefined) {
  return exceptions.find(({ originalStart }) => originalStart === occurrence)?.attendees ?? attendees
}

function without(attendees: readonly Attendee[], others: readonly Attendee[]): readonly Attendee[] {
  const known = new Set(others.map(({ address }) => address.toLowerCase()))
  return attendees.filter(({ address }) => !known.has(address.toLowerCase()))
}

type Described = Pick<Appointment, 'subject' | 'properties'>

/** Reminders, categories, answers and how busy the organizer is are nobody else's business. */
export function isOtherMeeting(before: Described, after: Described): boolean {
  return JSON.stringify(sharedFacts(before)) !== JSON.stringify(sharedFacts(after))
}

function sharedFacts({ subject, properties }: Described) {
  const { start, end, allDay, location, recurrence, sensitivity } = properties
  return { subject, start, end, allDay, location, recurrence, sensitivity }
}

export function isOtherOccurrence(before: AppointmentException | undefined, after: AppointmentException): boolean {
  return JSON.stringify(occurrenceFacts(before)) !== JSON.stringify(occurrenceFacts(after))
}

function occurrenceFacts(exception: AppointmentException | undefined) {
  const { subject, start, end, allDay, location, bodyText, bodyHtml, deleted = false } = exception ?? {}
  return { subject, start, end, allDay, location, bodyText, bodyHtml, deleted }
}
