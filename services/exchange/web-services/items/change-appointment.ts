import type { Appointment, ItemPatch } from '../../mailbox/item.ts'
import type { AppointmentException, AppointmentProperties, Attendee } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'
import type { ShownItem } from '../shown-item.ts'
import { WebServicesError } from '../web-services-error.ts'
import { type ItemUpdate, invalidAction, requireDeletable, unsupportedUpdate } from './item-update.ts'
import { keptPatch } from './kept-properties.ts'
import { appointmentFacts, attendeesIn, patternFacts, reminderIn, wholeDays } from './read-appointment.ts'
import { mergedPatch, sharedPatch, textPatch } from './shared-patch.ts'

type ShownAppointment = Extract<ShownItem, { kind: 'appointment' }>

const settable = new Set([
  ...['Start', 'End', 'IsAllDayEvent', 'LegacyFreeBusyStatus', 'Location', 'EnhancedLocation', 'UID', 'Recurrence'],
  ...['RequiredAttendees', 'OptionalAttendees', 'Resources', 'IsResponseRequested', 'AllowNewTimeProposal'],
  ...['StartTimeZone', 'EndTimeZone', 'MeetingTimeZone', 'StartTimeZoneId', 'EndTimeZoneId'],
])
const zones = /TimeZone/
/** What the updates make of an appointment, or of one occurrence as it is shown. */
export async function appointmentPatch(
  call: Call,
  item: ShownAppointment,
  updates: readonly ItemUpdate[],
): Promise<ItemPatch & { readonly properties: AppointmentProperties }> {
  // A new zone moves the times that are not given anew, so it comes first; the pattern needs both.
  const rank = ({ uri }: ItemUpdate) => (zones.test(uri) ? 0 : uri === 'calendar:Recurrence' ? 2 : 1)
  let patch: ItemPatch = {}
  let { properties } = item as Appointment
  for (const update of [...updates].sort((a, b) => rank(a) - rank(b))) {
    const plain =
      sharedPatch(call, update) ?? keptPatch(call, 'appointment', update) ?? (await textPatch(call, item, update))
    patch = mergedPatch(patch, plain)
    if (!plain) properties = changed(call, properties, update)
  }
  return { ...patch, properties: completed(item, properties) }
}

function changed(call: Call, properties: AppointmentProperties, update: ItemUpdate): AppointmentProperties {
  const { how, uri, element } = update
  if (how === 'delete') return without(properties, update)
  if (!element) throw unsupportedUpdate(update)
  if (how === 'append') return appended(properties, update)
  if (uri === 'item:ReminderIsSet' || uri === 'item:ReminderMinutesBeforeStart')
    return withReminder(properties, reminderOf(properties, update))
  if (uri === 'item:Sensitivity' || settable.has(uri.replace('calendar:', ''))) {
    const facts = { ...properties, ...appointmentFacts(call, element, properties) }
    return { ...facts, ...patternFacts(element, facts) }
  }
  throw unsupportedUpdate(update)
}

function reminderOf({ reminderMinutes = 15 }: AppointmentProperties, { uri, element }: ItemUpdate): number | null {
  const read = element ? reminderIn(element) : null
  if (uri === 'item:ReminderIsSet') return read === null ? null : reminderMinutes
  return read ?? null
}

function withReminder(
  { reminderMinutes: _, ...properties }: AppointmentProperties,
  minutes: number | null,
): AppointmentProperties {
  return minutes === null ? properties : { ...properties, reminderMinutes: minutes }
}

const attendeeTypes: Readonly<Record<string, Attendee['type']>> = {
  'calendar:RequiredAttendees': 'required',
  'calendar:OptionalAttendees': 'optional',
  'calendar:Resources': 'resource',
}

function without(properties: AppointmentProperties, update: ItemUpdate): AppointmentProperties {
  const { uri } = update
  const type = attendeeTypes[uri]
  if (type) return { ...properties, attendees: properties.attendees.filter((each) => each.type !== type) }
  if (uri === 'calendar:Recurrence') {
    const { recurrence: _, ...single } = properties
    return { ...single, exceptions: [] }
  }
  if (uri === 'calendar:Location' || uri === 'calendar:EnhancedLocation') return { ...properties, location: '' }
  if (uri.startsWith('item:Reminder')) return withReminder(properties, null)
  if (uri === 'item:Sensitivity') return { ...properties, sensitivity: 'normal' }
  if (!zones.test(uri)) requireDeletable(update)
  return properties
}

function appended(properties: AppointmentProperties, update: ItemUpdate): AppointmentProperties {
  const { uri, element } = update
  if (!element || !attendeeTypes[uri]) throw invalidAction(update)
  const known = new Set(properties.attendees.map(({ address }) => address.toLowerCase()))
  const added = attendeesIn(element).filter(({ address }) => !known.has(address.toLowerCase()))
  return { ...properties, attendees: [...properties.attendees, ...added] }
}

/** A pattern or times that are others make the exceptions void, as [MS-OXOCAL] 3.1.4.6.1 has it. */
function completed(item: ShownAppointment, after: AppointmentProperties): AppointmentProperties {
  const before = item.properties
  if (after.end < after.start)
    throw new WebServicesError('ErrorCalendarEndDateIsEarlierThanStartDate', `${after.end} is before ${after.start}`)
  if (item.occurrence && JSON.stringify(before.recurrence) !== JSON.stringify(after.recurrence))
    throw new WebServicesError('ErrorInvalidPropertySet', 'the pattern is the business of the series')
  const whole = after.allDay && (!before.allDay || after.start !== before.start || after.end !== before.end)
  const timed = whole ? { ...after, ...wholeDays(after) } : after
  const isSame =
    before.start === timed.start &&
    before.end === timed.end &&
    JSON.stringify(before.recurrence) === JSON.stringify(timed.recurrence)
  const isMeeting = before.isMeeting || timed.attendees.length > 0
  return { ...timed, isMeeting, exceptions: isSame || item.occurrence ? before.exceptions : [] }
}

/** The exception that makes the occurrence what the patch says; what is as in the series is not said again. */
export function exceptionOf(
  series: Appointment,
  item: ShownAppointment,
  { properties, subject, body, categories }: ItemPatch & { readonly properties: AppointmentProperties },
): AppointmentException {
  const { originalStart = properties.start, exception } = item.occurrence ?? {}
  const { allDay, location, busyStatus, sensitivity, attendees, reminderMinutes } = properties
  const usual = series.properties
  const facts = { allDay, location, busyStatus, sensitivity, attendees }
  const differing = Object.entries(facts).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name as keyof typeof facts]),
  )
  return {
    ...exception,
    ...Object.fromEntries(differing),
    ...(reminderMinutes !== usual.reminderMinutes && { reminderMinutes: reminderMinutes ?? null }),
    ...(subject !== undefined && { subject }),
    ...(categories && { categories }),
    ...(body?.text !== undefined && { bodyText: body.text }),
    ...(body?.html !== undefined && { bodyHtml: body.html }),
    originalStart,
    deleted: false,
    start: properties.start,
    end: properties.end,
  }
}
