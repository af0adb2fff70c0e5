import type { Element } from '@xmldom/xmldom'
import type { AppointmentProperties, Attendee } from '../../mailbox/item-properties.ts'
import { instantOf, wallClock } from '../../mailbox/time-zone.ts'
import type { Call } from '../call.ts'
import { child, children, flagOf, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { type RequestZone, zoneOfItem } from '../zones.ts'
import { busyNames, responseNames } from './appointment-names.ts'
import { readMailbox } from './draft.ts'
import { readMoment } from './moments.ts'
import { readRecurrence, recurrenceIn } from './recurrence.ts'
import { sensitivityIn } from './shared-facts.ts'
import { withoutAbsent } from './without-absent.ts'

export type AppointmentChanges = Partial<AppointmentProperties>

/** What an element says of an appointment; it may say one thing only. `before` is what is known already. */
export function appointmentFacts(call: Call, element: Element, before: AppointmentChanges = {}): AppointmentChanges {
  const own = zoneOfItem(element)
  const zone = own ?? call.zone
  const busy = Object.entries(busyNames).find(([, name]) => name === textOf(element, 'LegacyFreeBusyStatus'))?.[0]
  const facts = {
    ...timesOf(element, zone),
    ...(own && zoneChange(own.written, before, element)),
    allDay: flagOf(element, 'IsAllDayEvent'),
    location: textOf(element, 'Location') ?? textOf(element, 'EnhancedLocation', 'DisplayName'),
    busyStatus: busy as AppointmentProperties['busyStatus'] | undefined,
    sensitivity: sensitivityIn(element),
    uid: textOf(element, 'UID'),
    responseRequested: flagOf(element, 'IsResponseRequested'),
    disallowNewTimeProposal: opposite(flagOf(element, 'AllowNewTimeProposal')),
    ...attendeeFacts(element, before.attendees ?? []),
  }
  return withoutAbsent(facts) as AppointmentChanges
}

function timesOf(element: Element, zone: RequestZone) {
  return { start: readMoment(element, 'Start', zone), end: readMoment(element, 'End', zone) }
}

/** Without new times, the appointment keeps what the clocks show ("Update the time zone for an appointment"). */
function zoneChange(timeZone: string, { start, end, timeZone: old }: AppointmentChanges, element: Element) {
  if (start === undefined || end === undefined || child(element, 'Start')) return { timeZone }
  const shifted = (at: string) => instantOf(timeZone, wallClock(old, at))
  return { timeZone, start: shifted(start), end: shifted(end) }
}

function opposite(flag: boolean | undefined): boolean | undefined {
  return flag === undefined ? undefined : !flag
}

/** Minutes before the start: a number, or `null` for none; absent where the element says nothing. */
export function reminderIn(element: Element): number | null | undefined {
  const minutes = textOf(element, 'ReminderMinutesBeforeStart')
  if (flagOf(element, 'ReminderIsSet') === false) return null
  if (minutes === undefined) return flagOf(element, 'ReminderIsSet') ? 15 : undefined
  const value = Number(minutes)
  if (Number.isInteger(value) && value >= 0) return value
  throw new WebServicesError('ErrorSchemaValidation', 'ReminderMinutesBeforeStart is no number of minutes')
}

const lists = { RequiredAttendees: 'required', OptionalAttendees: 'optional', Resources: 'resource' } as const

/** The lists that the element names, with the others as they were; answers that are known stay. */
function attendeeFacts(element: Element, before: readonly Attendee[]) {
  const named = Object.entries(lists).filter(([name]) => child(element, name))
  if (named.length === 0) return {}
  const types = new Set<string>(named.map(([, type]) => type))
  const read = named.flatMap(([name, type]) =>
    children(child(element, name)).map((each) => attendeeOf(each, type, before)),
  )
  return { attendees: [...before.filter(({ type }) => !types.has(type)), ...read] }
}

/** The attendees in the lists of an element. */
export function attendeesIn(element: Element): readonly Attendee[] {
  return attendeeFacts(element, []).attendees ?? []
}

function attendeeOf(element: Element, type: Attendee['type'], before: readonly Attendee[]): Attendee {
  const mailbox = child(element, 'Mailbox')
  if (!mailbox) throw new WebServicesError('ErrorSchemaValidation', 'an attendee without a mailbox')
  const { name, address } = readMailbox(mailbox)
  const known = before.find((each) => each.address.toLowerCase() === address.toLowerCase())
  const said = Object.entries(responseNames).find(([, each]) => each === textOf(element, 'ResponseType'))?.[0]
  const status = known?.status ?? (said as Attendee['status'] | undefined) ?? 'notResponded'
  return { ...known, name: name || known?.name || address, address, type, status }
}

/** The pattern that the element gives, in the zone and from the start of the appointment. */
export function patternFacts(element: Element, { start = '', timeZone }: AppointmentChanges): AppointmentChanges {
  const given = recurrenceIn(element)
  if (!given) return {}
  const { begins: _, regenerate: __, ...recurrence } = readRecurrence(given, { start, timeZone })
  return { recurrence }
}

/** A new appointment: half an hour from now on, unless the element says otherwise. */
export function newAppointment(call: Call, element: Element): AppointmentProperties {
  const { owner, now, parts } = call
  const timeZone = zoneOfItem(element)?.written ?? call.zone?.written
  const facts = appointmentFacts(call, element)
  const start = facts.start ?? now.toISOString()
  const end = facts.end ?? new Date(Date.parse(start) + 30 * 60_000).toISOString()
  if (end < start) throw new WebServicesError('ErrorCalendarEndDateIsEarlierThanStartDate', `${end} is before ${start}`)
  const reminder = reminderIn(element) ?? undefined
  const whole = facts.allDay ? wholeDays({ start, end, timeZone }) : { start, end }
  return {
    uid: parts.context.random.uuid(),
    allDay: false,
    location: '',
    busyStatus: 'busy',
    sensitivity: 'normal',
    attendees: [],
    organizer: { name: owner.displayName, address: owner.emailAddress },
    isMeeting: (facts.attendees ?? []).length > 0,
    isReceived: false,
    isCancelled: false,
    response: 'organizer',
    responseRequested: true,
    disallowNewTimeProposal: false,
    stamp: now.toISOString(),
    exceptions: [],
    ...facts,
    ...whole,
    ...(timeZone !== undefined && { timeZone }),
    ...(reminder !== undefined && { reminderMinutes: reminder }),
    ...patternFacts(element, { start: whole.start, timeZone }),
  }
}

/** From midnight to midnight of the appointment's zone. */
export function wholeDays({ start, end, timeZone }: Pick<AppointmentProperties, 'start' | 'end' | 'timeZone'>) {
  const midnight = (at: string) => `${wallClock(timeZone, at).slice(0, 10)}T00:00:00.000Z`
  const first = midnight(start)
  const isWhole = wallClock(timeZone, end) === midnight(end)
  const last = isWhole && midnight(end) > first ? midnight(end) : dayAfter(midnight(end))
  return { start: instantOf(timeZone, first), end: instantOf(timeZone, last) }
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString()
}
