/** The value at the end of a path; null for what is missing on the way. */
export function readSegments(start: unknown, segments: readonly string[]): unknown {
  let value = start
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return null
    value = (value as Readonly<Record<string, unknown>>)[segment]
  }
  return value ?? null
}

/**
 * Negative, zero or positive as `left` comes before, with or after `right`; NaN for what cannot be compared.
 * Strings are compared without regard to case, as the directory does; null comes first.
 */
export function ordering(left: unknown, right: unknown, instants: boolean): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null)
  const [first, second] = [comparable(left, instants), comparable(right, instants)]
  if (typeof first !== typeof second || Number.isNaN(first) || Number.isNaN(second)) return Number.NaN
  if (first === second) return 0
  return first < second ? -1 : 1
}

function comparable(value: unknown, instant: boolean): string | number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  const text = String(value)
  return instant ? Date.parse(text) : text.toLowerCase()
}
