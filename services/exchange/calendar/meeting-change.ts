import type { Appointment } from '../mailbox/item.ts'
import type { AppointmentException, AppointmentProperties, Attendee } from '../mailbox/item-properties.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { MeetingParts } from './meeting-mail.ts'
import { sendCancellation, sendInvitation } from './organize-meeting.ts'

/** What an organizer did with a meeting, whatever protocol said so. */
export interface MeetingChange {
  readonly organizer: Recipient
  /** Absent for a new appointment. */
  readonly before?: Appointment | undefined
  readonly after: Appointment
  /** Its plain text. */
  readonly text: string
  /** Of what an attendee would want to know. */
  readonly isNews: boolean
  /** The start that the pattern gives the one occurrence it is about. */
  readonly occurrence?: string | undefined
  /** Only who was added or left out hears of it. */
  readonly onlyChanged?: boolean
  readonly saveInSent?: boolean
}

/**
 * New attendees are invited, those who stay hear what is different for them, and those who are left out that it is off.
 * @returns How many are invited or told.
 */
export async function tellAttendees(parts: MeetingParts, change: MeetingChange): Promise<number> {
  const { organizer, before, after, text, occurrence, saveInSent } = change
  const known = before ? attendeesOf(before.properties, occurrence) : []
  const invited = attendeesOf(after.properties, occurrence)
  const meeting = { organizer, appointment: after, text, occurrence, ...(saveInSent !== undefined && { saveInSent }) }
  const told = change.isNews && !change.onlyChanged ? invited : without(invited, known)
  await sendInvitation(parts, meeting, told)
  await sendCancellation(parts, meeting, without(known, invited))
  return told.length
}

/** Of the meeting, or of the one occurrence where that has its own. */
export function attendeesOf(
  { attendees, exceptions }: Pick<AppointmentProperties, 'attendees' | 'exceptions'>,
  occurrence: string | undefined,
): readonly Attendee[] {
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

/** The series with one occurrence that is different, in the order of the pattern. */
export function withException(
  properties: AppointmentProperties,
  exception: AppointmentException,
): AppointmentProperties {
  const others = properties.exceptions.filter(({ originalStart }) => originalStart !== exception.originalStart)
  const exceptions = [...others, exception].sort((a, b) => a.originalStart.localeCompare(b.originalStart))
  return { ...properties, exceptions }
}
