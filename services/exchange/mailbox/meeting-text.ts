import { type CalendarLine, calendarLines, componentsOf, unescapedText } from './calendar-lines.ts'
import { describedZone } from './calendar-zone.ts'
import type { Attendee, BusyStatus, MailAddress, Sensitivity } from './item-properties.ts'
import { offsetAt } from './time-zone.ts'
import { findTimeZone } from './time-zones.ts'

/** What an iCalendar text (RFC 5545) says of its first event; moments are ISO instants. */
export interface MeetingText {
  readonly method: string
  readonly uid: string
  readonly sequence: number
  readonly subject: string
  readonly start: string
  readonly end: string
  readonly allDay: boolean
  readonly stamp: string
  readonly location: string
  readonly organizer?: MailAddress
  readonly attendees: readonly Attendee[]
  readonly description: string
  readonly busyStatus: BusyStatus
  readonly sensitivity: Sensitivity
  /** Minutes before the start. */
  readonly reminderMinutes?: number
  readonly responseRequested: boolean
  readonly disallowNewTimeProposal: boolean
  /** The value of RRULE. */
  readonly rule?: string
  /** The starts of occurrences that do not take place. */
  readonly excluded: readonly string[]
  /** The occurrence that all this is about, by the start that the pattern gives it. */
  readonly occurrence?: string
  /** Of the start, as appointments keep it. */
  readonly timeZone?: string
}

/** Undefined for a text without an event that has a start. */
export function readMeetingText(text: string): MeetingText | undefined {
  const lines = calendarLines(text)
  const [event = []] = componentsOf(lines, 'VEVENT')
  return readEvent(lines, event)
}

/** Every event of the text that has a start: a series, and each of its exceptions. */
export function readEvents(text: string): readonly MeetingText[] {
  const lines = calendarLines(text)
  return componentsOf(lines, 'VEVENT')
    .map((event) => readEvent(lines, event))
    .filter((each) => each !== undefined)
}

function readEvent(lines: readonly CalendarLine[], event: readonly CalendarLine[]): MeetingText | undefined {
  const find = (name: string) => event.find((each) => each.name === name)
  const clock = clockOf(lines)
  const start = find('DTSTART')
  const begins = start && momentOf(start, clock)
  if (!begins) return undefined
  const allDay = start.parameters.VALUE === 'DATE'
  const written = (name: string) => unescapedText(find(name)?.value ?? '')
  return {
    method: lines.find(({ name }) => name === 'METHOD')?.value.toUpperCase() ?? '',
    uid: written('UID'),
    sequence: Number.parseInt(written('SEQUENCE') || '0', 10) || 0,
    subject: written('SUMMARY'),
    start: begins,
    end: endOf(momentOf(find('DTEND'), clock), find('DURATION'), begins, allDay),
    allDay,
    stamp: momentOf(find('DTSTAMP'), clock) ?? begins,
    location: written('LOCATION'),
    description: written('DESCRIPTION'),
    busyStatus: busyStatusOf(find('X-MICROSOFT-CDO-BUSYSTATUS') ?? find('X-MICROSOFT-CDO-INTENDEDSTATUS')),
    ...wishesOf(event),
    ...peopleOf(event),
    ...repetitionOf(event, clock),
    ...zoneOfStart(start, clock),
  }
}

const sensitivitiesByClass: Readonly<Record<string, Sensitivity>> = { PRIVATE: 'private', CONFIDENTIAL: 'confidential' }
const minutesOf = { M: 1, H: 60, D: 1440, W: 10_080 } as const

/** How the organizer wants it kept and answered. */
function wishesOf(event: readonly CalendarLine[]) {
  const saidOf = (name: string) => event.find((each) => each.name === name)?.value.toUpperCase() ?? ''
  const [, amount, unit] = /^-P(?:T?)(\d{1,6})([MHDW])$/.exec(saidOf('TRIGGER')) ?? []
  const replies = event.flatMap(({ name, parameters }) => (name === 'ATTENDEE' ? [parameters.RSVP] : []))
  return {
    sensitivity: sensitivitiesByClass[saidOf('CLASS')] ?? 'normal',
    ...(amount !== undefined && { reminderMinutes: Number(amount) * minutesOf[unit as keyof typeof minutesOf] }),
    responseRequested: !replies.some((each) => each?.toUpperCase() === 'FALSE'),
    disallowNewTimeProposal: saidOf('X-MICROSOFT-DISALLOW-COUNTER') === 'TRUE',
  }
}

function peopleOf(event: readonly CalendarLine[]) {
  const organizer = event.find(({ name }) => name === 'ORGANIZER')
  return {
    ...(organizer && { organizer: addressOf(organizer) }),
    attendees: event.filter(({ name }) => name === 'ATTENDEE').map(attendeeOf),
  }
}

function repetitionOf(event: readonly CalendarLine[], clock: Clock) {
  const rule = event.find(({ name }) => name === 'RRULE')?.value
  const occurrence = momentOf(
    event.find(({ name }) => name === 'RECURRENCE-ID'),
    clock,
  )
  const excluded = event
    .filter(({ name }) => name === 'EXDATE')
    .flatMap((line) => line.value.split(',').map((value) => momentOf({ ...line, value }, clock)))
  return {
    ...(rule !== undefined && { rule }),
    ...(occurrence !== undefined && { occurrence }),
    excluded: excluded.filter((each) => each !== undefined),
  }
}

function zoneOfStart({ parameters, value }: CalendarLine, { zoneNamed }: Clock) {
  const timeZone = value.endsWith('Z') || !parameters.TZID ? undefined : zoneNamed(parameters.TZID)
  return timeZone === undefined ? {} : { timeZone }
}

/** How the text's wall clocks become instants. */
interface Clock {
  readonly zoneNamed: (name: string) => string | undefined
  /** Milliseconds to take from a wall clock for UTC. */
  readonly offsetOf: (name: string, wall: number) => number
}

/** A zone by its description in the text, by Windows' names, or by those that the platform knows. */
function clockOf(lines: readonly CalendarLine[]): Clock {
  const zoneNamed = (name: string) => describedZone(lines, name) ?? findTimeZone(name)?.written
  return {
    zoneNamed,
    offsetOf: (name, wall) => {
      const zone = zoneNamed(name)
      if (zone === undefined) return platformOffset(name, wall)
      const guess = new Date(wall - offsetAt(zone, new Date(wall)) * 60_000)
      return offsetAt(zone, guess) * 60_000
    },
  }
}

const form = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/

/** UTC, a date, or the wall clock of a zone; of one that nobody knows, as UTC. */
function momentOf(line: CalendarLine | undefined, { offsetOf }: Clock): string | undefined {
  const parts = form.exec(line?.value ?? '')
  if (!line || !parts) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', utc] = parts
  const wall = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(wall)) return undefined
  const zone = utc ? undefined : line.parameters.TZID
  return new Date(wall - (zone === undefined ? 0 : offsetOf(zone, wall))).toISOString()
}

function platformOffset(zone: string, wall: number): number {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    const name = format.formatToParts(wall).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):?(\d{2})?/.exec(name) ?? []
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  } catch {
    return 0
  }
}

const dayMs = 86_400_000

function endOf(given: string | undefined, duration: CalendarLine | undefined, start: string, allDay: boolean): string {
  if (given) return given
  const [, weeks = '0', days = '0', hours = '0', minutes = '0'] =
    /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?$/.exec(duration?.value ?? '') ?? []
  const length = (Number(weeks) * 7 + Number(days)) * dayMs + (Number(hours) * 60 + Number(minutes)) * 60_000
  return new Date(Date.parse(start) + (length || (allDay ? dayMs : 0))).toISOString()
}

function addressOf({ parameters, value }: CalendarLine): MailAddress {
  const address = value.replace(/^mailto:/i, '')
  return { name: parameters.CN || address, address }
}

const statuses: Readonly<Record<string, Attendee['status']>> = {
  ACCEPTED: 'accepted',
  DECLINED: 'declined',
  TENTATIVE: 'tentative',
  'NEEDS-ACTION': 'notResponded',
}

function attendeeOf(line: CalendarLine): Attendee {
  const { ROLE, CUTYPE, PARTSTAT = '' } = line.parameters
  const isResource = CUTYPE === 'RESOURCE' || CUTYPE === 'ROOM'
  return {
    ...addressOf(line),
    type: isResource ? 'resource' : ROLE === 'OPT-PARTICIPANT' ? 'optional' : 'required',
    status: statuses[PARTSTAT.toUpperCase()] ?? 'notResponded',
  }
}

const busyStatuses: Readonly<Record<string, BusyStatus>> = {
  FREE: 'free',
  TENTATIVE: 'tentative',
  OOF: 'outOfOffice',
  WORKINGELSEWHERE: 'elsewhere',
}

function busyStatusOf(line: CalendarLine | undefined): BusyStatus {
  return busyStatuses[line?.value.toUpperCase() ?? ''] ?? 'busy'
}
