import { type CalendarLine, componentsOf } from './calendar-lines.ts'
import { rulesOf, type Transition, type ZoneRules, zoneOf } from './time-zone.ts'

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

/** VTIMEZONE (RFC 5545 §3.6.5) of a zone that appointments keep, as Outlook writes it. */
export function zoneLines(zone: string | undefined, name: string): readonly string[] {
  const { bias, standard, daylight, daylightBias = -60 } = rulesOf(zone)
  const [usual, summer] = [-bias, -bias - daylightBias]
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${name}`,
    ...observance('STANDARD', daylight ? summer : usual, usual, standard),
    ...(daylight ? observance('DAYLIGHT', usual, summer, daylight) : []),
    'END:VTIMEZONE',
  ]
}

function observance(kind: string, from: number, to: number, transition: Transition | undefined): readonly string[] {
  const [month, weekday, week, hour, minute = 0] = transition ?? [1, 0, 1, 0, 0]
  const two = (value: number) => String(value).padStart(2, '0')
  return [
    `BEGIN:${kind}`,
    `DTSTART:16010101T${two(hour)}${two(minute)}00`,
    `TZOFFSETFROM:${offsetText(from)}`,
    `TZOFFSETTO:${offsetText(to)}`,
    ...(transition ? [`RRULE:FREQ=YEARLY;BYDAY=${week === 5 ? -1 : week}${weekdays[weekday]};BYMONTH=${month}`] : []),
    `END:${kind}`,
  ]
}

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${String(rest).padStart(2, '0')}`
}

/** The zone of this TZID that the text itself describes; the last of rules that changed over the years. */
export function describedZone(lines: readonly CalendarLine[], name: string): string | undefined {
  const zone = componentsOf(lines, 'VTIMEZONE').find((each) => valueIn(each, 'TZID') === name)
  const standard = zone && componentsOf(zone, 'STANDARD').at(-1)
  const usual = minutesOf(standard && valueIn(standard, 'TZOFFSETTO'))
  if (!zone || !standard || usual === undefined) return undefined
  const daylight = componentsOf(zone, 'DAYLIGHT').at(-1)
  return zoneOf({ bias: -usual, ...(daylight && changesOf(standard, daylight, usual)) })
}

function changesOf(standard: readonly CalendarLine[], daylight: readonly CalendarLine[], usual: number) {
  const [begins, ends] = [transitionOf(daylight), transitionOf(standard)]
  const summer = minutesOf(valueIn(daylight, 'TZOFFSETTO'))
  if (!begins || !ends || summer === undefined) return {}
  return { daylight: begins, standard: ends, daylightBias: usual - summer } satisfies Partial<ZoneRules>
}

function transitionOf(lines: readonly CalendarLine[]): Transition | undefined {
  const rule = valueIn(lines, 'RRULE') ?? ''
  const [, week, weekday = ''] = /BYDAY=(-?\d)(\w\w)/.exec(rule) ?? []
  const month = /BYMONTH=(\d{1,2})/.exec(rule)?.[1]
  const [, hour, minute] = /T(\d\d)(\d\d)/.exec(valueIn(lines, 'DTSTART') ?? '') ?? []
  if (week === undefined || month === undefined || hour === undefined) return undefined
  return [Number(month), weekdays.indexOf(weekday), Number(week) < 0 ? 5 : Number(week), Number(hour), Number(minute)]
}

function valueIn(lines: readonly CalendarLine[], name: string): string | undefined {
  return lines.find((each) => each.name === name)?.value
}

function minutesOf(offset: string | undefined): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)/.exec(offset ?? '') ?? []
  return hours === undefined ? undefined : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
