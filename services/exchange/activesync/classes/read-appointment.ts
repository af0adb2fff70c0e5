import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type {
  AppointmentException,
  AppointmentProperties,
  Attendee,
  MailAddress,
  Recurrence,
} from '../../mailbox/item-properties.ts'
import { instantOf, readZone } from '../../mailbox/time-zone.ts'
import { all, child, flagOf, numberOf, textOf } from '../elements.ts'
import { momentOf } from '../moments.ts'
import { ItemProblem } from './item-problem.ts'
import { type Located, readStructured } from './location.ts'
import { readCategories } from './message.ts'
import { readRecurrence } from './recurrence.ts'
import { busyStatusOf, nameOf, sensitivityOf } from './shades.ts'

export interface AppointmentReading {
  readonly version: number
  readonly now: Date
  readonly organizer: MailAddress
  /** For what the client does not name, or from 16.0 on must not. */
  readonly uid: string
  readonly clientId?: string
  readonly before?: AppointmentProperties
  readonly supported?: readonly string[] | undefined
}

type Reader = ReturnType<typeof readerOf>

/** What was not sent is gone up to 14.1, and stays from 16.0 on ([MS-ASCAL] 3.1.5.8, [MS-ASCMD] 2.2.3.179). */
function readerOf(data: WbxmlElement, { version, before, supported }: AppointmentReading) {
  const keeps = (name: string) => version >= 160 || (supported !== undefined && !supported.includes(`Calendar:${name}`))
  return <Value>(
    name: string,
    read: (name: string) => Value | undefined,
    kept: Value | undefined,
  ): Value | undefined =>
    child(data, `Calendar:${name}`) ? read(`Calendar:${name}`) : before && keeps(name) ? kept : undefined
}

/** @throws ItemProblem 6 for an appointment that is none. */
export function readAppointment(data: WbxmlElement, reading: AppointmentReading): AppointmentProperties {
  const { before, version, organizer } = reading
  const read = readerOf(data, reading)
  const frame = readFrame(data, reading)
  const recurrence = readPattern(data, reading)
  const reminderMinutes = read('Reminder', (name) => reminderOf(data, name), before?.reminderMinutes)
  return {
    uid: (version < 160 && textOf(data, 'Calendar:UID')) || before?.uid || reading.uid,
    ...clientUid(data, before),
    ...frame,
    ...readLocation(data, read, before),
    ...shadesOf(data, read, before),
    ...(reminderMinutes !== undefined && { reminderMinutes }),
    organizer: readOrganizer(data, version) ?? organizer,
    ...meetingOf(data, reading, read),
    ...(before?.sequence !== undefined && { sequence: before.sequence }),
    ...(before?.lastUpdate && { lastUpdate: before.lastUpdate }),
    stamp: (version < 160 && momentOf(textOf(data, 'Calendar:DtStamp'))) || reading.now.toISOString(),
    ...(recurrence && { recurrence }),
    exceptions: recurrence ? readExceptions(data, reading, frame, recurrence) : [],
  }
}

const received = 2
const cancelled = 4

/** The bits of MeetingStatus, where the client sends it; else what the attendees make of it. */
function meetingOf(data: WbxmlElement, reading: AppointmentReading, read: Reader) {
  const { before } = reading
  const attendees = read('Attendees', (name) => readAttendees(data, name, reading), before?.attendees) ?? []
  const kept = bitsOf(before) | Number(attendees.length > 0)
  const bits = read('MeetingStatus', (name) => numberOf(data, name), undefined) ?? kept
  const isMeeting = (bits & 1) !== 0
  const flag = (name: string, keptFlag: boolean | undefined) => read(name, (each) => flagOf(data, each), keptFlag)
  return {
    attendees,
    isMeeting,
    isReceived: (bits & received) !== 0,
    isCancelled: (bits & cancelled) !== 0,
    response: before && before.response !== 'none' ? before.response : isMeeting ? 'organizer' : 'none',
    ...(before?.repliedAt && { repliedAt: before.repliedAt }),
    responseRequested: flag('ResponseRequested', before?.responseRequested) ?? isMeeting,
    disallowNewTimeProposal: flag('DisallowNewTimeProposal', before?.disallowNewTimeProposal) ?? false,
  } as const
}

function bitsOf(before: AppointmentProperties | undefined): number {
  if (!before) return 0
  return Number(before.isMeeting) + (before.isReceived ? received : 0) + (before.isCancelled ? cancelled : 0)
}

function shadesOf(data: WbxmlElement, read: Reader, before: AppointmentProperties | undefined) {
  return {
    busyStatus: read('BusyStatus', (name) => busyStatusOf(numberOf(data, name)), before?.busyStatus) ?? 'busy',
    sensitivity: read('Sensitivity', (name) => sensitivityOf(numberOf(data, name)), before?.sensitivity) ?? 'normal',
  } as const
}

function clientUid(data: WbxmlElement, before: AppointmentProperties | undefined) {
  const given = textOf(data, 'Calendar:ClientUid') ?? before?.clientUid
  return given === undefined ? {} : { clientUid: given }
}

const halfHour = 30 * 60_000

type Frame = Pick<AppointmentProperties, 'start' | 'end' | 'allDay' | 'timeZone'>

/** [MS-ASCAL] 3.2.4.4: without a start the next half hour, without an end half an hour. */
function readFrame(data: WbxmlElement, reading: AppointmentReading): Frame {
  const { before, now } = reading
  const allDay = readerOf(data, reading)('AllDayEvent', (name) => flagOf(data, name), before?.allDay) ?? false
  const timeZone = readZone(textOf(data, 'Calendar:Timezone')) ?? before?.timeZone
  const moment = instantReader({ allDay, timeZone }, reading.version)
  const start = moment(textOf(data, 'Calendar:StartTime'))
  const end = moment(textOf(data, 'Calendar:EndTime'))
  if (end && !start && !before) throw new ItemProblem(6, 'an EndTime without a StartTime')
  const begins = start ?? before?.start ?? new Date(Math.ceil(now.getTime() / halfHour) * halfHour).toISOString()
  const ends = end ?? keptEnd(begins, before)
  if (ends < begins) throw new ItemProblem(6, `it ends at ${ends}, before it begins at ${begins}`)
  return { start: begins, end: ends, allDay, ...(timeZone && { timeZone }) }
}

/** 16.x: the moments of whole days are dates, and become midnight of the appointment's own zone. */
export function instantReader(
  { allDay, timeZone }: { readonly allDay: boolean; readonly timeZone?: string | undefined },
  version: number,
): (written: string | undefined) => string | undefined {
  return (written) => {
    const moment = momentOf(written)
    return moment && version >= 160 && allDay ? instantOf(timeZone, moment) : moment
  }
}

function keptEnd(start: string, before: AppointmentProperties | undefined): string {
  const duration = before ? Date.parse(before.end) - Date.parse(before.start) : halfHour
  return new Date(Date.parse(start) + duration).toISOString()
}

function readPattern(data: WbxmlElement, { before }: AppointmentReading): Recurrence | undefined {
  const given = child(data, 'Calendar:Recurrence')
  if (!given) return before?.recurrence
  return given.children.length === 0 ? undefined : readRecurrence('Calendar', given)
}

function readLocation(data: WbxmlElement, read: Reader, before: AppointmentProperties | undefined) {
  if (child(data, 'AirSyncBase:Location')) return readStructured(data)
  const location = read('Location', (name) => textOf(data, name), before?.location) ?? ''
  return { location, ...(before?.place && { place: before.place }) }
}

function reminderOf(data: WbxmlElement, name: string): number | undefined {
  const minutes = numberOf(data, name)
  return minutes === undefined || Number.isNaN(minutes) ? undefined : minutes
}

function readOrganizer(data: WbxmlElement, version: number): MailAddress | undefined {
  const address = textOf(data, 'Calendar:OrganizerEmail')
  if (version >= 160 || !address) return undefined
  return { name: textOf(data, 'Calendar:OrganizerName') || address, address }
}

const attendeeTypes = { required: 1, optional: 2, resource: 3 } as const
const attendeeStatuses = { unknown: 0, tentative: 2, accepted: 3, declined: 4, notResponded: 5 } as const

function readAttendees(
  data: WbxmlElement,
  name: string,
  { before, version }: Pick<AppointmentReading, 'before' | 'version'>,
): readonly Attendee[] {
  return all(child(data, name), 'Calendar:Attendee').map((each) => {
    const address = textOf(each, 'Calendar:Email') ?? ''
    const known = before?.attendees.find((other) => other.address.toLowerCase() === address.toLowerCase())
    // From 16.0 on it is the attendee's to say ([MS-ASCAL] 2.2.2.5).
    const said = version < 160 ? nameOf(attendeeStatuses, numberOf(each, 'Calendar:AttendeeStatus')) : undefined
    return {
      address,
      name: textOf(each, 'Calendar:Name') || address,
      type: nameOf(attendeeTypes, numberOf(each, 'Calendar:AttendeeType')) ?? 'required',
      status: said ?? known?.status ?? 'notResponded',
    }
  })
}

/** Absent: as they were, unless the pattern or its times are others ([MS-ASCAL] 3.2.4.6). */
function readExceptions(
  data: WbxmlElement,
  { before, version }: AppointmentReading,
  frame: Frame,
  recurrence: Recurrence,
): readonly AppointmentException[] {
  const given = child(data, 'Calendar:Exceptions')
  if (given && (version < 160 || !before)) {
    const moment = version < 160 ? momentOf : instantReader(frame, version)
    return all(given, 'Calendar:Exception').map((each) => readException(each, { moment, version }))
  }
  if (!before) return []
  const isSame = before.start === frame.start && JSON.stringify(before.recurrence) === JSON.stringify(recurrence)
  return isSame || version < 160 ? before.exceptions : []
}

/** How the exceptions of a version are read, and what is known of who is invited. */
export interface ExceptionReading {
  readonly version: number
  readonly moment: (written: string | undefined) => string | undefined
  readonly before?: AppointmentProperties
}

/** A new series of 16.x names the occurrence as its later changes do. */
function readException(given: WbxmlElement, reading: ExceptionReading): AppointmentException {
  const { version, moment } = reading
  const name = version < 160 ? 'Calendar:ExceptionStartTime' : 'AirSyncBase:InstanceId'
  const originalStart = version < 160 ? momentOf(textOf(given, name)) : moment(textOf(given, name))
  if (!originalStart) throw new ItemProblem(version < 160 ? 6 : 184, 'an exception says which occurrence it is')
  return { ...readExceptionFacts(given, reading), originalStart, deleted: flagOf(given, 'Calendar:Deleted') ?? false }
}

/** What an exception says; absent is inherited, an empty tag clears. */
export function readExceptionFacts(given: WbxmlElement, reading: ExceptionReading): Partial<AppointmentException> {
  const { moment } = reading
  const present = (name: string) => child(given, name) !== undefined
  const structured = child(given, 'AirSyncBase:Location')
  const located: Located = structured ? readStructured(given) : textLocation(given)
  const facts = {
    subject: textOf(given, 'Calendar:Subject'),
    start: moment(textOf(given, 'Calendar:StartTime')),
    end: moment(textOf(given, 'Calendar:EndTime')),
    ...located,
    categories: readCategories(given, 'Calendar'),
    sensitivity: present('Calendar:Sensitivity') ? sensitivityOf(numberOf(given, 'Calendar:Sensitivity')) : undefined,
    busyStatus: present('Calendar:BusyStatus') ? busyStatusOf(numberOf(given, 'Calendar:BusyStatus')) : undefined,
    allDay: flagOf(given, 'Calendar:AllDayEvent'),
    reminderMinutes: present('Calendar:Reminder') ? (reminderOf(given, 'Calendar:Reminder') ?? null) : undefined,
    attendees: present('Calendar:Attendees') ? readAttendees(given, 'Calendar:Attendees', reading) : undefined,
    ...readExceptionBody(given),
  }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

function textLocation(given: WbxmlElement): Located {
  const location = textOf(given, 'Calendar:Location')
  return location === undefined ? {} : { location }
}

function readExceptionBody(given: WbxmlElement): Pick<AppointmentException, 'bodyText' | 'bodyHtml'> {
  const body = child(given, 'AirSyncBase:Body')
  const written = textOf(body, 'AirSyncBase:Data')
  if (written === undefined) return {}
  return numberOf(body, 'AirSyncBase:Type') === 2 ? { bodyHtml: written } : { bodyText: written }
}
