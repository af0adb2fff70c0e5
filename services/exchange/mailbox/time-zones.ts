import { instantOf, offsetAt, type ZoneRules, zoneOf } from './time-zone.ts'

/** A time zone as Windows names it, with the rules that hold now. */
export interface TimeZone {
  readonly name: string
  readonly label: string
  /** As `timeZone` of appointments. */
  readonly written: string
}

type Row = readonly [name: string, label: string, hours: number, rules?: Omit<ZoneRules, 'bias'>]

/** Month, weekday (0 Sunday), which of them (5 the last), hour. */
const unitedStates = { daylight: [3, 0, 2, 2], standard: [11, 0, 1, 2] } as const
const australia = { daylight: [10, 0, 1, 2], standard: [4, 0, 1, 3] } as const

/** Everywhere in the European Union at the same instant. */
function europe(hours: number) {
  return { daylight: [3, 0, 5, hours + 1], standard: [10, 0, 5, hours + 2] } as const
}

/** "Default Time Zones" of Windows, those where most mailboxes are. */
const rows: readonly Row[] = [
  ['Hawaiian Standard Time', 'Hawaii', -10],
  ['Alaskan Standard Time', 'Alaska', -9, unitedStates],
  ['Pacific Standard Time', 'Pacific Time (US & Canada)', -8, unitedStates],
  ['US Mountain Standard Time', 'Arizona', -7],
  ['Mountain Standard Time', 'Mountain Time (US & Canada)', -7, unitedStates],
  ['Central Standard Time', 'Central Time (US & Canada)', -6, unitedStates],
  ['SA Pacific Standard Time', 'Bogota, Lima, Quito, Rio Branco', -5],
  ['Eastern Standard Time', 'Eastern Time (US & Canada)', -5, unitedStates],
  ['Atlantic Standard Time', 'Atlantic Time (Canada)', -4, unitedStates],
  ['E. South America Standard Time', 'Brasilia', -3],
  ['Argentina Standard Time', 'City of Buenos Aires', -3],
  ['UTC', 'Coordinated Universal Time', 0],
  ['GMT Standard Time', 'Dublin, Edinburgh, Lisbon, London', 0, europe(0)],
  ['W. Europe Standard Time', 'Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna', 1, europe(1)],
  ['Central Europe Standard Time', 'Belgrade, Bratislava, Budapest, Ljubljana, Prague', 1, europe(1)],
  ['Romance Standard Time', 'Brussels, Copenhagen, Madrid, Paris', 1, europe(1)],
  ['Central European Standard Time', 'Sarajevo, Skopje, Warsaw, Zagreb', 1, europe(1)],
  ['W. Central Africa Standard Time', 'West Central Africa', 1],
  ['GTB Standard Time', 'Athens, Bucharest', 2, europe(2)],
  ['FLE Standard Time', 'Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius', 2, europe(2)],
  ['South Africa Standard Time', 'Harare, Pretoria', 2],
  ['Turkey Standard Time', 'Istanbul', 3],
  ['Arab Standard Time', 'Kuwait, Riyadh', 3],
  ['E. Africa Standard Time', 'Nairobi', 3],
  ['Arabian Standard Time', 'Abu Dhabi, Muscat', 4],
  ['Pakistan Standard Time', 'Islamabad, Karachi', 5],
  ['India Standard Time', 'Chennai, Kolkata, Mumbai, New Delhi', 5.5],
  ['Bangladesh Standard Time', 'Dhaka', 6],
  ['SE Asia Standard Time', 'Bangkok, Hanoi, Jakarta', 7],
  ['China Standard Time', 'Beijing, Chongqing, Hong Kong, Urumqi', 8],
  ['Singapore Standard Time', 'Kuala Lumpur, Singapore', 8],
  ['Taipei Standard Time', 'Taipei', 8],
  ['W. Australia Standard Time', 'Perth', 8],
  ['Tokyo Standard Time', 'Osaka, Sapporo, Tokyo', 9],
  ['Korea Standard Time', 'Seoul', 9],
  ['E. Australia Standard Time', 'Brisbane', 10],
  ['AUS Eastern Standard Time', 'Canberra, Melbourne, Sydney', 10, australia],
  ['New Zealand Standard Time', 'Auckland, Wellington', 12, { daylight: [9, 0, 5, 2], standard: [4, 0, 1, 3] }],
]

export const timeZones: readonly TimeZone[] = rows.map(([name, label, hours, rules = {}]) => ({
  name,
  label: `(UTC${hours === 0 ? '' : signed(hours)}) ${label}`,
  written: zoneOf({ bias: -hours * 60, ...rules }),
}))

const utc = timeZones.find(({ name }) => name === 'UTC') as TimeZone

function signed(hours: number): string {
  const minutes = Math.abs(hours * 60)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${hours < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

export function findTimeZone(name: string): TimeZone | undefined {
  return timeZones.find((each) => each.name.toLowerCase() === name.toLowerCase())
}

/** UTC for a mailbox that never chose another, and for names that nobody knows. */
export function timeZoneOrUtc(name: unknown): TimeZone {
  return (typeof name === 'string' && findTimeZone(name)) || utc
}

/** The wall clock in the zone at an instant, as if it were UTC. */
export function wallClock(written: string | undefined, instant: Date): Date {
  return new Date(instant.getTime() + offsetAt(written, instant) * 60_000)
}

/** The instant at which the zone's wall clock shows this. */
export function instantOfWall(written: string | undefined, wall: Date): Date {
  return new Date(instantOf(written, wall.toISOString()))
}
