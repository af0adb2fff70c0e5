import type { Appointment, Item } from '../mailbox/item.ts'
import type { AppointmentException, AppointmentProperties } from '../mailbox/item-properties.ts'
import { type Occurrence, occurrencesOf } from '../mailbox/occurrences.ts'
import { offsetAt } from '../mailbox/time-zone.ts'
import { WebServicesError } from './web-services-error.ts'

export interface ShownOccurrence {
  /** The start that the pattern gives it: its name. */
  readonly originalStart: string
  readonly exception?: AppointmentException | undefined
}

/** An item as programs see it: an occurrence of a series is an item of its own, with its own times. */
export type ShownItem = Item & { readonly occurrence?: ShownOccurrence }

/** The occurrence with what its exception says differently. */
export function shownOccurrence(series: Appointment, { start, end, originalStart, exception }: Occurrence): ShownItem {
  const {
    originalStart: _,
    deleted,
    subject,
    categories,
    bodyText,
    bodyHtml,
    reminderMinutes,
    ...facts
  } = exception ?? ({} as AppointmentException)
  const times = { start: start.toISOString(), end: end.toISOString() }
  const properties = { ...series.properties, ...facts, ...times } as AppointmentProperties
  const { reminderMinutes: usual, ...without } = properties
  const reminder = reminderMinutes === undefined ? usual : (reminderMinutes ?? undefined)
  return {
    ...series,
    ...(subject !== undefined && { subject }),
    ...(categories && { categories }),
    properties: { ...without, ...(reminder !== undefined && { reminderMinutes: reminder }) },
    occurrence: { originalStart: originalStart.toISOString(), exception },
  }
}

const shift =
  ({ timeZone }: AppointmentProperties) =>
  (instant: Date) =>
    offsetAt(timeZone, instant)

/** Each occurrence that touches the span; an appointment that is no series is its only one. */
export async function shownInSpan(
  appointment: Appointment,
  span: { readonly from: Date; readonly to: Date },
): Promise<readonly ShownItem[]> {
  const { properties } = appointment
  const all = await occurrencesOf(properties, span, shift(properties))
  if (!properties.recurrence) return all.length > 0 ? [appointment] : []
  return all.map((each) => shownOccurrence(appointment, each))
}

/** @throws WebServicesError ErrorCalendarOccurrenceIsDeletedFromRecurrence, ErrorItemNotFound. */
export async function occurrenceAt(appointment: Appointment, originalStart: string): Promise<ShownItem> {
  const { properties } = appointment
  if (!properties.recurrence) throw new WebServicesError('ErrorItemNotFound', 'the appointment is no series any more')
  const exception = properties.exceptions.find((each) => each.originalStart === originalStart)
  if (exception?.deleted)
    throw new WebServicesError('ErrorCalendarOccurrenceIsDeletedFromRecurrence', `the one of ${originalStart} is gone`)
  const at = new Date(originalStart)
  const pattern = await occurrencesOf(
    { ...properties, exceptions: [] },
    { from: at, to: new Date(at.getTime() + 1) },
    shift(properties),
  )
  const regular = pattern.find(({ start }) => start.getTime() === at.getTime())
  if (!regular) throw new WebServicesError('ErrorItemNotFound', `the series has no occurrence at ${originalStart}`)
  if (!exception) return shownOccurrence(appointment, regular)
  const [changed] = await changedOccurrence(properties, exception)
  return shownOccurrence(appointment, changed ?? regular)
}

async function changedOccurrence(properties: AppointmentProperties, exception: AppointmentException) {
  const start = new Date(exception.start ?? exception.originalStart)
  const span = { from: start, to: new Date(start.getTime() + 1) }
  const all = await occurrencesOf({ ...properties, exceptions: [exception] }, span, shift(properties))
  return all.filter((each) => each.exception === exception)
}

const century = 100 * 366 * 86_400_000

/**
 * The occurrence by its number in the pattern, from 1 on ([MS-OXWSCORE] OccurrenceItemId, InstanceIndex).
 * @throws WebServicesError ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange.
 */
export async function occurrenceByIndex(appointment: Appointment, index: number): Promise<ShownItem> {
  const starts = await patternStarts(appointment, index)
  const start = starts[index - 1]
  if (start) return occurrenceAt(appointment, start.toISOString())
  throw new WebServicesError('ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange', `there is no number ${index}`)
}

/** The starts that the pattern gives, at most about `most` of them. */
async function patternStarts({ properties }: Appointment, most: number): Promise<readonly Date[]> {
  if (!properties.recurrence || !Number.isInteger(most) || most < 1) return []
  const from = new Date(properties.start)
  const days = { daily: 7, weekly: 7, monthly: 62, monthlyNth: 62, yearly: 1500, yearlyNth: 1500 }
  const reach = days[properties.recurrence.type] * properties.recurrence.interval * (most + 1) * 86_400_000
  const span = { from, to: new Date(from.getTime() + Math.min(reach, century)) }
  const all = await occurrencesOf({ ...properties, exceptions: [] }, span, shift(properties))
  return all.map(({ start }) => start)
}

export interface SeriesEnds {
  readonly first: ShownItem | undefined
  /** Absent for a series without end. */
  readonly last: ShownItem | undefined
}

/** The first and last occurrence that take place. */
export async function endsOf(appointment: Appointment): Promise<SeriesEnds> {
  const { properties } = appointment
  const { recurrence } = properties
  if (!recurrence) return { first: undefined, last: undefined }
  const from = new Date(properties.start)
  const isEndless = recurrence.occurrences === undefined && recurrence.until === undefined
  const reach = isEndless ? 10 * 366 * 86_400_000 : century
  const all = await occurrencesOf(properties, { from, to: new Date(from.getTime() + reach) }, shift(properties))
  const [first, last] = [all[0], isEndless ? undefined : all.at(-1)]
  return { first: first && shownOccurrence(appointment, first), last: last && shownOccurrence(appointment, last) }
}
