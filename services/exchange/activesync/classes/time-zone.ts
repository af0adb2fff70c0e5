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
