import { escapedText, foldedLine } from '../mailbox/calendar-lines.ts'
import { zoneLines } from '../mailbox/calendar-zone.ts'
import type {
  AppointmentException,
  AppointmentProperties,
  Attendee,
  BusyStatus,
  MailAddress,
  TimeProposal,
} from '../mailbox/item-properties.ts'
import { ruleTextOf } from '../mailbox/recurrence-rule.ts'
import { utcZone } from '../mailbox/time-zone.ts'
import { timeZones, wallClock } from '../mailbox/time-zones.ts'

/** What one party of a meeting tells the others (RFC 5546 §3.2). */
export interface MeetingNews {
  readonly method: 'REQUEST' | 'REPLY' | 'COUNTER' | 'CANCEL' | 'PUBLISH'
  readonly subject: string
  /** With the start and end of the occurrence, when it is about one. */
  readonly properties: AppointmentProperties
  /** The attendees it names: all of them, or the one who answers. */
  readonly attendees: readonly Attendee[]
  /** The start that the pattern gives the occurrence this is about. */
  readonly occurrence?: string | undefined
  readonly text: string
  /** When the attendee of a COUNTER would rather meet. */
  readonly proposal?: TimeProposal | undefined
  readonly now: Date
}

/** The name by which Outlook calls a zone that it describes. */
const zoneName = 'Customized Time Zone'

export async function meetingCalendar(news: MeetingNews): Promise<string> {
  return calendarText(news, await eventLines(news, zoneOf(news)))
}

/** An appointment with the exceptions of a series, as its own mailbox gives it out. */
export async function appointmentCalendar(appointment: Omit<MeetingNews, 'method' | 'attendees'>): Promise<string> {
  const { properties } = appointment
  const news: MeetingNews = { ...appointment, method: 'PUBLISH', attendees: properties.attendees }
  const changed = properties.exceptions.filter(({ deleted }) => !deleted)
  const events = await Promise.all(changed.map((each) => eventLines(exceptionNews(news, each), zoneOf(news))))
  return calendarText(news, [...(await eventLines(news, zoneOf(news))), ...events.flat()])
}

function exceptionNews(news: MeetingNews, exception: AppointmentException): MeetingNews {
  const { originalStart, subject = news.subject, bodyText = news.text, reminderMinutes, ...facts } = exception
  const { start, end } = news.properties
  const length = Date.parse(end) - Date.parse(start)
  const times = { start: originalStart, end: new Date(Date.parse(originalStart) + length).toISOString() }
  const reminder = reminderMinutes === undefined ? {} : { reminderMinutes: reminderMinutes ?? undefined }
  const properties = { ...news.properties, ...times, ...facts, ...reminder } as AppointmentProperties
  return { ...news, subject, text: bodyText, properties, attendees: properties.attendees, occurrence: originalStart }
}

/** The name of the zone in which times are written: of a series, and of whatever a mailbox gives out. */
function zoneOf({ method, properties: { recurrence, allDay, timeZone } }: MeetingNews): string | undefined {
  if (method === 'PUBLISH') return timeZones.find(({ written }) => written === (timeZone ?? utcZone))?.name ?? zoneName
  return recurrence !== undefined && !allDay ? zoneName : undefined
}

function calendarText(news: MeetingNews, events: readonly string[]): string {
  const { method, properties } = news
  const zone = zoneOf(news)
  const lines = [
    'BEGIN:VCALENDAR',
    'PRODID:Microsoft Exchange Server 2010',
    'VERSION:2.0',
    `METHOD:${method}`,
    ...(zone === undefined ? [] : zoneLines(properties.timeZone, zone)),
    ...events,
    'END:VCALENDAR',
    '',
  ]
  return lines.map(foldedLine).join('\r\n')
}

/** About what the organizer planned, whatever that is. */
const answers = new Set<MeetingNews['method']>(['REPLY', 'COUNTER'])

async function eventLines(news: MeetingNews, zone: string | undefined): Promise<readonly string[]> {
  const { method, subject, properties, occurrence, text, now } = news
  const { recurrence, organizer, sequence = 0, location, busyStatus } = properties
  const at = (name: string, moment: string) => momentLine(name, moment, properties, zone)
  const series = recurrence !== undefined && occurrence === undefined && !answers.has(method)
  const excluded = series ? properties.exceptions.filter(({ deleted }) => deleted) : []
  return [
    'BEGIN:VEVENT',
    ...(organizer ? [`ORGANIZER${nameParameter(organizer)}:mailto:${organizer.address}`] : []),
    ...news.attendees.map((each) => attendeeLine(each, news)),
    ...(text === '' ? [] : [`DESCRIPTION:${escapedText(text)}`]),
    ...(series ? [`RRULE:${await ruleTextOf(recurrence)}`] : []),
    ...excluded.map(({ originalStart }) => at('EXDATE', originalStart)),
    ...(occurrence === undefined ? [] : [at('RECURRENCE-ID', occurrence)]),
    `UID:${properties.uid}`,
    `SUMMARY:${escapedText(subject)}`,
    ...timeLines(news, at),
    `CLASS:${properties.sensitivity === 'private' ? 'PRIVATE' : 'PUBLIC'}`,
    `DTSTAMP:${compact(now)}Z`,
    `TRANSP:${busyStatus === 'free' ? 'TRANSPARENT' : 'OPAQUE'}`,
    `STATUS:${method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED'}`,
    `SEQUENCE:${sequence}`,
    ...(location === '' ? [] : [`LOCATION:${escapedText(location)}`]),
    `X-MICROSOFT-CDO-BUSYSTATUS:${busyNames[busyStatus]}`,
    `X-MICROSOFT-CDO-ALLDAYEVENT:${properties.allDay ? 'TRUE' : 'FALSE'}`,
    ...requestLines(news),
    'END:VEVENT',
  ]
}

/** A proposal takes the place of the times, which stand beside it ([MS-OXCICAL] 2.1.3.1.1.20.58). */
function timeLines({ properties, proposal }: MeetingNews, at: (name: string, moment: string) => string) {
  const { start, end } = properties
  if (!proposal) return [at('DTSTART', start), at('DTEND', end)]
  return [
    at('DTSTART', proposal.start),
    at('DTEND', proposal.end),
    at('X-MS-OLK-ORIGINALSTART', start),
    at('X-MS-OLK-ORIGINALEND', end),
  ]
}

/** [MS-OXCICAL] 2.1.3.1.1.20.31. */
const busyNames: Readonly<Record<BusyStatus, string>> = {
  free: 'FREE',
  tentative: 'TENTATIVE',
  busy: 'BUSY',
  outOfOffice: 'OOF',
  elsewhere: 'WORKINGELSEWHERE',
}

function requestLines({ method, properties }: MeetingNews): readonly string[] {
  if (method !== 'REQUEST' && method !== 'PUBLISH') return []
  const { disallowNewTimeProposal, reminderMinutes } = properties
  return [
    `X-MICROSOFT-DISALLOW-COUNTER:${disallowNewTimeProposal ? 'TRUE' : 'FALSE'}`,
    ...(reminderMinutes === undefined ? [] : reminderLines(reminderMinutes)),
  ]
}

function reminderLines(reminderMinutes: number): readonly string[] {
  return [
    'BEGIN:VALARM',
    'DESCRIPTION:REMINDER',
    `TRIGGER;RELATED=START:-PT${reminderMinutes}M`,
    'ACTION:DISPLAY',
    'END:VALARM',
  ]
}

function momentLine(
  name: string,
  moment: string,
  { allDay, timeZone }: Pick<AppointmentProperties, 'allDay' | 'timeZone'>,
  zone: string | undefined,
): string {
  const wall = compact(wallClock(timeZone, new Date(moment)))
  if (allDay) return `${name};VALUE=DATE:${wall.slice(0, 8)}`
  return zone === undefined ? `${name}:${compact(new Date(moment))}Z` : `${name};TZID=${zone}:${wall}`
}

function compact(moment: Date): string {
  return moment.toISOString().slice(0, 19).replace(/[-:]/g, '')
}

const roles = { required: 'REQ-PARTICIPANT', optional: 'OPT-PARTICIPANT', resource: 'NON-PARTICIPANT' } as const
const participation: Readonly<Record<Attendee['status'], string>> = {
  unknown: 'NEEDS-ACTION',
  notResponded: 'NEEDS-ACTION',
  accepted: 'ACCEPTED',
  tentative: 'TENTATIVE',
  declined: 'DECLINED',
}

function attendeeLine(attendee: Attendee, { method, properties }: MeetingNews): string {
  const { type, status, address } = attendee
  const kind = type === 'resource' ? ';CUTYPE=RESOURCE' : ''
  const asks = method === 'REQUEST' ? `;RSVP=${properties.responseRequested ? 'TRUE' : 'FALSE'}` : ''
  return `ATTENDEE;ROLE=${roles[type]}${kind};PARTSTAT=${participation[status]}${asks}${nameParameter(attendee)}:mailto:${address}`
}

function nameParameter({ name }: MailAddress): string {
  return `;CN="${name.replace(/["\r\n]/g, '')}"`
}
