import type { TimeSpan } from '../../mailbox/mailbox-store.ts'
import { instantOfWall, type TimeZone } from '../../mailbox/time-zones.ts'

export const calendarViews = ['month', 'week', 'day'] as const
export type CalendarView = (typeof calendarViews)[number]

/** Days are midnights of the wall clock as if it were UTC. */
export interface CalendarSpan {
  readonly view: CalendarView
  readonly day: Date
  /** Whole weeks in a month, seven days, or one. */
  readonly days: readonly Date[]
  readonly previous: Date
  readonly next: Date
}

const dayMs = 86_400_000

export function dayAfter(day: Date, days: number): Date {
  return new Date(day.getTime() + days * dayMs)
}

/** The midnight before, and undefined for what is no date of our time. */
export function readDay(written: unknown): Date | undefined {
  if (typeof written !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(written)) return undefined
  const day = new Date(`${written}T00:00:00Z`)
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(written)
  return isDay && day.getUTCFullYear() >= 1900 && day.getUTCFullYear() <= 4500 ? day : undefined
}

export function midnight(wall: Date): Date {
  return new Date(Math.floor(wall.getTime() / dayMs) * dayMs)
}

/** What a view shows around a day. */
export function calendarSpan(view: CalendarView, day: Date, weekStart: number): CalendarSpan {
  if (view === 'day') return { view, day, days: [day], previous: dayAfter(day, -1), next: dayAfter(day, 1) }
  if (view === 'week') {
    const days = daysFrom(weekOf(day, weekStart), 7)
    return { view, day, days, previous: dayAfter(day, -7), next: dayAfter(day, 7) }
  }
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()]
  const first = weekOf(new Date(Date.UTC(year, month, 1)), weekStart)
  const last = new Date(Date.UTC(year, month + 1, 0))
  const weeks = Math.floor((last.getTime() - first.getTime()) / (7 * dayMs)) + 1
  const previous = new Date(Date.UTC(year, month - 1, 1))
  return { view, day, days: daysFrom(first, weeks * 7), previous, next: new Date(Date.UTC(year, month + 1, 1)) }
}

function weekOf(day: Date, weekStart: number): Date {
  return dayAfter(day, -((day.getUTCDay() - weekStart + 7) % 7))
}

function daysFrom(first: Date, count: number): readonly Date[] {
  return Array.from({ length: count }, (_, index) => dayAfter(first, index))
}

/** The instants from the first day's midnight to the midnight after the last. */
export function instantsOf({ days }: CalendarSpan, { written }: TimeZone): TimeSpan {
  const [first = new Date(0), last = first] = [days[0], days.at(-1)]
  return { from: instantOfWall(written, first), to: instantOfWall(written, dayAfter(last, 1)) }
}
