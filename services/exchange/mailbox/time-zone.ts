/** [MS-ASDTYPE] 2.7.6: 172 bytes; all zero is UTC without daylight saving. */
const blobBytes = 172
const standardDateAt = 68
const standardBiasAt = 84
const daylightDateAt = 152
const daylightBiasAt = 168

export const utcZone = Buffer.alloc(blobBytes).toString('base64')

/** The blob as it came, when it is one. */
export function readZone(written: string | undefined): string | undefined {
  if (written === undefined) return undefined
  const bytes = Buffer.from(written, 'base64')
  return bytes.length === blobBytes ? bytes.toString('base64') : undefined
}

/** Minutes to add to UTC for the zone's wall clock at an instant. */
export function offsetAt(zone: string | undefined, instant: Date): number {
  const bytes = Buffer.from(zone ?? utcZone, 'base64')
  const bias = bytes.readInt32LE(0)
  const standard = transitionIn(bytes, standardDateAt, instant.getUTCFullYear())
  const daylight = transitionIn(bytes, daylightDateAt, instant.getUTCFullYear())
  const standardBias = bias + bytes.readInt32LE(standardBiasAt)
  if (standard === undefined || daylight === undefined) return -standardBias
  const daylightBias = bias + bytes.readInt32LE(daylightBiasAt)
  const begins = daylight + standardBias * 60_000
  const ends = standard + daylightBias * 60_000
  const now = instant.getTime()
  const isDaylight = begins < ends ? now >= begins && now < ends : now >= begins || now < ends
  return isDaylight ? -daylightBias : -standardBias
}

/** What the zone's clocks show at an instant, as if that were UTC. */
export function wallClock(zone: string | undefined, instant: string): string {
  const at = new Date(instant)
  return new Date(at.getTime() + offsetAt(zone, at) * 60_000).toISOString()
}

/** The instant at which the zone's clocks show a time; an hour that is there twice is the earlier one. */
export function instantOf(zone: string | undefined, wall: string): string {
  const shown = Date.parse(wall)
  const guess = shown - offsetAt(zone, new Date(shown)) * 60_000
  return new Date(shown - offsetAt(zone, new Date(guess)) * 60_000).toISOString()
}

/** The wall clock at which a year's change happens, as if it were UTC: SYSTEMTIME with wDay as the week, 5 the last. */
function transitionIn(bytes: Buffer, at: number, year: number): number | undefined {
  const month = bytes.readUInt16LE(at + 2)
  if (month === 0) return undefined
  const weekday = bytes.readUInt16LE(at + 4)
  const week = bytes.readUInt16LE(at + 6)
  const first = new Date(Date.UTC(year, month - 1, 1))
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate()
  let day = 1 + ((weekday - first.getUTCDay() + 7) % 7) + (week - 1) * 7
  while (day > days) day -= 7
  return Date.UTC(year, month - 1, day, bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10))
}

/** Month, weekday (0 Sunday), which of them (5 the last), hour, minute: the wall clock before the change. */
export type Transition = readonly [month: number, weekday: number, week: number, hour: number, minute?: number]

export interface ZoneRules {
  /** Minutes to add to local standard time for UTC. */
  readonly bias: number
  /** When daylight saving begins, and when it ends; both or none. */
  readonly daylight?: Transition
  readonly standard?: Transition
  /** Minutes that daylight saving adds to the bias; -60 unless told otherwise. */
  readonly daylightBias?: number
}

/** The 172 bytes that say it, in base64. */
export function zoneOf({ bias, daylight, standard, daylightBias = -60 }: ZoneRules): string {
  const bytes = Buffer.alloc(blobBytes)
  bytes.writeInt32LE(bias, 0)
  if (daylight && standard) {
    writeTransition(bytes, standardDateAt, standard)
    writeTransition(bytes, daylightDateAt, daylight)
    bytes.writeInt32LE(daylightBias, daylightBiasAt)
  }
  return bytes.toString('base64')
}

function writeTransition(bytes: Buffer, at: number, [month, weekday, week, hour, minute = 0]: Transition): void {
  for (const [index, value] of [month, weekday, week, hour, minute].entries())
    bytes.writeUInt16LE(value, at + 2 + index * 2)
}

/** What the bytes say, with the bias of standard time in `bias`. */
export function rulesOf(zone: string | undefined): ZoneRules {
  const bytes = Buffer.from(zone ?? utcZone, 'base64')
  const standardBias = bytes.readInt32LE(standardBiasAt)
  const bias = bytes.readInt32LE(0) + standardBias
  const [daylight, standard] = [readTransition(bytes, daylightDateAt), readTransition(bytes, standardDateAt)]
  if (!daylight || !standard) return { bias }
  return { bias, daylight, standard, daylightBias: bytes.readInt32LE(daylightBiasAt) - standardBias }
}

function readTransition(bytes: Buffer, at: number): Transition | undefined {
  const value = (index: number) => bytes.readUInt16LE(at + 2 + index * 2)
  return value(0) === 0 ? undefined : [value(0), value(1), value(2), value(3), value(4)]
}
