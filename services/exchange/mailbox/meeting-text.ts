import type { Attendee, MailAddress } from './item-properties.ts'

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
}

interface Property {
  readonly name: string
  readonly parameters: Readonly<Record<string, string>>
  readonly value: string
}

/** Undefined for a text without an event that has a start. */
export function readMeetingText(text: string): MeetingText | undefined {
  const properties = text
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .flatMap(propertyOf)
  const begin = properties.findIndex(({ name, value }) => name === 'BEGIN' && value.toUpperCase() === 'VEVENT')
  const end = properties.findIndex(({ name, value }) => name === 'END' && value.toUpperCase() === 'VEVENT')
  const event = begin < 0 ? [] : properties.slice(begin, end < begin ? undefined : end)
  const find = (name: string) => event.find((each) => each.name === name)
  const start = find('DTSTART')
  const begins = start && momentOf(start)
  if (!begins) return undefined
  const allDay = start.parameters.VALUE === 'DATE'
  const written = (name: string) => unescaped(find(name)?.value ?? '')
  const organizer = find('ORGANIZER')
  return {
    method: properties.find(({ name }) => name === 'METHOD')?.value.toUpperCase() ?? '',
    uid: written('UID'),
    sequence: Number.parseInt(written('SEQUENCE') || '0', 10) || 0,
    subject: written('SUMMARY'),
    start: begins,
    end: endOf(find('DTEND'), find('DURATION'), begins, allDay),
    allDay,
    stamp: momentOf(find('DTSTAMP')) ?? begins,
    location: written('LOCATION'),
    ...(organizer && { organizer: addressOf(organizer) }),
    attendees: event.filter(({ name }) => name === 'ATTENDEE').map(attendeeOf),
  }
}

function propertyOf(line: string): readonly Property[] {
  const parts = /^([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^;:"]*))*):(.*)$/.exec(line)
  if (!parts) return []
  const parameters = [...(parts[2] ?? '').matchAll(/;([\w-]+)=("[^"]*"|[^;:"]*)/g)].map(([, name = '', value = '']) => {
    return [name.toUpperCase(), value.replace(/^"|"$/g, '')]
  })
  return [{ name: (parts[1] ?? '').toUpperCase(), parameters: Object.fromEntries(parameters), value: parts[3] ?? '' }]
}

const form = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/

/** UTC, a date, or the wall clock of a zone that the platform knows; of one that it does not, as UTC. */
function momentOf(property: Property | undefined): string | undefined {
  const parts = form.exec(property?.value ?? '')
  if (!property || !parts) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', utc] = parts
  const wall = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(wall)) return undefined
  const zone = utc ? undefined : property.parameters.TZID
  return new Date(wall - (zone === undefined ? 0 : offsetIn(zone, wall))).toISOString()
}

function offsetIn(zone: string, wall: number): number {
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

function endOf(end: Property | undefined, duration: Property | undefined, start: string, allDay: boolean): string {
  const given = momentOf(end)
  if (given) return given
  const [, weeks = '0', days = '0', hours = '0', minutes = '0'] =
    /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?$/.exec(duration?.value ?? '') ?? []
  const length = (Number(weeks) * 7 + Number(days)) * dayMs + (Number(hours) * 60 + Number(minutes)) * 60_000
  return new Date(Date.parse(start) + (length || (allDay ? dayMs : 0))).toISOString()
}

function addressOf({ parameters, value }: Property): MailAddress {
  const address = value.replace(/^mailto:/i, '')
  return { name: parameters.CN || address, address }
}

const statuses: Readonly<Record<string, Attendee['status']>> = {
  ACCEPTED: 'accepted',
  DECLINED: 'declined',
  TENTATIVE: 'tentative',
  'NEEDS-ACTION': 'notResponded',
}

function attendeeOf(property: Property): Attendee {
  const { ROLE, CUTYPE, PARTSTAT = '' } = property.parameters
  const isResource = CUTYPE === 'RESOURCE' || CUTYPE === 'ROOM'
  return {
    ...addressOf(property),
    type: isResource ? 'resource' : ROLE === 'OPT-PARTICIPANT' ? 'optional' : 'required',
    status: statuses[PARTSTAT.toUpperCase()] ?? 'notResponded',
  }
}

function unescaped(value: string): string {
  return value.replace(/\\([nN,;\\])/g, (_, character: string) => (character.toLowerCase() === 'n' ? '\n' : character))
}
