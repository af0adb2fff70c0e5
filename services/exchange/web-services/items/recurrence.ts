import type { Element } from '@xmldom/xmldom'
import type { Xml } from '#shared/xml/markup.ts'
import type { Recurrence } from '../../mailbox/item-properties.ts'
import { instantOf, wallClock } from '../../mailbox/time-zone.ts'
import { child, children, t, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'

/** When a series begins and by which clock, as its range is written in days of it. */
export interface SeriesFrame {
  readonly start: string
  /** The 172 bytes; absent: UTC. */
  readonly timeZone?: string | undefined
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const groups: Readonly<Record<string, number>> = { Day: 127, Weekday: 62, WeekendDay: 65 }
const places = ['First', 'Second', 'Third', 'Fourth', 'Last']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** [MS-OXWSCDATA] RecurrencePatternTypes: what each element of a pattern holds, in the order of the schema. */
const patterns: Readonly<Record<Recurrence['type'], readonly [element: string, ...parts: readonly Part[]]>> = {
  yearlyNth: ['RelativeYearlyRecurrence', 'DaysOfWeek', 'DayOfWeekIndex', 'Month'],
  yearly: ['AbsoluteYearlyRecurrence', 'DayOfMonth', 'Month'],
  monthlyNth: ['RelativeMonthlyRecurrence', 'Interval', 'DaysOfWeek', 'DayOfWeekIndex'],
  monthly: ['AbsoluteMonthlyRecurrence', 'Interval', 'DayOfMonth'],
  weekly: ['WeeklyRecurrence', 'Interval', 'DaysOfWeek', 'FirstDayOfWeek'],
  daily: ['DailyRecurrence', 'Interval'],
}

/** Tasks that come again some time after they were done. */
const regenerations: Readonly<Record<string, Recurrence['type']>> = {
  DailyRegeneration: 'daily',
  WeeklyRegeneration: 'weekly',
  MonthlyRegeneration: 'monthly',
  YearlyRegeneration: 'yearly',
}

const parts = {
  Interval: { write: ({ interval }: Recurrence) => String(interval), read: intervalIn },
  DaysOfWeek: { write: ({ dayOfWeek = 0 }: Recurrence) => daysOf(dayOfWeek), read: daysIn },
  DayOfWeekIndex: {
    write: ({ weekOfMonth = 1 }: Recurrence) => places[weekOfMonth - 1] ?? 'First',
    read: (text: string) => ({ weekOfMonth: indexIn(places, text, 'DayOfWeekIndex') + 1 }),
  },
  DayOfMonth: {
    write: ({ dayOfMonth = 1 }: Recurrence) => String(dayOfMonth),
    read: (text: string) => ({ dayOfMonth: within(text, 1, 31, 'DayOfMonth') }),
  },
  Month: {
    write: ({ monthOfYear = 1 }: Recurrence) => months[monthOfYear - 1] ?? 'January',
    read: (text: string) => ({ monthOfYear: indexIn(months, text, 'Month') + 1 }),
  },
  FirstDayOfWeek: {
    write: ({ firstDayOfWeek = 0 }: Recurrence) => weekdays[firstDayOfWeek] ?? 'Sunday',
    read: (text: string) => ({ firstDayOfWeek: indexIn(weekdays, text, 'FirstDayOfWeek') }),
  },
}
type Part = keyof typeof parts

/** `t:Recurrence` with its pattern and its range. */
export function recurrenceElement(
  recurrence: Recurrence & { readonly regenerate?: boolean },
  { start, timeZone }: SeriesFrame,
): Xml {
  const [element, ...names] = patterns[recurrence.type]
  const again = Object.entries(regenerations).find(([, type]) => type === recurrence.type)?.[0]
  // A daily pattern with days of the week is a weekly one here.
  const days = recurrence.type === 'daily' && recurrence.dayOfWeek ? patterns.weekly : undefined
  const pattern =
    recurrence.regenerate && again
      ? t(again, t('Interval', String(recurrence.interval)))
      : t(
          days?.[0] ?? element,
          (days ? (days.slice(1) as readonly Part[]) : names).map((name) => t(name, parts[name].write(recurrence))),
        )
  return t('Recurrence', pattern, rangeElement(recurrence, wallClock(timeZone, start).slice(0, 10), timeZone))
}

function rangeElement({ occurrences, until }: Recurrence, first: string, zone: string | undefined): Xml {
  const begins = t('StartDate', first)
  if (occurrences !== undefined) return t('NumberedRecurrence', begins, t('NumberOfOccurrences', String(occurrences)))
  if (until === undefined) return t('NoEndRecurrence', begins)
  return t('EndDateRecurrence', begins, t('EndDate', wallClock(zone, until).slice(0, 10)))
}

export interface ReadRecurrence extends Recurrence {
  readonly regenerate?: boolean
  /** The day on which the range begins: yyyy-mm-dd. */
  readonly begins: string
}

/**
 * A pattern and its range.
 * @throws WebServicesError ErrorCalendarInvalidRecurrence, ErrorCalendarEndDateIsEarlierThanStartDate.
 */
export function readRecurrence(element: Element, { start, timeZone }: SeriesFrame): ReadRecurrence {
  const [pattern, range] = children(element)
  if (!pattern || !range) throw invalid('it needs a pattern and a range')
  const again = regenerations[pattern.localName ?? '']
  const begins = (textOf(range, 'StartDate') ?? '').trim().slice(0, 10)
  if (!/^\d{4}-\d\d-\d\d$/.test(begins)) throw invalid('StartDate is no day')
  const time = wallClock(timeZone, start).slice(10)
  return {
    ...(again
      ? { type: again, ...intervalIn(textOf(pattern, 'Interval') ?? '1'), regenerate: true }
      : patternIn(pattern)),
    ...rangeIn(range, begins, (day) => instantOf(timeZone, `${day}${time}`)),
    begins,
  }
}

function patternIn(element: Element): Recurrence {
  const found = Object.entries(patterns).find(([, [name]]) => name === element.localName)
  if (!found) throw invalid(`${element.localName} is no pattern`)
  const [type, [, ...names]] = found
  const facts = names.map((name) => {
    const text = textOf(element, name)?.trim()
    if (text !== undefined) return parts[name].read(text)
    if (name === 'FirstDayOfWeek') return {}
    throw invalid(`${element.localName} needs ${name}`)
  })
  return Object.assign({ type: type as Recurrence['type'], interval: 1 }, ...facts)
}

function rangeIn(range: Element, begins: string, at: (day: string) => string): Partial<Recurrence> {
  if (range.localName === 'NoEndRecurrence') return {}
  if (range.localName === 'NumberedRecurrence')
    return { occurrences: within(textOf(range, 'NumberOfOccurrences') ?? '', 1, 999, 'NumberOfOccurrences') }
  const end = (textOf(range, 'EndDate') ?? '').trim().slice(0, 10)
  if (range.localName !== 'EndDateRecurrence' || Number.isNaN(Date.parse(end))) throw invalid('its range has no end')
  if (end < begins)
    throw new WebServicesError('ErrorCalendarEndDateIsEarlierThanStartDate', `${end} is before ${begins}`)
  return { until: at(end) }
}

function intervalIn(text: string): Pick<Recurrence, 'interval'> {
  return { interval: within(text, 1, 999, 'Interval') }
}

function daysOf(bits: number): string {
  const group = Object.entries(groups).find(([, value]) => value === bits)?.[0]
  return group ?? weekdays.filter((_, index) => bits & (1 << index)).join(' ')
}

function daysIn(text: string): Pick<Recurrence, 'dayOfWeek'> {
  const names = text.split(/\s+/).filter((each) => each !== '')
  const bits = names.reduce((all, name) => all | (groups[name] ?? 1 << indexIn(weekdays, name, 'DaysOfWeek')), 0)
  if (bits === 0) throw invalid('DaysOfWeek is empty')
  return { dayOfWeek: bits }
}

function indexIn(names: readonly string[], text: string, what: string): number {
  const index = names.indexOf(text)
  if (index < 0) throw new WebServicesError('ErrorSchemaValidation', `${what} is "${text.slice(0, 40)}"`)
  return index
}

function within(text: string, least: number, most: number, what: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw invalid(`${what} is "${text.slice(0, 20)}"`)
}

function invalid(reason: string): WebServicesError {
  return new WebServicesError('ErrorCalendarInvalidRecurrence', reason)
}

/** Whether an element has a recurrence at all. */
export function recurrenceIn(element: Element): Element | undefined {
  return child(element, 'Recurrence')
}
