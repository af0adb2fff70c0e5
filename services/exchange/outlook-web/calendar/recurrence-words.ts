import type { Recurrence } from '../../mailbox/item-properties.ts'
import { dateText } from '../../pages/moments.ts'
import { weekDays } from '../preferences.ts'

const places = ['', 'first', 'second', 'third', 'fourth', 'last']
const monthNames = 'January February March April May June July August September October November December'.split(' ')

/** A pattern as people say it. */
export function recurrenceWords(recurrence: Recurrence): string {
  const { occurrences, until } = recurrence
  const end = occurrences === undefined ? until && `, until ${dateText(new Date(until))}` : `, ${occurrences} times`
  return `${patternWords(recurrence)}${end ?? ''}`
}

function patternWords(recurrence: Recurrence): string {
  const { type, dayOfWeek = 0, dayOfMonth = 1, weekOfMonth = 1, monthOfYear = 1 } = recurrence
  const nth = `the ${places[weekOfMonth]} ${dayWords(dayOfWeek)}`
  const month = monthNames[monthOfYear - 1] ?? ''
  const words: Readonly<Record<Recurrence['type'], string>> = {
    daily: dayOfWeek > 0 ? `on ${dayWords(dayOfWeek)}` : '',
    weekly: `on ${dayWords(dayOfWeek)}`,
    monthly: `on day ${dayOfMonth}`,
    monthlyNth: `on ${nth}`,
    yearly: `on ${dayOfMonth} ${month}`,
    yearlyNth: `on ${nth} of ${month}`,
  }
  return `${every(recurrence)} ${words[type]}`.trim()
}

const units = { daily: 'day', weekly: 'week', monthly: 'month', monthlyNth: 'month', yearly: 'year', yearlyNth: 'year' }

function every({ type, interval }: Recurrence): string {
  return interval === 1 ? `Every ${units[type]}` : `Every ${interval} ${units[type]}s`
}

export function daysIn(bits: number): readonly number[] {
  return [0, 1, 2, 3, 4, 5, 6].filter((day) => (bits & (2 ** day)) !== 0)
}

function dayWords(bits: number): string {
  if (bits === 62) return 'weekdays'
  if (bits === 127) return 'any day'
  return daysIn(bits)
    .map((day) => weekDays[day])
    .join(', ')
}
