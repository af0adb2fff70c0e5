export const loopLimits = { intervalSeconds: 20, tokens: 5 } as const

export interface TokenCount {
  readonly since: Date
  readonly tokens: number
}

export type LoopVerdict =
  | { readonly outcome: 'issue'; readonly count: TokenCount }
  | { readonly outcome: 'loop'; readonly count: TokenCount }

/** LoopDetectionMaximumTokensIssuedInInterval: at most five tokens for one browser session within 20 seconds. */
export function countToken(previous: TokenCount | undefined, now: Date): LoopVerdict {
  const age = previous ? now.getTime() - previous.since.getTime() : Number.POSITIVE_INFINITY
  if (!previous || age < 0 || age >= loopLimits.intervalSeconds * 1000) {
    return { outcome: 'issue', count: { since: now, tokens: 1 } }
  }
  const count = { since: previous.since, tokens: previous.tokens + 1 }
  return { outcome: count.tokens > loopLimits.tokens ? 'loop' : 'issue', count }
}

/** The plain text inside MSISLoopDetectionCookie: `2019-06-28:08:55:02Z\1`. */
export function writeTokenCount({ since, tokens }: TokenCount): string {
  return `${since.toISOString().slice(0, 19).replace('T', ':')}Z\\${tokens}`
}

export function readTokenCount(text: string): TokenCount | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}):(\d{2}:\d{2}:\d{2})Z\\(\d{1,6})$/.exec(text)
  const since = new Date(`${match?.[1]}T${match?.[2]}Z`)
  return match && !Number.isNaN(since.getTime()) ? { since, tokens: Number(match[3]) } : undefined
}
