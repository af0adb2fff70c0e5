import type { Appointment } from '../../mailbox/item.ts'
import type { BusyStatus } from '../../mailbox/item-properties.ts'
import type { MailboxStore, TimeSpan } from '../../mailbox/mailbox-store.ts'
import { type Occurrence, occurrencesOf } from '../../mailbox/occurrences.ts'
import { offsetAt } from '../../mailbox/time-zone.ts'
import { type TimeZone, wallClock } from '../../mailbox/time-zones.ts'
import { dayAfter, midnight } from './calendar-span.ts'

/** One appointment, or one occurrence of a series, on the days that a calendar shows. */
export interface CalendarEntry {
  readonly itemId: string
  /** The start that the pattern gives the occurrence of a series. */
  readonly occurrence?: string
  readonly subject: string
  readonly location: string
  readonly busyStatus: BusyStatus
  readonly allDay: boolean
  readonly isPrivate: boolean
  readonly isMeeting: boolean
  /** The mailbox's wall clock as if it were UTC; whole days keep the dates of their own zone. */
  readonly start: Date
  readonly end: Date
}

export interface EntriesRequest {
  readonly mailboxId: string
  readonly folderId: string
  readonly span: TimeSpan
  readonly zone: TimeZone
}

/** In the order in which a day shows them: whole days first. */
export async function calendarEntries(
  mailboxes: MailboxStore,
  { mailboxId, folderId, span, zone }: EntriesRequest,
): Promise<readonly CalendarEntry[]> {
  // A whole day of another zone begins and ends at other instants.
  const wide = { from: dayAfter(span.from, -1), to: dayAfter(span.to, 1) }
  const appointments = await mailboxes.listAppointments(mailboxId, folderId, wide)
  const entries = await Promise.all(
    appointments.map(async (appointment) => {
      const { properties } = appointment
      const found = await occurrencesOf(properties, wide, (instant) => offsetAt(properties.timeZone, instant))
      return found.map((occurrence) => entryOf(appointment, occurrence, zone))
    }),
  )
  return entries.flat().sort(byPlace)
}

function byPlace(a: CalendarEntry, b: CalendarEntry): number {
  return Number(b.allDay) - Number(a.allDay) || a.start.getTime() - b.start.getTime()
}

export function entryOf(
  { id, subject, properties }: Appointment,
  { start, end, originalStart, exception }: Occurrence,
  zone: TimeZone,
): CalendarEntry {
  const allDay = exception?.allDay ?? properties.allDay
  const wall = (instant: Date) => wallClock(allDay ? properties.timeZone : zone.written, instant)
  return {
    itemId: id,
    ...(properties.recurrence && { occurrence: originalStart.toISOString() }),
    subject: exception?.subject ?? subject,
    location: exception?.location ?? properties.location,
    busyStatus: exception?.busyStatus ?? properties.busyStatus,
    allDay,
    isPrivate: properties.sensitivity === 'private',
    isMeeting: properties.isMeeting,
    start: wall(start),
    end: wall(end),
  }
}

export function isOnDay({ start, end }: CalendarEntry, day: Date): boolean {
  const last = end > start ? new Date(end.getTime() - 1) : start
  return midnight(start) <= day && midnight(last) >= day
}
