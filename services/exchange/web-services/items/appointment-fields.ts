import { type XmlPart, xml } from '#shared/xml/markup.ts'
import type { Appointment } from '../../mailbox/item.ts'
import type { AppointmentProperties, Attendee } from '../../mailbox/item-properties.ts'
import { timeZones } from '../../mailbox/time-zones.ts'
import { field, t } from '../elements.ts'
import { itemIdElement } from '../ids.ts'
import { endsOf, occurrenceAt, type ShownItem } from '../shown-item.ts'
import { momentIn } from '../zones.ts'
import { busyNames, responseNames } from './appointment-names.ts'
import { cleaned } from './cleaned-text.ts'
import { capital, type Field } from './item-fields.ts'
import type { ItemView } from './item-view.ts'
import { keptElement } from './kept-properties.ts'
import { mailboxElement } from './message-fields.ts'
import { recurrenceElement } from './recurrence.ts'

/** What an appointment's elements are written from; meeting messages have it of their calendar text. */
export interface AppointmentView {
  readonly view: ItemView
  readonly properties: AppointmentProperties
  readonly occurrence?: ShownItem['occurrence']
}

export interface AppointmentField {
  readonly name: string
  readonly in: Field['in']
  readonly write: (shown: AppointmentView) => XmlPart | Promise<XmlPart>
}

/** [MS-OXWSMTGS] 2.2.4.9 CalendarItemType, in the order of the schema. */
export const calendarElements: readonly AppointmentField[] = [
  { name: 'UID', in: 'AllProperties', write: ({ properties: { uid } }) => field('UID', uid || undefined) },
  moment('RecurrenceId', 'AllProperties', ({ occurrence }) => occurrence?.originalStart),
  moment('DateTimeStamp', 'AllProperties', ({ properties }) => properties.stamp),
  moment('Start', 'Default', ({ properties }) => properties.start),
  moment('End', 'Default', ({ properties }) => properties.end),
  moment('OriginalStart', 'AllProperties', ({ occurrence }) => occurrence?.originalStart),
  value('IsAllDayEvent', 'AllProperties', ({ allDay }) => allDay),
  value('LegacyFreeBusyStatus', 'Default', ({ busyStatus }) => busyNames[busyStatus]),
  value('Location', 'Default', ({ location }) => cleaned(location) || undefined),
  value('IsMeeting', 'AllProperties', ({ isMeeting }) => isMeeting),
  value('IsCancelled', 'AllProperties', ({ isCancelled }) => isCancelled),
  { name: 'IsRecurring', in: 'AllProperties', write: (shown) => t('IsRecurring', String(!!shown.occurrence)) },
  value(
    'MeetingRequestWasSent',
    'AllProperties',
    ({ isMeeting, isReceived, sequence }) => isMeeting && (isReceived || sequence !== undefined),
  ),
  value('IsResponseRequested', 'AllProperties', ({ responseRequested }) => responseRequested),
  { name: 'CalendarItemType', in: 'Default', write: (shown) => t('CalendarItemType', typeOf(shown)) },
  value('MyResponseType', 'AllProperties', ({ response }) => responseNames[response]),
  {
    name: 'Organizer',
    in: 'Default',
    write: ({ properties: { organizer } }) => organizer && t('Organizer', mailboxElement(organizer)),
  },
  attendees('RequiredAttendees', 'required'),
  attendees('OptionalAttendees', 'optional'),
  attendees('Resources', 'resource'),
  value('Duration', 'AllProperties', ({ start, end }) => durationOf(Date.parse(end) - Date.parse(start))),
  value('TimeZone', 'AllProperties', ({ timeZone }) => zoneOf(timeZone)?.label),
  moment('AppointmentReplyTime', 'AllProperties', ({ properties }) => properties.repliedAt),
  value('AppointmentSequenceNumber', 'AllProperties', ({ sequence }) => sequence ?? 0),
  value('AppointmentState', 'AllProperties', stateOf),
  { name: 'Recurrence', in: 'AllProperties', write: patternElement },
  { name: 'FirstOccurrence', in: 'AllProperties', write: (shown) => endElement(shown, 'FirstOccurrence', 'first') },
  { name: 'LastOccurrence', in: 'AllProperties', write: (shown) => endElement(shown, 'LastOccurrence', 'last') },
  { name: 'ModifiedOccurrences', in: 'AllProperties', write: modifiedElement },
  { name: 'DeletedOccurrences', in: 'AllProperties', write: deletedElement },
  zone('StartTimeZone'),
  zone('EndTimeZone'),
  keptValue('ConferenceType'),
  value('AllowNewTimeProposal', 'AllProperties', ({ disallowNewTimeProposal }) => !disallowNewTimeProposal),
  keptValue('IsOnlineMeeting', 'false'),
  keptValue('MeetingWorkspaceUrl'),
  keptValue('NetShowUrl'),
  value('StartTimeZoneId', 'AllProperties', ({ timeZone }) => zoneOf(timeZone)?.name),
  value('EndTimeZoneId', 'AllProperties', ({ timeZone }) => zoneOf(timeZone)?.name),
  value('IsOrganizer', 'AllProperties', ({ isReceived }) => !isReceived),
]

export const appointmentFields: readonly Field[] = calendarElements.map(({ name, in: shape, write }) => ({
  uri: `calendar:${name}`,
  in: shape,
  write: (view) => {
    const { item } = view
    if (item.kind !== 'appointment') return undefined
    return write({ view, properties: item.properties, occurrence: item.occurrence })
  },
}))

function moment(name: string, shape: Field['in'], read: (shown: AppointmentView) => string | undefined) {
  return {
    name,
    in: shape,
    write: (shown: AppointmentView) => {
      const at = read(shown)
      return at === undefined ? undefined : t(name, momentIn(shown.view.call.zone, at))
    },
  }
}

function value(
  name: string,
  shape: Field['in'],
  read: (properties: AppointmentProperties) => string | number | boolean | undefined,
): AppointmentField {
  return { name, in: shape, write: ({ properties }) => field(name, read(properties)) }
}

function keptValue(name: string, usual?: string): AppointmentField {
  return { name, in: 'AllProperties', write: ({ view }) => keptElement(view.item, `calendar:${name}`, usual) }
}

function typeOf({ properties: { recurrence }, occurrence }: AppointmentView): string {
  if (occurrence) return occurrence.exception ? 'Exception' : 'Occurrence'
  return recurrence ? 'RecurringMaster' : 'Single'
}

/** [MS-OXOCAL] 2.2.1.10. */
function stateOf({ isMeeting, isReceived, isCancelled }: AppointmentProperties): number {
  return Number(isMeeting) + (isReceived ? 2 : 0) + (isCancelled ? 4 : 0)
}

/** xs:duration, in days, hours and minutes. */
function durationOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)]
  const time = [hours > 0 ? `${hours}H` : '', minutes % 60 > 0 ? `${minutes % 60}M` : ''].join('')
  if (days === 0 && time === '') return 'PT0S'
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`
}

function zoneOf(written: string | undefined) {
  return timeZones.find((each) => each.written === written) ?? (written ? undefined : timeZones.find(isUtc))
}

function isUtc({ name }: { readonly name: string }): boolean {
  return name === 'UTC'
}

function zone(name: string): AppointmentField {
  return {
    name,
    in: 'AllProperties',
    write: ({ properties }) => {
      const found = zoneOf(properties.timeZone)
      return found && xml`<t:${name} Id="${found.name}" Name="${found.label}"/>`
    },
  }
}

function attendees(name: string, type: Attendee['type']): AppointmentField {
  return {
    name,
    in: 'AllProperties',
    write: ({ view, properties }) => {
      const written = (each: Attendee) =>
        t('Attendee', [
          mailboxElement(each),
          t('ResponseType', responseNames[each.status]),
          each.proposal && t('ProposedStart', momentIn(view.call.zone, each.proposal.start)),
          each.proposal && t('ProposedEnd', momentIn(view.call.zone, each.proposal.end)),
        ])
      const those = properties.attendees.filter((each) => each.type === type)
      return those.length > 0 && t(capital(name), those.map(written))
    },
  }
}

function patternElement({ properties: { recurrence, start, timeZone }, occurrence }: AppointmentView): XmlPart {
  return recurrence && !occurrence && recurrenceElement(recurrence, { start, timeZone })
}

function seriesIn({ view, occurrence }: AppointmentView): Appointment | undefined {
  const { item } = view
  return item.kind === 'appointment' && item.properties.recurrence && !occurrence ? item : undefined
}

async function endElement(shown: AppointmentView, name: string, end: 'first' | 'last'): Promise<XmlPart> {
  const series = seriesIn(shown)
  const found = series && (await endsOf(series))[end]
  return found && t(name, occurrenceFacts(shown, found))
}

function occurrenceFacts({ view: { call } }: AppointmentView, item: ShownItem): XmlPart {
  if (item.kind !== 'appointment') return undefined
  return [
    itemIdElement(item),
    t('Start', momentIn(call.zone, item.properties.start)),
    t('End', momentIn(call.zone, item.properties.end)),
    t('OriginalStart', momentIn(call.zone, item.occurrence?.originalStart ?? item.properties.start)),
  ]
}

async function modifiedElement(shown: AppointmentView): Promise<XmlPart> {
  const series = seriesIn(shown)
  const changed = series?.properties.exceptions.filter(({ deleted }) => !deleted) ?? []
  if (!series || changed.length === 0) return undefined
  const items = await Promise.all(changed.map(({ originalStart }) => occurrenceAt(series, originalStart)))
  return t(
    'ModifiedOccurrences',
    items.map((each) => t('Occurrence', occurrenceFacts(shown, each))),
  )
}

function deletedElement(shown: AppointmentView): XmlPart {
  const deleted = seriesIn(shown)?.properties.exceptions.filter((each) => each.deleted) ?? []
  if (deleted.length === 0) return undefined
  const { zone } = shown.view.call
  return t(
    'DeletedOccurrences',
    deleted.map(({ originalStart }) => t('DeletedOccurrence', t('Start', momentIn(zone, originalStart)))),
  )
}
