import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Recurrence } from '../../mailbox/item-properties.ts'
import { flagOf, numberOf, optional, text, textOf } from '../elements.ts'
import { momentOf } from '../moments.ts'
import { ItemProblem } from './item-problem.ts'
import { nameOf } from './shades.ts'

const types: Readonly<Record<Recurrence['type'], number>> = {
  daily: 0,
  weekly: 1,
  monthly: 2,
  monthlyNth: 3,
  yearly: 5,
  yearlyNth: 6,
}

interface Shape {
  readonly required: readonly PatternField[]
  readonly forbidden: readonly PatternField[]
}

type PatternField = 'dayOfWeek' | 'dayOfMonth' | 'weekOfMonth' | 'monthOfYear'

/** [MS-ASCAL] 2.2.2.37: Android stops the whole calendar at a field too many. */
const shapes: Readonly<Record<Recurrence['type'], Shape>> = {
  daily: { required: [], forbidden: ['dayOfMonth', 'weekOfMonth', 'monthOfYear'] },
  weekly: { required: ['dayOfWeek'], forbidden: ['dayOfMonth', 'weekOfMonth', 'monthOfYear'] },
  monthly: { required: ['dayOfMonth'], forbidden: ['dayOfWeek', 'weekOfMonth', 'monthOfYear'] },
  monthlyNth: { required: ['weekOfMonth', 'dayOfWeek'], forbidden: ['dayOfMonth', 'monthOfYear'] },
  yearly: { required: ['dayOfMonth', 'monthOfYear'], forbidden: ['dayOfWeek', 'weekOfMonth'] },
  yearlyNth: { required: ['weekOfMonth', 'dayOfWeek', 'monthOfYear'], forbidden: ['dayOfMonth'] },
}

const elementNames = {
  dayOfWeek: 'DayOfWeek',
  dayOfMonth: 'DayOfMonth',
  weekOfMonth: 'WeekOfMonth',
  monthOfYear: 'MonthOfYear',
} as const

export interface RecurrenceSpelling {
  readonly version: number
  readonly until: (moment: string) => string
}

/** The children of Recurrence, Type first; only the fields that belong to the type. */
export function recurrenceElements(
  page: string,
  recurrence: Recurrence,
  { version, until }: RecurrenceSpelling,
): readonly WbxmlElement[] {
  const { type, occurrences, interval } = recurrence
  const fields = Object.keys(elementNames) as PatternField[]
  const isMonthly = type !== 'daily' && type !== 'weekly'
  return [
    text(`${page}:Type`, types[type]),
    optional(`${page}:Until`, occurrences === undefined ? recurrence.until && until(recurrence.until) : undefined),
    optional(`${page}:Occurrences`, occurrences),
    text(`${page}:Interval`, interval),
    ...fields
      .filter((field) => !shapes[type].forbidden.includes(field))
      .map((field) => optional(`${page}:${elementNames[field]}`, recurrence[field])),
    isMonthly && version >= 140 ? text(`${page}:CalendarType`, recurrence.calendarType ?? 0) : undefined,
    isMonthly && version >= 140 && recurrence.isLeapMonth ? text(`${page}:IsLeapMonth`, 1) : undefined,
    type === 'weekly' && version >= 141 ? text(`${page}:FirstDayOfWeek`, recurrence.firstDayOfWeek ?? 0) : undefined,
  ].filter((each): each is WbxmlElement => each !== undefined)
}

const calendarTypes = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 20])

/** @throws ItemProblem 6 for a pattern that is none. */
export function readRecurrence(page: string, given: WbxmlElement): Recurrence {
  const number = (name: string) => numberOf(given, `${page}:${name}`)
  const type = nameOf(types, number('Type'))
  if (!type) throw new ItemProblem(6, `there is no recurrence of type ${number('Type')}`)
  const pattern = {
    dayOfWeek: number('DayOfWeek'),
    dayOfMonth: number('DayOfMonth'),
    weekOfMonth: number('WeekOfMonth'),
    monthOfYear: number('MonthOfYear'),
  }
  requireShape(type, pattern)
  const facts = {
    type,
    interval: within(number('Interval') ?? 1, 1, 999, 'Interval'),
    occurrences: within(number('Occurrences'), 1, 999, 'Occurrences'),
    until: momentOf(textOf(given, `${page}:Until`)),
    ...pattern,
    firstDayOfWeek: within(number('FirstDayOfWeek'), 0, 6, 'FirstDayOfWeek'),
    calendarType: number('CalendarType'),
    isLeapMonth: flagOf(given, `${page}:IsLeapMonth`),
  }
  if (facts.calendarType !== undefined && !calendarTypes.has(facts.calendarType))
    throw new ItemProblem(6, `there is no calendar of type ${facts.calendarType}`)
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as unknown as Recurrence
}

const ranges: Readonly<Record<PatternField, readonly [number, number]>> = {
  dayOfWeek: [1, 127],
  dayOfMonth: [1, 31],
  weekOfMonth: [1, 5],
  monthOfYear: [1, 12],
}

function requireShape(type: Recurrence['type'], pattern: Readonly<Record<PatternField, number | undefined>>): void {
  const { required, forbidden } = shapes[type]
  for (const field of required)
    if (pattern[field] === undefined) throw new ItemProblem(6, `a ${type} recurrence has ${elementNames[field]}`)
  for (const field of forbidden)
    if (pattern[field] !== undefined) throw new ItemProblem(6, `a ${type} recurrence has no ${elementNames[field]}`)
  for (const [field, [least, most]] of Object.entries(ranges))
    within(pattern[field as PatternField], least, most, elementNames[field as PatternField])
}

function within<Value extends number | undefined>(value: Value, least: number, most: number, name: string): Value {
  if (value === undefined || (value >= least && value <= most)) return value
  throw new ItemProblem(6, `${name} is ${value}`)
}
