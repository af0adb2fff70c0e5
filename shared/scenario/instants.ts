const offset = /^(?<sign>-?)P(?:(?<days>\d+)D)?(?:T(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?(?:(?<seconds>\d+)S)?)?$/

/** The instant that `-PT2H` (two hours before the start), `P1D` (a day after it) or an absolute date of the file stands for. */
export function instantOf(value: string, start: Date): Date {
  const parts = offset.exec(value)?.groups
  if (parts === undefined) return new Date(value)
  const part = (name: string): number => Number(parts[name] ?? 0)
  const hours = part('days') * 24 + part('hours')
  const seconds = (hours * 60 + part('minutes')) * 60 + part('seconds')
  return new Date(start.getTime() + (parts.sign === '-' ? -seconds : seconds) * 1000)
}
