import type { Options } from 'rrule'
import type { Recurrence } from './item-properties.ts'
import { ruleOf, weekdayBits } from './occurrences.ts'
import { ruleLibrary } from './rule-library.ts'

/** The value of RRULE (RFC 5545 §3.8.5.3) for a series. */
export async function ruleTextOf(recurrence: Recurrence): Promise<string> {
  const RRule = await ruleLibrary()
  const { dtstart: _, ...options } = ruleOf(RRule, recurrence, new Date(0), (instant) => instant)
  return RRule.optionsToString(options).replace(/^RRULE:/, '')
}

/** The same rule as appointments keep it; undefined for one that their fields cannot say. */
export async function recurrenceOfRule(rule: string, start: Date): Promise<Recurrence | undefined> {
  const RRule = await ruleLibrary()
  try {
    const options = RRule.parseString(rule)
    const pattern = patternOf(options, start)
    return pattern && { ...pattern, interval: options.interval ?? 1, ...endOf(options), ...weekOf(options) }
  } catch {
    return undefined
  }
}

type Pattern = Omit<Recurrence, 'interval'>

const frequencies = ['yearly', 'monthly', 'weekly', 'daily']

function patternOf(options: Partial<Options>, start: Date): Pattern | undefined {
  const dayOfWeek = weekdaysOf(options)
  const month = { monthOfYear: first(options.bymonth) ?? start.getUTCMonth() + 1 }
  const nth = { dayOfWeek, weekOfMonth: weekOfMonth(options) }
  const day = { dayOfMonth: Math.max(...[options.bymonthday ?? start.getUTCDate()].flat()) }
  const patterns: Readonly<Record<string, Pattern>> = {
    daily: { type: 'daily', ...(dayOfWeek > 0 && { dayOfWeek }) },
    weekly: { type: 'weekly', dayOfWeek: dayOfWeek || 2 ** start.getUTCDay() },
    monthly: dayOfWeek > 0 ? { type: 'monthlyNth', ...nth } : { type: 'monthly', ...day },
    yearly: dayOfWeek > 0 ? { type: 'yearlyNth', ...nth, ...month } : { type: 'yearly', ...day, ...month },
  }
  return patterns[frequencies[options.freq ?? -1] ?? '']
}

interface NamedDay {
  /** 0 is Monday. */
  readonly weekday: number
  readonly n?: number
}

function daysIn({ byweekday }: Partial<Options>): readonly NamedDay[] {
  return [byweekday ?? []].flat() as unknown as readonly NamedDay[]
}

function weekdaysOf(options: Partial<Options>): number {
  return daysIn(options).reduce((bits, { weekday }) => bits | (weekdayBits[(weekday + 1) % 7] ?? 0), 0)
}

function weekOfMonth(options: Partial<Options>): number {
  const place = first(options.bysetpos) ?? daysIn(options)[0]?.n ?? 1
  return place < 0 ? 5 : place
}

function first(value: number | number[] | null | undefined): number | undefined {
  return [value ?? []].flat()[0]
}

function endOf({ count, until }: Partial<Options>): Partial<Recurrence> {
  if (count) return { occurrences: count }
  return until ? { until: until.toISOString() } : {}
}

function weekOf({ freq, wkst }: Partial<Options>): Partial<Recurrence> {
  const isWeekly = frequencies[freq ?? -1] === 'weekly'
  return isWeekly && wkst && typeof wkst === 'object' ? { firstDayOfWeek: (wkst.weekday + 1) % 7 } : {}
}
