const offset = /^-P(?:(?<days>\d+)D)?(?:T(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?(?:(?<seconds>\d+)S)?)?$/

/** The instant that `-PT2H` (two hours before the start) or an absolute date of the file stands for. */
export function instantOf(value: string, start: Date): Date {
  const parts = offset.exec(value)?.groups
  if (parts === undefined) return new Date(value)
  const part = (name: string): number => Number(parts[name] ?? 0)
  const hours = part('days') * 24 + part('hours')
  const seconds = (hours * 60 + part('minutes')) * 60 + part('seconds')
  return new Date(start.getTime() - seconds * 1000)
}
