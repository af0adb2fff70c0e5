/** A figure of one run next to the most it is to be. */
export interface Goal {
  readonly what: string
  /** A ratio of two figures of the same run, or milliseconds. */
  readonly value: number | undefined
  readonly most: number
}

/** One line each, "met" or "MISSED"; a figure that could not be taken on this machine is neither. */
export function goalLines(goals: readonly Goal[]): string[] {
  return goals.map(({ what, value, most }) => {
    if (value === undefined || Number.isNaN(value)) return `- not measured here: ${what} (at most ${most})`
    return `- ${value <= most ? 'met' : 'MISSED'}: ${what}: ${value.toFixed(2)} (at most ${most})`
  })
}
