import type { Appointment } from '../../mailbox/item.ts'
import type { AppointmentProperties, Recurrence } from '../../mailbox/item-properties.ts'
import type { Occurrence } from '../../mailbox/occurrences.ts'
import { instantOfWall, type TimeZone, wallClock } from '../../mailbox/time-zones.ts'
import type { AppointmentFormState } from '../../pages/appointment-form-page.ts'
import { timeText } from '../../pages/moments.ts'
import { writtenAddress } from '../compose/recipients.ts'
import { dayAfter, readDay } from './calendar-span.ts'
import { daysIn } from './recurrence-words.ts'

const dateOf = (wall: Date) => wall.toISOString().slice(0, 10)

/** The next full hour of the day, or nine o'clock of another. */
export function newState(day: Date, now: Date): AppointmentFormState {
  const isToday = dateOf(day) === dateOf(now)
  const hour = isToday ? Math.min(now.getUTCHours() + 1, 23) : 9
  const start = new Date(day.getTime() + hour * 3_600_000)
  const end = new Date(start.getTime() + 1_800_000)
  return {
    subject: '',
    location: '',
    ...{ startDate: dateOf(start), startTime: timeText(start), endDate: dateOf(end), endTime: timeText(end) },
    allDay: false,
    isPrivate: false,
    busyStatus: 'busy',
    reminder: '15',
    ...{ attendees: '', optionalAttendees: '', body: '' },
    ...noPattern,
  }
}

const noPattern = { repeat: 'none', interval: '1', weekdays: [], until: '', count: '' }

/** An appointment, or the occurrence that is shown, as the form says it. */
export function stateOf(
  { subject, properties }: Appointment,
  { start, end, exception }: Occurrence,
  { zone, text }: { readonly zone: TimeZone; readonly text: string },
): AppointmentFormState {
  const facts = { ...properties, ...exception }
  const wall = (instant: Date) => wallClock(facts.allDay ? properties.timeZone : zone.written, instant)
  const last = facts.allDay ? dayAfter(wall(end), -1) : wall(end)
  const addresses = (isOptional: boolean) =>
    facts.attendees
      .filter(({ type }) => (type === 'optional') === isOptional)
      .map(writtenAddress)
      .join('; ')
  return {
    subject: exception?.subject ?? subject,
    location: facts.location,
    ...{ startDate: dateOf(wall(start)), startTime: facts.allDay ? '' : timeText(wall(start)) },
    ...{
      endDate: dateOf(new Date(Math.max(last.getTime(), wall(start).getTime()))),
      endTime: facts.allDay ? '' : timeText(last),
    },
    allDay: facts.allDay,
    isPrivate: facts.sensitivity === 'private',
    busyStatus: facts.busyStatus,
    reminder:
      facts.reminderMinutes === undefined || facts.reminderMinutes === null ? '' : String(facts.reminderMinutes),
    ...{ attendees: addresses(false), optionalAttendees: addresses(true), body: exception?.bodyText ?? text },
    ...noPattern,
    ...(properties.recurrence && keptPattern(properties.recurrence)),
  }
}

function keptPattern({ interval, dayOfWeek = 0, until, occurrences }: Recurrence) {
  return {
    repeat: 'keep',
    interval: String(interval),
    weekdays: daysIn(dayOfWeek),
    until: until === undefined ? '' : until.slice(0, 10),
    count: occurrences === undefined ? '' : String(occurrences),
  }
}

export function readState(form: Readonly<Record<string, unknown>>): AppointmentFormState {
  const text = (name: string) => (typeof form[name] === 'string' ? (form[name] as string) : '')
  const oneLine = (name: string) =>
    text(name)
      .replace(/[\r\n]+/g, ' ')
      .trim()
      .slice(0, 1000)
  return {
    subject: oneLine('subject').slice(0, 255),
    location: oneLine('location').slice(0, 255),
    ...{ startDate: text('startDate'), startTime: text('startTime') },
    ...{ endDate: text('endDate'), endTime: text('endTime') },
    allDay: text('allDay') === '1',
    isPrivate: text('private') === '1',
    busyStatus: text('busyStatus'),
    reminder: text('reminder'),
    ...{ attendees: oneLine('attendees'), optionalAttendees: oneLine('optionalAttendees'), body: text('body') },
    ...{ repeat: text('repeat'), interval: text('interval'), until: text('until'), count: text('count') },
    weekdays: [0, 1, 2, 3, 4, 5, 6].filter((day) => text(`weekday${day}`) === '1'),
  }
}

export type AppointmentTimes = Pick<AppointmentProperties, 'start' | 'end' | 'allDay' | 'timeZone'>

/** Or what is wrong with them, for the person. */
export function readTimes(state: AppointmentFormState, { written }: TimeZone): AppointmentTimes | string {
  const [startDay, endDay] = [readDay(state.startDate), readDay(state.endDate || state.startDate)]
  const [startTime, endTime] = state.allDay ? [0, 24 * 60] : [minutesOf(state.startTime), minutesOf(state.endTime)]
  if (!startDay || startTime === undefined) return 'The start is no date and time.'
  if (!endDay || endTime === undefined) return 'The end is no date and time.'
  const [start, end] = [
    new Date(startDay.getTime() + startTime * 60_000),
    new Date(endDay.getTime() + endTime * 60_000),
  ]
  if (end < start) return 'It ends before it begins.'
  return {
    start: instantOfWall(written, start).toISOString(),
    end: instantOfWall(written, end).toISOString(),
    allDay: state.allDay,
    timeZone: written,
  }
}

function minutesOf(time: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)(?::\d\d)?$/.exec(time) ?? []
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes)
}

/** The pattern that the form asks for, `undefined` for none, or what is wrong with it. */
export function readPattern(
  state: AppointmentFormState,
  { start, timeZone }: AppointmentTimes,
  kept: Recurrence | undefined,
): Recurrence | undefined | string {
  if (state.repeat === 'keep') return kept
  const wall = wallClock(timeZone, new Date(start))
  const pattern = patternOf(state, wall)
  if (!pattern) return undefined
  const interval = numberWithin(state.interval || '1', 99)
  if (interval === undefined) return 'The interval is a number from 1 to 99.'
  const end = readEnd(state, wall, timeZone)
  return typeof end === 'string' ? end : { ...pattern, interval, ...end }
}

function readEnd({ count, until }: AppointmentFormState, start: Date, zone: string | undefined) {
  if (count !== '') {
    const occurrences = numberWithin(count, 999)
    return occurrences === undefined ? 'The series has 1 to 999 occurrences.' : { occurrences }
  }
  if (until === '') return {}
  const last = readDay(until)
  if (!last || dayAfter(last, 1) <= start) return 'The series ends before it begins.'
  return { until: instantOfWall(zone, new Date(dayAfter(last, 1).getTime() - 60_000)).toISOString() }
}

function numberWithin(text: string, most: number): number | undefined {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= most ? value : undefined
}

function patternOf({ repeat, weekdays }: AppointmentFormState, wall: Date): Omit<Recurrence, 'interval'> | undefined {
  const day = 2 ** wall.getUTCDay()
  const chosen = weekdays.reduce((bits, weekday) => bits | (2 ** weekday), 0)
  const dayOfMonth = wall.getUTCDate()
  const patterns: Readonly<Record<string, Omit<Recurrence, 'interval'>>> = {
    daily: { type: 'daily' },
    weekly: { type: 'weekly', dayOfWeek: chosen || day, firstDayOfWeek: 0 },
    monthly: { type: 'monthly', dayOfMonth },
    monthlyNth: { type: 'monthlyNth', dayOfWeek: day, weekOfMonth: Math.ceil(dayOfMonth / 7) },
    yearly: { type: 'yearly', dayOfMonth, monthOfYear: wall.getUTCMonth() + 1 },
  }
  return Object.hasOwn(patterns, repeat) ? patterns[repeat] : undefined
}
