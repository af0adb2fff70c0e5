/** An ISO 8601 duration; years and months depend on the date they are added to. */
export interface Duration {
  readonly sign: 1 | -1
  readonly months: number
  readonly milliseconds: number
}

const pattern =
  /^(?<sign>[+-])?P(?=[\dT])(?:(?<years>\d+)Y)?(?:(?<months>\d+)M)?(?:(?<weeks>\d+)W)?(?:(?<days>\d+)D)?(?:T(?=\d)(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?(?:(?<seconds>\d+(?:[.,]\d{1,9})?)S)?)?$/

/** Reads `PT1H`, `P1DT12H`, `PT0.5S`, `-PT5M`; undefined when the text is no duration. */
export function readDuration(text: string): Duration | undefined {
  const parts = pattern.exec(text)?.groups
  if (parts === undefined) return undefined
  const part = (name: string): number => Number((parts[name] ?? '0').replace(',', '.'))
  const hours = (part('weeks') * 7 + part('days')) * 24 + part('hours')
  const seconds = (hours * 60 + part('minutes')) * 60 + part('seconds')
  return {
    sign: parts.sign === '-' ? -1 : 1,
    months: part('years') * 12 + part('months'),
    milliseconds: Math.round(seconds * 1000),
  }
}

/** The instant that lies `duration` after `instant`; the last day of a shorter month stands for the days it lacks. */
export function addDuration(instant: Date, { sign, months, milliseconds }: Duration): Date {
  const moved = new Date(instant)
  const day = moved.getUTCDate()
  moved.setUTCDate(1)
  moved.setUTCMonth(moved.getUTCMonth() + sign * months)
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate()
  moved.setUTCDate(Math.min(day, lastDay))
  return new Date(moved.getTime() + sign * milliseconds)
}
