import type { Options, RRule as Rule } from 'rrule'
import type { AppointmentException, AppointmentProperties, Recurrence } from './item-properties.ts'
import { ruleLibrary } from './rule-library.ts'

/** One happening of an appointment; an exception says what is different in it. */
export interface Occurrence {
  readonly start: Date
  readonly end: Date
  /** As the pattern has it: the name of the occurrence. */
  readonly originalStart: Date
  readonly exception?: AppointmentException
}

/** No later than this the last occurrence ends; nothing for a series without end. */
export function lastEndOf({ start, end, recurrence, exceptions }: AppointmentProperties): Date | undefined {
  if (!recurrence) return new Date(Date.parse(end) || Date.parse(start))
  if (recurrence.occurrences === undefined && recurrence.until === undefined) return undefined
  const duration = Date.parse(end) - Date.parse(start)
  const last =
    recurrence.occurrences === undefined ? Date.parse(recurrence.until ?? '') : lastByCount(start, recurrence)
  const moved = exceptions.map((each) => Date.parse(each.end ?? '')).filter((each) => !Number.isNaN(each))
  return new Date(Math.max(last + duration, ...moved))
}

const days = { daily: 1, weekly: 7, monthly: 31, monthlyNth: 31, yearly: 366, yearlyNth: 366 }

/** Generous: an appointment that is kept too long is only looked at once more. */
function lastByCount(start: string, { type, interval, occurrences = 1 }: Recurrence): number {
  return Date.parse(start) + days[type] * interval * (occurrences + 1) * 86_400_000
}

const mostOccurrences = 2000

/**
 * The occurrences that touch the span, in order. The pattern is followed in the appointment's own wall clock, which
 * `offsetAt` gives: minutes to add to UTC at an instant.
 */
export async function occurrencesOf(
  appointment: AppointmentProperties,
  span: { readonly from: Date; readonly to: Date },
  offsetAt: (instant: Date) => number = () => 0,
): Promise<readonly Occurrence[]> {
  const starts = await startsOf(appointment, span, offsetAt)
  const duration = Date.parse(appointment.end) - Date.parse(appointment.start)
  const byStart = new Map(appointment.exceptions.map((each) => [Date.parse(each.originalStart), each]))
  const regular = starts
    .filter((start) => !byStart.has(start.getTime()))
    .map((start) => ({ start, end: new Date(start.getTime() + duration), originalStart: start }))
  const changed = appointment.recurrence
    ? appointment.exceptions.filter((each) => !each.deleted).map((exception) => occurrenceOf(exception, duration))
    : []
  return [...regular, ...changed]
    .filter(({ start, end }) => start < span.to && (end > span.from || start >= span.from))
    .sort((a, b) => a.start.getTime() - b.start.getTime())
}

function occurrenceOf(exception: AppointmentException, duration: number): Occurrence {
  const originalStart = new Date(exception.originalStart)
  const start = exception.start ? new Date(exception.start) : originalStart
  const end = exception.end ? new Date(exception.end) : new Date(start.getTime() + duration)
  return { start, end, originalStart, exception }
}

async function startsOf(
  { start, end, recurrence }: AppointmentProperties,
  span: { readonly from: Date; readonly to: Date },
  offsetAt: (instant: Date) => number,
): Promise<readonly Date[]> {
  const first = new Date(start)
  if (!recurrence) return [first]
  const shift = (instant: Date) => new Date(instant.getTime() + offsetAt(instant) * 60_000)
  const back = (wall: Date) =>
    new Date(wall.getTime() - offsetAt(new Date(wall.getTime() - offsetAt(wall) * 60_000)) * 60_000)
  const RRule = await ruleLibrary()
  const rule = new RRule(ruleOf(RRule, recurrence, shift(first), shift))
  const early = new Date(span.from.getTime() - (Date.parse(end) - first.getTime()) - 86_400_000)
  const late = new Date(span.to.getTime() + 86_400_000)
  return rule.between(early, late, true, (_date, count) => count < mostOccurrences).map(back)
}

export const weekdayBits = [1, 2, 4, 8, 16, 32, 64]

/** The rule of RFC 5545 that says the same. */
export function ruleOf(
  RRule: typeof Rule,
  recurrence: Recurrence,
  start: Date,
  shift: (instant: Date) => Date,
): Partial<Options> {
  const { type, interval, occurrences, until, dayOfWeek = 0, weekOfMonth = 1 } = recurrence
  const weekdays = [RRule.SU, RRule.MO, RRule.TU, RRule.WE, RRule.TH, RRule.FR, RRule.SA]
  const named = weekdays.filter((_, index) => dayOfWeek & (weekdayBits[index] ?? 0))
  const place = weekOfMonth === 5 ? -1 : weekOfMonth
  const month = recurrence.monthOfYear === undefined ? {} : { bymonth: recurrence.monthOfYear }
  const patterns: Record<Recurrence['type'], Partial<Options>> = {
    daily: named.length > 0 ? { freq: RRule.WEEKLY, byweekday: named } : { freq: RRule.DAILY },
    weekly: { freq: RRule.WEEKLY, ...(named.length > 0 && { byweekday: named }) },
    monthly: { freq: RRule.MONTHLY, ...lastDays(recurrence.dayOfMonth) },
    monthlyNth: { freq: RRule.MONTHLY, byweekday: named, bysetpos: place },
    yearly: { freq: RRule.YEARLY, ...month, ...lastDays(recurrence.dayOfMonth) },
    yearlyNth: { freq: RRule.YEARLY, ...month, byweekday: named, bysetpos: place },
  }
  return {
    dtstart: start,
    interval,
    ...patterns[type],
    ...(recurrence.firstDayOfWeek !== undefined && { wkst: (recurrence.firstDayOfWeek + 6) % 7 }),
    ...(occurrences === undefined ? until !== undefined && { until: shift(new Date(until)) } : { count: occurrences }),
  }
}

/** A day that a month lacks falls on its last one ([MS-OXOCAL] 2.2.1.44.1.4.3). */
function lastDays(day = 1): Partial<Options> {
  if (day <= 28) return { bymonthday: day }
  const candidates = Array.from({ length: day - 27 }, (_, index) => 28 + index)
  return { bymonthday: candidates, bysetpos: -1 }
}
